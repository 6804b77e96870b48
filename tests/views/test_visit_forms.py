"""Joining, settings and planning, and the answers of `/visit`."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.nudges.rules import INTERVALS, Strength
from bot.domain.staff.pms import JoinChoices
from bot.domain.stories import ChannelFault
from bot.domain.visits.plans import PlanChoices
from bot.domain.visits.rules import VisitKind
from bot.views import form_fields
from bot.views.block_kit import FormError
from bot.views.samples.payloads import submitted
from bot.views.staff import settings_form as visits
from bot.views.visits import plan_form
from tests.views.payloads import shown_text

TODAY = date(2026, 11, 24)
SLOT = datetime(2026, 12, 8, 8, 30, tzinfo=UTC)
CHOICES = st.builds(
    JoinChoices,
    st.sampled_from(INTERVALS),
    st.builds(time, st.integers(0, 23), st.integers(0, 59)),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.sampled_from(Strength),
    st.none() | st.just("C0123456789"),
)


def block_ids(view: Any) -> set[str]:
    return {block["block_id"] for block in view.to_dict()["blocks"]}


def test_one_press_is_enough_to_join() -> None:
    view = submitted(visits.render_join_form(JoinChoices(), "Europe/Berlin"))
    assert visits.parse_join(view) == JoinChoices()
    assert not visits.is_settings(view)


def test_the_time_is_asked_in_the_persons_own_zone() -> None:
    assert "(Berlin time)" in shown_text(
        visits.render_join_form(JoinChoices(), "Europe/Berlin").to_dict()
    )


@settings(max_examples=50, deadline=None)
@given(CHOICES)
def test_settings_come_back_as_they_were_shown(choices: JoinChoices) -> None:
    view = submitted(visits.render_join_form(choices, "UTC", joined=True))
    assert visits.parse_join(view) == choices
    assert visits.is_settings(view)


def test_what_is_chosen_is_read() -> None:
    view = submitted(
        visits.render_join_form(JoinChoices(), "UTC"),
        interval="30",
        at="08:05",
        days=["0", "4"],
        strength="light",
        channel="C1",
    )
    assert visits.parse_join(view) == JoinChoices(
        30, time(8, 5), frozenset({0, 4}), Strength.LIGHT, "C1"
    )


def test_only_channels_of_ones_own_organisation_are_offered_for_stories() -> None:
    payload = visits.render_join_form(JoinChoices(), "UTC").to_dict()
    (channel,) = [block for block in payload["blocks"] if block["block_id"] == "channel"]
    assert channel["element"]["filter"] == {
        "include": ["public", "private"],
        "exclude_bot_users": True,
        "exclude_external_shared_channels": True,
    }
    assert channel["optional"]


def test_every_empty_field_of_the_form_to_join_is_explained() -> None:
    view = submitted(
        visits.render_join_form(JoinChoices(), "UTC"),
        interval=None,
        at=None,
        days=None,
        strength=None,
    )
    with pytest.raises(FormError) as fault:
        visits.parse_join(view)
    assert fault.value.errors.keys() == {"interval", "at", "days", "strength"}


@pytest.mark.parametrize("fault", list(ChannelFault))
def test_a_channel_that_cannot_hold_stories_is_explained_at_the_channel(
    fault: ChannelFault,
) -> None:
    assert visits.channel_errors(fault).keys() == {"channel"}


def test_a_plan_is_read() -> None:
    form = plan_form.render_blank((3, "Otter"), TODAY, 9, reply_to="https://hooks.example.com/x")
    view = submitted(form, on="2026-12-01", at="14:30", kind="phone", goal=" See the export ")
    assert plan_form.parse_plan(view) == PlanChoices(
        3, "", VisitKind.PHONE, date(2026, 12, 1), time(14, 30), "See the export", 9
    )
    assert form_fields.get_reply_to(view) == "https://hooks.example.com/x"


def test_a_plan_needs_neither_time_nor_goal_nor_a_customer_that_is_known() -> None:
    view = submitted(plan_form.render_blank(None, TODAY), customer="new:Fern Labs", on="2026-11-24")
    assert plan_form.parse_plan(view) == PlanChoices(
        None, "Fern Labs", VisitKind.VIDEO, TODAY, None, "", None
    )


def test_all_of_an_unfolded_plan_comes_back_as_it_was_shown() -> None:
    typed = PlanChoices(
        3,
        "",
        VisitKind.PHONE,
        date(2026, 12, 1),
        time(14, 30),
        "See the export",
        9,
        minutes=25,
        hypothesis_id=4,
        criteria="One export.",
        follow_through="A mail on Friday.",
        companions=("U1", "U2"),
        sales_owner_id="U3",
    )
    half = (4, "Half of them export.")
    form = plan_form.PlanForm(
        (3, "Otter"), TODAY, typed, typed.on, True, "home", 7, 2, hypothesis=half
    )
    view = submitted(plan_form.render_form(form))
    assert plan_form.parse_plan(view) == typed
    assert plan_form.parse_form(view) == form


def test_what_was_typed_is_still_there_once_more_is_added() -> None:
    view = submitted(plan_form.render_blank((3, "Otter"), TODAY), goal="See the export", at="14:30")
    more = plan_form.parse_form(submitted(plan_form.render_expanded(view, "U3")))
    assert (more.typed.goal, more.typed.at) == ("See the export", time(14, 30))
    assert (more.on, more.typed.sales_owner_id) == (None, "U3")


def test_what_a_plan_lacks_is_explained() -> None:
    with pytest.raises(FormError) as fault:
        plan_form.parse_plan(submitted(plan_form.render_blank(None, TODAY), kind=None))
    assert fault.value.errors.keys() == {"customer", "kind", "on"}


def test_a_plan_in_the_past_is_sent_to_the_debrief() -> None:
    view = submitted(plan_form.render_blank((3, "Otter"), TODAY), on="2026-11-23")
    with pytest.raises(FormError) as fault:
        plan_form.parse_plan(view)
    assert fault.value.errors == plan_form.past_date_errors()
    assert "/debrief" in fault.value.errors["on"]


def test_sentences_for_a_failure_stand_at_fields_of_their_form() -> None:
    join, plan = visits.render_join_form(JoinChoices(), "UTC"), plan_form.render_blank(None, TODAY)
    assert visits.not_saved_errors("A1").keys() <= block_ids(join)
    assert plan_form.not_saved_errors("A1").keys() <= block_ids(plan)


def test_whoever_joins_reads_when_the_first_visit_is_due_and_the_next_nudge_comes() -> None:
    told = visits.joined_message(date(2026, 12, 8), SLOT, "Europe/Berlin", TODAY).text
    assert "Your next visit is due on Tuesday 8 December." in told
    assert "My next nudge comes on Tuesday 8 December at 09:30, Berlin time." in told


def test_next_names_a_booked_visit_first() -> None:
    told = visits.next_visit_message(
        date(2026, 12, 8), None, "UTC", TODAY, booked=("Otter", date(2026, 12, 1))
    )
    assert told.text == (
        "You see Otter on Tuesday 1 December. Your next visit is due on Tuesday 8 December. "
        "No nudge is coming."
    )


def test_help_lists_the_commands_each_with_what_it_does() -> None:
    assert "/visit settings : how often" in shown_text(visits.usage().as_arguments())
