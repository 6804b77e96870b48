"""The note that asks for nothing: once a month, in its hours, to whoever wants it."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import update

from bot.db import notes as rows
from bot.db.outbox.queries import Kind, Status, status
from bot.db.tables.contacts import flags
from bot.db.tables.customers import customers
from bot.db.tables.notes import notes as notes_table
from bot.db.tables.staff import pms
from bot.db.tables.visits import visits as visits_table
from bot.domain.customers import Stage
from bot.domain.outbox.outcomes import Fate
from bot.domain.visits.caps import Closed
from bot.domain.visits.rules import VisitKind
from bot.errors import NoSuchNote, NotYours
from bot.operations import notes
from bot.operations.nudges import away
from bot.operations.staff import pms as pm_operations
from bot.operations.visits import booking as visits
from bot.views.staff.settings_form import JoinChoices
from bot.views.visits.plan_form import PlanChoices
from sandbox.person import Person
from tests.operations.operations_fixture import Office
from tests.times import T, in_berlin

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
# Monday 13 April, at the hour of somebody in Berlin, who joined on 2 March.
DUE = in_berlin(42)
SOON = timedelta(minutes=1)
MILL, POST = "Brightwater Mill", "Fernleigh Post"


@pytest.fixture
def ada(office: Office) -> Person:
    """Ada, who is nudged once a quarter and saw the mill on her first day."""
    ada = office.pm("Ada", interval_days=90)
    office.visit(ada, office.customer(MILL), T(days=-1).date())
    return ada


def fates(office: Office, at: datetime) -> list[tuple[str, str]]:
    return [(each.fate, each.reason) for each in office.tick_at(at) if each.kind == Kind.NOTE]


def became(office: Office, pm: Person, month: str = "2026-04") -> Status:
    with office.services.reading(office.workspace_id) as tx:
        found = status(tx, Kind.NOTE, pm.id, month)
    assert found
    return found


def note(office: Office, pm: Person, month: str = "2026-04") -> rows.Note:
    with office.services.reading(office.workspace_id) as tx:
        found = rows.of(tx, pm.id, month)
    assert found
    return found


def change(office: Office, statement: object) -> None:
    with office.services.engine.begin() as connection:
        connection.execute(statement)  # type: ignore[call-overload]


@EVERY_DATABASE
def test_a_note_is_offered_once_at_the_pms_hour(office: Office, ada: Person) -> None:
    assert fates(office, DUE - SOON) == []
    assert fates(office, DUE) == [(Fate.QUEUED, "due"), (Fate.SENT, "delivered")]
    office.slack.expect_message(to=ada, containing="You saw Brightwater Mill on 1 March")
    for days in range(1, 28):
        assert fates(office, DUE + timedelta(days=days)) == []
    assert (Fate.DROPPED, "nobody") in fates(office, in_berlin(72))


@EVERY_DATABASE
def test_another_customer_comes_the_month_after(office: Office, ada: Person) -> None:
    office.visit(ada, office.customer(POST), T(days=-9).date())
    office.tick_at(DUE)
    office.slack.expect_message(to=ada, containing=POST)
    office.tick_at(in_berlin(72))
    office.slack.expect_message(to=ada, containing=MILL)


def test_nobody_who_joined_less_than_a_month_ago_is_written_to(office: Office, ada: Person) -> None:
    office.tick_at(in_berlin(11))
    assert office.said(ada) == []


def test_whoever_has_left_and_is_back_is_new(office: Office, ada: Person) -> None:
    office.clock.at = DUE
    notes.offer(office.services, office.workspace_id, DUE)
    pm_operations.leave(office.services, office.actor(ada))
    choices = JoinChoices(interval_days=90)
    pm_operations.join(office.services, office.actor(ada), choices, DUE)
    office.tick_at(DUE)
    assert became(office, ada).reason == "joined_lately"


@pytest.mark.parametrize(
    ("stage", "closed"),
    [
        (Stage.PROSPECT, None),
        (Stage.LOST, None),
        (Stage.CUSTOMER, Closed.DO_NOT_CONTACT),
    ],
)
@EVERY_DATABASE
def test_no_prospect_and_nobody_to_be_left_alone(
    office: Office, stage: Stage, closed: Closed | None
) -> None:
    bo = office.pm("Bo", interval_days=90)
    customer_id = office.customer(POST, stage, closed=closed)
    office.visit(bo, customer_id, T(days=-1).date())
    assert fates(office, DUE) == [(Fate.QUEUED, "due"), (Fate.DROPPED, "nobody")]


@pytest.mark.parametrize("what", ["flagged", "booked", "long_ago", "by_somebody_else", "indirect"])
@EVERY_DATABASE
def test_nobody_who_is_flagged_booked_or_hardly_known(office: Office, what: str) -> None:
    bo, cy = office.pm("Bo", interval_days=90), office.slack.user("Cy")
    customer_id, on = office.customer(POST), T(days=-1).date()
    office.visit(cy if what == "by_somebody_else" else bo, customer_id, on)
    if what == "flagged":
        raise_flag(office, customer_id, bo)
    if what == "booked":
        office.book(cy, customer_id, T(days=50).date())
    if what in ("long_ago", "indirect"):
        known = {"on": date(2025, 4, 12)} if what == "long_ago" else {"kind": VisitKind.PROXY}
        change(office, update(visits_table).values(**known))
    office.clock.at = DUE
    notes.offer(office.services, office.workspace_id, DUE)
    (said,) = office.deliver_at(DUE)
    assert (said.fate, said.reason) == (Fate.DROPPED, "nobody")


def raise_flag(office: Office, customer_id: int, pm: Person) -> None:
    row = {
        "workspace_id": office.workspace_id,
        "customer_id": customer_id,
        "pm_id": pm.id,
        "state": "acknowledged",
        "evidence": [],
        "raised_at": DUE - timedelta(days=1),
        "told_at": DUE - timedelta(days=1),
        "snooze_reason": "",
        "refuted": [],
    }
    change(office, flags.insert().values(row))


@EVERY_DATABASE
def test_nobody_gets_notes_of_two_pms_within_half_a_year(office: Office, ada: Person) -> None:
    bo = office.pm("Bo", interval_days=90)
    with office.services.reading(office.workspace_id) as tx:
        (mill,) = tx.run(tx.select(customers, customers.c.id)).scalars()
    office.visit(bo, mill, T(days=-2).date())
    office.tick_at(DUE)
    office.tick_at(DUE + timedelta(seconds=2))
    assert sorted([became(office, ada).reason, became(office, bo).reason]) == ["", "nobody"]
    (told,) = [each for each in (ada, bo) if office.said(each)]
    office.slack.expect_message(to=told, containing=MILL)


@EVERY_DATABASE
def test_it_waits_while_its_pm_is_away(office: Office, ada: Person) -> None:
    office.clock.at = in_berlin(40)
    away.pause(office.services, office.actor(ada), "until 20 April", in_berlin(40))
    for days in range(40, 49):
        office.tick_at(in_berlin(days))
        office.tick_at(in_berlin(days, 15))
    assert office.said(ada) == []
    office.tick_at(in_berlin(49))
    office.slack.expect_message(to=ada, containing=MILL)


def test_it_does_not_wait_beyond_its_month(office: Office, ada: Person) -> None:
    office.clock.at = in_berlin(40)
    away.pause(office.services, office.actor(ada), "until 4 May", in_berlin(40))
    assert (Fate.DROPPED, "too_late") in fates(office, DUE)
    office.tick_at(in_berlin(63))
    assert office.said(ada) == []


@EVERY_DATABASE
def test_it_does_not_come_on_the_day_of_a_nudge(office: Office) -> None:
    bo = office.pm("Bo")
    # A nudge is due on the very day of the offer.
    office.clock.at = in_berlin(28)
    office.debrief(bo, MILL, "They print it all. Nobody asked.")
    office.tick_at(DUE)
    office.tick_at(DUE + timedelta(hours=5))
    office.slack.expect_message(to=bo, containing="visit")
    assert len(office.said(bo)) == 1
    office.tick_at(DUE + timedelta(days=1))
    office.slack.expect_message(to=bo, containing="asks for nothing")


def test_it_is_there_before_the_nudge_is_looked_at_and_waits_all_the_same(office: Office) -> None:
    bo = office.pm("Bo")
    office.clock.at = in_berlin(28)
    office.debrief(bo, MILL, "They print it all. Nobody asked.")
    office.clock.at = DUE
    notes.offer(office.services, office.workspace_id, DUE)
    office.deliver_at(DUE)
    assert office.said(bo) == []
    office.tick_at(DUE)
    office.slack.expect_message(to=bo, containing="is due")


@EVERY_DATABASE
def test_it_waits_for_a_day_without_a_prompt_that_has_come_or_is_still_to_come(
    office: Office, ada: Person
) -> None:
    plan = PlanChoices(None, POST, VisitKind.PHONE, DUE.date(), time(14), "", None)
    office.clock.at = DUE - SOON
    assert visits.plan(office.services, office.actor(ada), plan, office.next_key(), DUE - SOON)
    office.tick_at(DUE)
    assert office.said(ada) == []
    office.tick_at(in_berlin(42, 16))
    asked = office.slack.expect_message(to=ada, containing="What did you hear")
    assert asked.blocks
    office.clock.at = in_berlin(42, 16, 30)
    office.debrief(ada, POST, "They print it all. Nobody asked.")
    office.tick_at(in_berlin(42, 17))
    office.slack.expect_update(asked, "Written down")
    assert len(office.said(ada)) == 1
    # The prompt of the next day is withdrawn; one message a second leaves for one place.
    office.tick_at(in_berlin(43))
    office.tick_at(in_berlin(43, 9, 31))
    office.slack.expect_message(to=ada, containing=MILL)


@EVERY_DATABASE
def test_after_downtime_it_comes_later_in_the_month(office: Office, ada: Person) -> None:
    office.tick_at(in_berlin(46, 11))
    office.slack.expect_message(to=ada, containing=MILL)


def test_after_downtime_it_keeps_to_the_pms_hours(office: Office, ada: Person) -> None:
    office.tick_at(in_berlin(46, 22))
    assert office.said(ada) == []
    office.tick_at(in_berlin(49))
    office.slack.expect_message(to=ada, containing=MILL)


@EVERY_DATABASE
def test_another_hour_holds_for_the_note_too(office: Office, ada: Person) -> None:
    choices = JoinChoices(interval_days=90, at=time(8))
    pm_operations.join(office.services, office.actor(ada), choices, T(days=2))
    assert fates(office, in_berlin(42, 7, 59)) == []
    office.tick_at(in_berlin(42, 8, 0))
    office.slack.expect_message(to=ada, containing=MILL)


@EVERY_DATABASE
def test_no_more_means_none_until_they_are_wanted_again(office: Office, ada: Person) -> None:
    office.visit(ada, office.customer(POST), T(days=-9).date())
    office.tick_at(DUE)
    office.slack.expect_message(to=ada, containing=POST)
    actor, offered = office.actor(ada), note(office, ada)
    notes.no_more(office.services, actor, offered.id, DUE)
    assert not notes.wanted(office.services, actor)
    office.tick_at(in_berlin(72))
    assert len(office.said(ada)) == 1
    assert notes.again(office.services, actor, in_berlin(80))
    assert not notes.again(office.services, actor, in_berlin(80))
    office.tick_at(in_berlin(102))
    office.slack.expect_message(to=ada, containing=MILL)


def test_one_that_waits_is_withdrawn_by_no_more(office: Office, ada: Person) -> None:
    office.clock.at = DUE
    notes.offer(office.services, office.workspace_id, DUE)
    notes.no_more(office.services, office.actor(ada), note(office, ada).id, DUE)
    office.deliver_at(DUE)
    assert became(office, ada).reason == "no_more"


@EVERY_DATABASE
def test_somebody_else_goes_through_all_who_are_left_and_says_so(
    office: Office, ada: Person
) -> None:
    office.visit(ada, office.customer(POST), T(days=-9).date())
    office.tick_at(DUE)
    office.slack.expect_message(to=ada, containing=POST)
    actor, first = office.actor(ada), note(office, ada)
    assert first.customer_id
    second = notes.somebody_else(office.services, actor, first.id, first.customer_id, DUE)
    assert MILL in second.text
    # The same press again, of a message that was not drawn anew yet.
    assert notes.somebody_else(office.services, actor, first.id, first.customer_id, DUE) == second
    mill = note(office, ada).customer_id
    assert mill
    last = notes.somebody_else(office.services, actor, first.id, mill, DUE)
    assert MILL in last.text
    assert "Nobody else is left" in str([each.to_dict() for each in last.blocks])
    assert (note(office, ada).customer_id, note(office, ada).passed) == (mill, [first.customer_id])


def test_whoever_was_passed_over_is_not_offered_the_month_after(
    office: Office, ada: Person
) -> None:
    office.visit(ada, office.customer(POST), T(days=-9).date())
    office.tick_at(DUE)
    office.slack.expect_message(to=ada, containing=POST)
    first = note(office, ada)
    assert first.customer_id
    notes.somebody_else(office.services, office.actor(ada), first.id, first.customer_id, DUE)
    assert (Fate.DROPPED, "nobody") in fates(office, in_berlin(72))


@EVERY_DATABASE
def test_a_note_that_was_sent_is_counted_once(office: Office, ada: Person) -> None:
    office.tick_at(DUE)
    office.slack.expect_message(to=ada, containing=MILL)
    actor, offered = office.actor(ada), note(office, ada)
    said = notes.sent(office.services, actor, offered.id, DUE)
    later = DUE + timedelta(days=40)
    assert notes.sent(office.services, actor, offered.id, later) == said
    customer_id = offered.customer_id or 0
    assert notes.somebody_else(office.services, actor, offered.id, customer_id, later) == said
    kept = note(office, ada)
    assert (kept.answer, kept.answered_on) == ("sent", DUE.date())


@EVERY_DATABASE
def test_a_note_moves_no_date(office: Office, ada: Person) -> None:
    before = pm_operations.ahead(office.services, office.actor(ada), DUE).due_on
    office.tick_at(DUE)
    office.slack.expect_message(to=ada, containing=MILL)
    notes.sent(office.services, office.actor(ada), note(office, ada).id, DUE)
    assert pm_operations.ahead(office.services, office.actor(ada), DUE).due_on == before


def test_a_note_is_nobody_elses(office: Office, ada: Person) -> None:
    bo = office.pm("Bo", interval_days=90)
    office.tick_at(DUE)
    office.slack.expect_message(to=ada, containing=MILL)
    offered = note(office, ada)
    with pytest.raises(NotYours):
        notes.sent(office.services, office.actor(bo), offered.id, DUE)
    with pytest.raises(NoSuchNote):
        notes.no_more(office.services, office.actor(bo), 999, DUE)


@EVERY_DATABASE
def test_a_pm_whose_row_cannot_be_decided_on_stops_nobody(office: Office, ada: Person) -> None:
    bo = office.pm("Bo", interval_days=90)
    change(office, update(pms).where(pms.c.user_id == bo.id).values(zone="Nowhere/At_All"))
    office.clock.at = DUE
    found = notes.offer(office.services, office.workspace_id, DUE)
    assert [(each.subject, each.fate, each.reason) for each in found] == [
        (ada.id, Fate.QUEUED, "due"),
        (bo.id, Fate.HELD, "failed"),
    ]
    assert notes.offer(office.services, office.workspace_id, DUE + SOON) == []


@EVERY_DATABASE
@pytest.mark.usefixtures("ada")
def test_two_copies_offer_one(office: Office) -> None:
    office.clock.at = DUE
    both = [notes.offer(office.services, office.workspace_id, DUE) for _ in range(2)]
    assert [len(each) for each in both] == [1, 0]
    # A look that comes again, as after a clock that was set back, offers nothing a second time.
    change(office, update(pms).values(note_on=DUE.date(), note_at=DUE))
    assert notes.offer(office.services, office.workspace_id, DUE) == []
    with office.services.reading(office.workspace_id) as tx:
        assert len(tx.run(tx.select(notes_table)).all()) == 1


def test_a_rehearsal_keeps_nothing(office: Office, ada: Person) -> None:
    office.clock.at = DUE
    found = notes.offer(office.services.rehearsal(), office.workspace_id, DUE)
    assert [each.reason for each in found] == ["due"]
    with office.services.reading(office.workspace_id) as tx:
        assert rows.of(tx, ada.id, "2026-04") is None
