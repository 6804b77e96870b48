"""App Home, and the messages for people who are refused."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from bot.domain.debriefs.rules import Sharing
from bot.domain.home import HomeFacts, RecentDebrief, UpcomingVisit
from bot.domain.staff.access import Refusal
from bot.domain.surveys.nps import ScoreTally, calculate_nps
from bot.domain.visits.rules import VisitKind
from bot.views import home
from bot.views.staff import refusals
from bot.views.visits import visit_messages
from tests.views.payloads import pressed, shown_text

TODAY = date(2026, 11, 24)
FACTS = HomeFacts(
    today=TODAY,
    zone="Europe/Berlin",
    due_on=date(2026, 12, 8),
    next_nudge_at=datetime(2026, 12, 8, 8, 30, tzinfo=UTC),
    upcoming=(UpcomingVisit(7, "Otter", date(2026, 12, 1), VisitKind.ON_SITE, time(14)),),
    debriefs=(RecentDebrief(1, "Fern Labs", date(2026, 11, 20), Sharing.NO_NAME),),
    flags=("Kestrel",),
)


def words(facts: HomeFacts) -> str:
    return shown_text(home.render_home(facts).to_dict())


def test_home_shows_what_is_due_coming_heard_and_flagged() -> None:
    told = words(FACTS)
    for each in (
        "Your next visit is due on Tuesday 8 December",
        "My next nudge comes on Tuesday 8 December at 09:30, Berlin time.",
        "Otter , on site on Tuesday 1 December at 14:00",
        "Fern Labs, Friday 20 November, shared without the name",
        "In touch a great deal Kestrel",
    ):
        assert each in told


@pytest.mark.parametrize(
    ("due_on", "header"),
    [
        (TODAY, "A visit is due today"),
        (date(2026, 11, 20), "A visit has been due since Friday 20 November"),
    ],
)
def test_home_says_what_is_due_now(due_on: date, header: str) -> None:
    assert words(replace(FACTS, due_on=due_on)).startswith(header)


def test_empty_lists_are_left_out() -> None:
    told = words(replace(FACTS, upcoming=(), debriefs=(), flags=()))
    for title in ("Coming up", "heard lately", "In touch"):
        assert title not in told


def test_long_lists_are_cut_and_counted() -> None:
    assert "and 3 more" in words(replace(FACTS, flags=("Kestrel",) * 8))


def test_each_visit_to_come_has_its_buttons_and_calling_off_is_asked_twice() -> None:
    payload = home.render_home(FACTS).to_dict()
    assert visit_messages.parse_visit_id(pressed(payload, visit_messages.CHANGE, "7")) == 7
    (block,) = (each for each in payload["blocks"] if each.get("block_id") == "visit:7")
    confirm = next(each["confirm"] for each in block["elements"] if "confirm" in each)
    assert confirm["text"]["text"].startswith("Otter, Tuesday 1 December at 14:00.")


@pytest.mark.parametrize(
    ("action_id", "value"),
    [(home.DEBRIEF, "debrief"), (home.PLAN, "plan"), (home.SETTINGS, "settings")],
)
def test_home_has_its_buttons(action_id: str, value: str) -> None:
    assert pressed(home.render_home(FACTS).to_dict(), action_id, value)


def test_somebody_new_sees_three_steps_and_joins() -> None:
    payload = home.render_welcome().to_dict()
    (steps,) = [block for block in payload["blocks"] if block["type"] == "rich_text"]
    assert len(steps["elements"][0]["elements"]) == 3
    assert pressed(payload, home.JOIN, "join")


@pytest.mark.parametrize("refusal", list(Refusal))
def test_whoever_is_turned_away_reads_one_polite_sentence_and_no_data(refusal: Refusal) -> None:
    assert shown_text(home.render_refusal(refusal).to_dict()) == refusals.refusal_text(refusal)


def test_an_unexpected_error_gives_a_reference() -> None:
    assert "A1B2" in refusals.failure_text("A1B2")


def test_home_tells_the_score_with_its_margin() -> None:
    told = words(replace(FACTS, nps=calculate_nps(ScoreTally(3, 7, 9))))
    assert "NPS of your customers in the last 90 days: −32, give or take 35 (19 answers)" in told
    assert "NPS" not in words(FACTS)
    assert "days: 0, give" in words(replace(FACTS, nps=calculate_nps(ScoreTally(4, 7, 4))))
