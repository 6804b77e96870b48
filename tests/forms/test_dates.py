"""Dates in forms: long past, in the future, and where the local date differs from UTC's."""

from datetime import date

import pytest

from bot.domain.working_time import local_date
from tests.conftest import Nihito
from tests.forms import form_helpers
from tests.forms.form_helpers import STORY
from tests.times import T

FUTURE = "This date is in the future. A debrief is for a visit that has taken place."
OLD = "This date is more than a year ago. Choose a later one."
PAST = "This date has passed. For a visit that has taken place, use /debrief."
FAR = "This date is more than a year ahead. Choose an earlier one."
SOON = "This date is in the future. Choose today or an earlier day."

# In UTC it is noon on 2 March; twelve hours ahead and behind it is another date.
EAST, WEST = "Pacific/Auckland", "Pacific/Pago_Pago"


@pytest.fixture
def today(nihito: Nihito, request):
    """Return Ada's date, and Ada, in a zone where it is that date."""
    zone, hours, on = request.param
    nihito.clock.at = T(hours=hours)
    return form_helpers.new_pm(nihito, tz=zone), on


ZONES = pytest.mark.parametrize(
    "today",
    [
        ("Europe/Berlin", 0, date(2026, 3, 2)),
        (EAST, 0, date(2026, 3, 3)),
        (WEST, -10, date(2026, 3, 1)),
    ],
    indirect=True,
    ids=["as in UTC", "already tomorrow", "still yesterday"],
)


def moved(on: date, days: int) -> str:
    return date.fromordinal(on.toordinal() + days).isoformat()


@ZONES
def test_a_debrief_is_of_today_where_its_author_is_or_of_the_year_before(nihito: Nihito, today):
    ada, on = today
    view = nihito.open_form(ada, "/debrief", "Brightwater Mill")
    assert form_helpers.typed_value(ada, "on") == on.isoformat()
    for wrong, sentence in {
        moved(on, 1): FUTURE,
        "9999-12-31": FUTURE,
        moved(on, -367): OLD,
        "1900-01-01": OLD,
        "0001-01-01": OLD,
    }.items():
        assert ada.submit({"story": STORY, "on": wrong}).errors == {"on": sentence}
        assert form_helpers.typed_value(ada, "story") == STORY
    assert form_helpers.count_rows(nihito, "visits", "debriefs", "customers") == (0, 0, 0)
    assert ada.view is view
    assert ada.submit({"on": on}).errors == {}
    nihito.slack.expect_message(to=ada, containing="is kept")
    assert [each["on"] for each in form_helpers.table_rows(nihito, "visits")] == [on]


@ZONES
def test_a_plan_is_for_today_where_the_pm_is_or_the_year_to_come(nihito: Nihito, today):
    ada, on = today
    nihito.open_form(ada, "/visit", "plan")
    ada.fill(customer=form_helpers.new_customer(ada), goal="See the export")
    for wrong, sentence in {
        moved(on, -1): PAST,
        "1900-01-01": PAST,
        "0001-01-01": PAST,
        moved(on, 367): FAR,
        "9999-12-31": FAR,
    }.items():
        assert ada.submit({"on": wrong}).errors == {"on": sentence}
        assert form_helpers.typed_value(ada, "goal") == "See the export"
    assert form_helpers.count_rows(nihito, "visits", "customers") == (0, 0)
    assert ada.submit({"on": on, "at": "09:00"}).errors == {}
    nihito.slack.expect_message(to=ada, containing="Planned: Brightwater Mill")
    assert [each["on"] for each in form_helpers.table_rows(nihito, "visits")] == [on]


@ZONES
def test_a_contact_is_of_today_where_the_person_is_or_of_the_year_before(nihito: Nihito, today):
    ada, on = today
    nihito.open_form(ada, "/contact", "Brightwater Mill")
    mara = ada.options("contact.person", "Mara Lind")[-1]["value"]
    ada.fill(person=mara, channel="mail", subject="Totals")
    for wrong, sentence in {
        moved(on, 1): SOON,
        "9999-12-31": SOON,
        moved(on, -367): OLD,
        "1900-01-01": OLD,
        "0001-01-01": OLD,
    }.items():
        assert ada.submit({"on": wrong}).errors == {"on": sentence}
        assert form_helpers.typed_value(ada, "subject") == "Totals"
    assert form_helpers.count_rows(nihito, "contacts", "people", "customers") == (0, 0, 0)
    assert ada.submit({"on": on}).errors == {}
    nihito.slack.expect_message(to=ada, containing="Noted: Mara Lind of Brightwater Mill")
    assert [each["at"] for each in form_helpers.table_rows(nihito, "contacts")] == [nihito.clock.at]


@ZONES
def test_a_nudge_is_put_off_to_a_date_that_has_not_passed_where_the_pm_is(nihito: Nihito, today):
    ada, _ = today
    nihito.tick_at(T(days=14))
    nihito.tick_at(T(days=14, hours=12))
    nudge = nihito.slack.expect_message(to=ada, containing="visit")
    ada.press(nudge, "nudge.snooze", "date")
    ada.wait_for_view()
    now = local_date(nihito.clock.at, ada.user.tz)
    for wrong in (moved(now, -1), "1900-01-01", "0001-01-01"):
        outcome = ada.submit({"on": wrong})
        assert outcome.errors == {"on": "This date has passed. Choose a later one."}
    for wrong in (moved(now, 367), "9999-12-31"):
        assert ada.submit({"on": wrong}).errors == {"on": FAR}
    assert ada.submit({"on": None}, unchecked=True).errors == {"on": "Choose a date."}
    assert form_helpers.table_rows(nihito, "nudges")[0]["answer"] is None
    assert ada.submit({"on": now}).errors == {}
    nihito.slack.expect_update(nudge, "Snoozed. I will ask again on")


def test_a_plan_left_open_over_midnight_is_sent_to_the_debrief_and_keeps_its_text(nihito: Nihito):
    ada = form_helpers.new_pm(nihito)
    nihito.open_form(ada, "/visit", "plan")
    ada.fill(customer=form_helpers.new_customer(ada), on="2026-03-02", goal="See the export")
    nihito.clock.at = T(days=1)
    assert ada.submit().errors == {"on": PAST}
    assert form_helpers.typed_value(ada, "goal") == "See the export"


def test_a_visit_of_long_ago_leaves_a_nudge_as_it_is_and_says_what_is_due(nihito: Nihito):
    ada = form_helpers.new_pm(nihito)
    nihito.tick_at(T(days=14))
    nudge = nihito.slack.expect_message(to=ada, containing="Your first customer visit is due")
    ada.press(nudge, "nudge.been")
    ada.wait_for_view()
    ada.submit({"customer": form_helpers.new_customer(ada), "on": "2025-12-01", "story": STORY})
    told = nihito.slack.expect_message(to=ada, containing="is kept")
    assert "A visit is due today." in told.text
    assert form_helpers.table_rows(nihito, "nudges")[0]["answer"] is None


def test_somebody_is_told_since_when_a_visit_has_been_due(nihito: Nihito):
    ada = form_helpers.new_pm(nihito)
    nihito.tick_at(T(days=14))
    nihito.slack.expect_message(to=ada, containing="visit is due")
    nihito.clock.at = T(days=15)
    outcome = ada.run("/visit", "next")
    assert outcome.text.startswith("A visit has been due since Monday 16 March. My next nudge ")
