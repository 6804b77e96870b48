"""Nothing typed into a debrief is lost: it is saved while typing, and offered again."""

from dataclasses import replace

import pytest

from bot.db import hypotheses
from bot.db.visits import queries as visits
from bot.domain.debriefs.rules import SavedDraft
from bot.domain.visits.rules import VisitKind, VisitState
from bot.operations.debriefs import saved_drafts
from bot.operations.debriefs.saved_drafts import DebriefStart
from bot.operations.staff import directory as staff
from sandbox.person import Person
from tests.conftest import Nihito, open_nihito
from tests.forms import form_helpers
from tests.forms.form_helpers import STORY
from tests.forms.test_database_away import AWAY, EVERYWHERE
from tests.times import T0, T

BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
SAVED_TEXT = "Your words about Brightwater Mill are kept for two weeks."


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    return form_helpers.new_pm(nihito)


@pytest.fixture
def mill(nihito: Nihito) -> int:
    return form_helpers.add_namesakes(nihito, "Brightwater Mill", "Mara Lind", 1)


def close_half_written(nihito: Nihito, ada: Person, text: str = "Brightwater Mill"):
    """Open a form and type into it, without submitting it."""
    view = nihito.open_form(ada, "/debrief", text)
    ada.fill(story=STORY)
    nihito.wait_until_idle()
    return view


def opened(nihito: Nihito, ada: Person, text: str = ""):
    """Return the form that a command opens in place of the open one."""
    before = ada.view
    ada.run("/debrief", text)
    return form_helpers.wait_until(nihito, lambda: ada.view is not before and ada.view)


def close(nihito: Nihito, ada: Person):
    """Close the form half-way; return the message that offers it again."""
    ada.close()
    return nihito.slack.expect_message(to=ada, containing="kept for two weeks")


def assert_saved_once(nihito: Nihito, ada: Person, **filled) -> None:
    assert ada.submit(filled).errors == {}
    nihito.slack.expect_message(to=ada, containing="is kept")
    assert form_helpers.count_rows(nihito, "debriefs", "unfinished") == (1, 0)


def test_a_form_that_is_closed_half_way_is_offered_again_with_its_words(
    nihito: Nihito, ada: Person
):
    close_half_written(nihito, ada)
    offer = close(nihito, ada)
    assert offer.text == SAVED_TEXT
    ada.press(offer, "unfinished.go_on")
    ada.wait_for_view()
    assert form_helpers.typed_value(ada, "story") == STORY
    assert form_helpers.typed_value(ada, "customer")["value"] == "new:Brightwater Mill"
    assert_saved_once(nihito, ada)


def test_every_field_that_was_filled_in_is_there_again(nihito: Nihito, ada: Person):
    view = close_half_written(nihito, ada)
    parts = ("pain", "promise", "answer", "hypothesis", "score", "deal", "fellows")
    form_helpers.unfold(nihito, ada, view, *parts)
    ben = nihito.slack.add_user("Ben")
    chosen = {"reasons": ["price", "ease"], "fellows": [ben], "promise_on": "2026-03-09"}
    lists = {"kind": "phone", "minutes": "60", "mood": "mixed", "nps": "7", "decision": "lost"}
    with nihito.services.transaction(nihito.workspace_id) as tx:
        hypotheses.add(tx, "They print it.", "", ada.id, T(days=0))
    stated = ada.options("hypothesis.find", "print")[0]["value"]
    lists |= {"hypothesis": stated, "verdict": "unclear"}
    more = {"pain_weight": "costly", "workaround_how_often": "weekly"}
    texts = dict.fromkeys(
        ("quote", "surprise", "workaround", "workaround_why", "pain", "promise"), "Words."
    )
    last = dict.fromkeys(("answer", "answer_said", "nps_why", "competitor"), "Words.")
    ada.fill({**chosen, **lists, **more, **texts, **last})
    nihito.wait_until_idle()
    before = {
        name: form_helpers.typed_value(ada, name)
        for name in view.state_values
        if name != "debrief.add"
    }
    close(nihito, ada)
    opened(nihito, ada)
    assert {name: form_helpers.typed_value(ada, name) for name in before} == before
    assert_saved_once(nihito, ada)


def test_a_form_in_which_nothing_was_said_is_closed_in_silence(nihito: Nihito, ada: Person):
    opened(nihito, ada, "Brightwater Mill")
    ada.close()
    nihito.wait_until_idle()
    assert form_helpers.count_rows(nihito, "unfinished") == (0,)


@BOTH
def test_what_was_typed_outlives_the_process(slack, clock, database):
    with open_nihito(slack, clock, database) as nihito:
        ada = form_helpers.new_pm(nihito)
        close_half_written(nihito, ada)
        nihito.wait_until_idle()
    with open_nihito(slack, clock, database) as nihito:
        ada.view.open = False
        opened(nihito, ada)
        assert form_helpers.typed_value(ada, "story") == STORY
        assert_saved_once(nihito, ada)


@pytest.mark.usefixtures("mill")
@pytest.mark.parametrize(
    ("fault", "answer"),
    [("trigger_expired", "that took me too long"), ("500 before", "Slack did not show my answer")],
)
def test_words_behind_a_command_whose_form_does_not_open_are_there_the_next_time(
    nihito: Nihito, ada: Person, fault, answer
):
    nihito.slack.fail("views.open", fault)
    ada.run("/debrief", f"Brightwater Mill: {STORY}")
    nihito.slack.expect_message(to=ada, containing=answer)
    opened(nihito, ada)
    assert form_helpers.typed_value(ada, "customer")["text"]["text"] == "Brightwater Mill"
    assert form_helpers.typed_value(ada, "story") == STORY
    assert_saved_once(nihito, ada)


@EVERYWHERE
def test_with_the_database_away_typing_goes_on_in_silence_and_a_command_gives_its_words_back(
    nihito: Nihito, ada: Person, away
):
    close_half_written(nihito, ada)
    with away(nihito):
        told = ada.run("/debrief", STORY)
        assert "Something went wrong on my side" in told.text
        assert STORY in str(told.blocks)
        ada.fill(story=f"{STORY} And more.")
        nihito.wait_until_idle()
    assert form_helpers.typed_value(ada, "story") == f"{STORY} And more."
    assert_saved_once(nihito, ada)


assert AWAY


@pytest.mark.usefixtures("mill")
@pytest.mark.parametrize(
    ("words", "customer", "story"),
    [
        ("Brightwater Mill", "Brightwater Mill", None),
        ("brightwater mill They print every order.", "Brightwater Mill", "They print every order."),
        ("Brightwater Mill - no totals", "Brightwater Mill", "no totals"),
        ("bright", "Brightwater Mill", None),
        ("Fern Labs", "Fern Labs", None),
        (STORY, None, STORY),
        ("x" * 200, None, "x" * 200),
    ],
)
def test_words_behind_the_command_are_a_customer_a_story_or_both(
    nihito: Nihito, ada: Person, words, customer, story
):
    opened(nihito, ada, words)
    chosen = form_helpers.typed_value(ada, "customer")
    assert (chosen and chosen["text"]["text"]) == customer
    assert form_helpers.typed_value(ada, "story") == story


def test_of_two_customers_of_one_name_none_is_taken(nihito: Nihito, ada: Person):
    form_helpers.add_namesakes(nihito, "Brightwater Mill", "Mara Lind", 1)
    form_helpers.add_namesakes(nihito, "Brightwater Mill", "Theo Fern", 1)
    opened(nihito, ada, "Brightwater Mill")
    assert form_helpers.typed_value(ada, "customer") is None


def test_a_story_that_is_too_long_for_its_field_is_shown_whole_also_with_more_fields(
    nihito: Nihito, ada: Person
):
    words = f"{'They print. ' * 260}The end."
    view = nihito.open_form(ada, "/debrief", words)
    form_helpers.unfold(nihito, ada, view)
    assert words.endswith(view.payload["blocks"][0]["elements"][1]["elements"][0]["text"])
    assert "The end." in str(view.payload["blocks"][0])
    nihito.wait_until_idle()
    opened(nihito, ada)
    assert "The end." in str(ada.view.payload["blocks"][0])


def test_words_about_another_customer_are_left_alone(nihito: Nihito, ada: Person):
    close_half_written(nihito, ada)
    opened(nihito, ada, "Fern Labs")
    assert form_helpers.typed_value(ada, "story") is None
    ada.submit({"story": "Another one."})
    nihito.slack.expect_message(to=ada, containing="debrief for Fern Labs is kept")
    assert form_helpers.count_rows(nihito, "debriefs", "unfinished") == (1, 1)


def test_more_words_behind_the_command_are_added_to_those_that_were_left(
    nihito: Nihito, ada: Person, mill
):
    assert mill
    close_half_written(nihito, ada)
    opened(nihito, ada, "Brightwater Mill: And they are proud of it.")
    assert form_helpers.typed_value(ada, "story") == f"{STORY}\nAnd they are proud of it."


def test_another_one_is_begun_on_top_and_the_first_is_still_there_afterwards(
    nihito: Nihito, ada: Person
):
    close_half_written(nihito, ada)
    left = opened(nihito, ada)
    ada.press(left, "debrief.afresh")
    form_helpers.wait_until(nihito, lambda: ada.view.id != left.id)
    assert form_helpers.typed_value(ada, "story") is None
    ada.submit({"customer": form_helpers.new_customer(ada, "Fern Labs"), "story": "Another one."})
    nihito.slack.expect_message(to=ada, containing="debrief for Fern Labs is kept")
    assert ada.view is None
    opened(nihito, ada)
    assert form_helpers.typed_value(ada, "story") == STORY


def test_what_is_thrown_away_is_gone_and_the_offer_says_so(nihito: Nihito, ada: Person):
    close_half_written(nihito, ada)
    offer = close(nihito, ada)
    ada.press(offer, "unfinished.throw_away")
    nihito.slack.expect_update(offer, "Thrown away.")
    opened(nihito, ada)
    assert form_helpers.typed_value(ada, "story") is None


def test_an_old_offer_of_what_was_saved_meanwhile_says_so(nihito: Nihito, ada: Person):
    close_half_written(nihito, ada)
    offer = close(nihito, ada)
    opened(nihito, ada)
    assert_saved_once(nihito, ada)
    ada.press(offer, "unfinished.go_on")
    nihito.slack.expect_update(offer, "no longer unfinished")


def test_home_offers_what_was_left_and_shows_it_no_more_once_it_is_thrown_away(
    nihito: Nihito, ada: Person
):
    home = ada.open_home()
    ada.press(home, "home.debrief")
    ada.wait_for_view()
    ada.fill(story=STORY)
    nihito.wait_until_idle()
    ada.close()
    form_helpers.wait_until(nihito, lambda: "Not finished yet" in str(ada.home.payload["blocks"]))
    ada.press(ada.home, "unfinished.go_on")
    ada.wait_for_view()
    assert form_helpers.typed_value(ada, "story") == STORY
    ada.close()
    nihito.wait_until_idle()
    ada.press(ada.home, "unfinished.throw_away")
    form_helpers.wait_until(
        nihito, lambda: "Not finished yet" not in str(ada.home.payload["blocks"])
    )


def test_after_a_fortnight_it_is_forgotten(nihito: Nihito, ada: Person):
    close_half_written(nihito, ada)
    nihito.clock.at = T(days=13)
    opened(nihito, ada)
    assert form_helpers.typed_value(ada, "story") == STORY
    nihito.clock.at = T(days=15)
    opened(nihito, ada)
    assert form_helpers.typed_value(ada, "story") is None
    nihito.tick_at(T(days=15))
    assert form_helpers.count_rows(nihito, "unfinished") == (0,)


@BOTH
def test_a_keystroke_that_comes_after_the_form_was_saved_brings_nothing_back(
    nihito: Nihito, ada: Person
):
    view = close_half_written(nihito, ada)
    late = form_helpers.second_press(nihito, ada, view, "debrief.typed", None)
    assert_saved_once(nihito, ada)
    assert late().acked
    nihito.wait_until_idle()
    assert form_helpers.count_rows(nihito, "unfinished") == (0,)


@BOTH
def test_keystrokes_that_overtake_each_other_leave_what_was_typed_last(nihito: Nihito, ada: Person):
    view = close_half_written(nihito, ada, "Brightwater Mill")
    early = form_helpers.second_press(nihito, ada, view, "debrief.typed", None)
    ada.fill(story=f"{STORY} And more.")
    nihito.wait_until_idle()
    assert early().acked
    nihito.wait_until_idle()
    opened(nihito, ada)
    assert form_helpers.typed_value(ada, "story") == f"{STORY} And more."


def test_nobody_else_is_offered_what_somebody_has_left(nihito: Nihito, ada: Person):
    close_half_written(nihito, ada)
    ben = form_helpers.new_pm(nihito, "Ben")
    nihito.open_form(ben, "/debrief", "Brightwater Mill")
    assert form_helpers.typed_value(ben, "story") is None


def two_windows(nihito: Nihito, ada: Person):
    """Open a nudge's form in one window, and again in another."""
    nihito.tick_at(T(days=14))
    nudge = nihito.slack.expect_message(to=ada)
    ada.press(nudge, "nudge.been")
    first = ada.wait_for_view()
    ada.fill(customer=form_helpers.new_customer(ada), story=STORY)
    nihito.wait_until_idle()
    form_helpers.open_over(nihito, ada, first, lambda: ada.press(nudge, "nudge.been"))
    return nudge, first


@BOTH
def test_the_same_words_from_two_windows_are_one_debrief_and_the_second_is_told(
    nihito: Nihito, ada: Person
):
    nudge, first = two_windows(nihito, ada)
    assert form_helpers.submit(nihito, ada, first).acked
    nihito.slack.expect_update(nudge, "You saw Brightwater Mill")
    ada.fill(story=STORY)
    assert ada.submit().errors == {}
    nihito.slack.expect_message(to=ada, containing="was kept already. It is there once.")
    assert form_helpers.count_rows(nihito, "visits", "debriefs") == (1, 1)


@BOTH
def test_other_words_from_a_second_window_are_asked_about_before_they_replace_the_first(
    nihito: Nihito, ada: Person
):
    nudge, first = two_windows(nihito, ada)
    assert form_helpers.submit(nihito, ada, first).acked
    nihito.slack.expect_update(nudge, "You saw Brightwater Mill")
    ada.fill(story="Quite another story.")
    assert "Other words are kept already" in ada.submit().errors["story"]
    form_helpers.wait_until(nihito, lambda: "in another window" in str(ada.view.payload["blocks"]))
    assert form_helpers.typed_value(ada, "story") == "Quite another story."
    assert [each["story"] for each in form_helpers.table_rows(nihito, "debriefs")] == [STORY]
    assert ada.submit().errors == {}
    nihito.slack.expect_message(to=ada, containing="debrief for Brightwater Mill is changed")
    assert [each["story"] for each in form_helpers.table_rows(nihito, "debriefs")] == [
        "Quite another story."
    ]


def test_words_about_one_visit_are_not_taken_for_another_to_the_same_customer(
    nihito: Nihito, ada: Person, mill
):
    actor = staff.get_actor(nihito.services, nihito.workspace_id, ada.id, T0)
    with nihito.services.transaction(nihito.workspace_id) as tx:
        known = ada.id, mill, VisitKind.VIDEO, VisitState.BOOKED
        first, second = (
            visits.add(tx, *known, T(days=day).date(), T0, source="plan", source_id=str(day))
            for day in (1, 8)
        )
    start = DebriefStart(customer=(mill, "Brightwater Mill"), visit_id=first)
    form = saved_drafts.begin(nihito.services, actor, start, T0)
    words = SavedDraft(form.session.key, replace(form.typed, story=STORY), T0, T0, first)
    saved_drafts.save(nihito.services, actor, words)
    again = saved_drafts.begin(nihito.services, actor, start, T0)
    other = saved_drafts.begin(nihito.services, actor, replace(start, visit_id=second), T0)
    assert (again.typed.story, other.typed.story) == (STORY, "")
