"""The note that asks for nothing: once a month, within nudge hours, for PMs who want it."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import update

from bot.db import notes as note_queries
from bot.db.outbox.queries import MessageKind, OutboxStatus, get_status
from bot.db.tables.contacts import flags
from bot.db.tables.customers import customers
from bot.db.tables.notes import notes as notes_table
from bot.db.tables.staff import pms
from bot.db.tables.visits import visits as visits_table
from bot.domain.customers import Stage
from bot.domain.notes import NoteOfferFacts
from bot.domain.outbox.outcomes import DeliveryStatus
from bot.domain.staff.pms import JoinChoices
from bot.domain.visits.caps import NoContactReason
from bot.domain.visits.plans import PlanChoices
from bot.domain.visits.rules import VisitKind
from bot.errors import NoSuchNote, NotYours
from bot.operations.messages import MESSAGE_TYPES
from bot.operations.notes import offers as notes
from bot.operations.nudges import away
from bot.operations.outbox import leases
from bot.operations.outbox.leases import DeliveryRun
from bot.operations.staff import pms as pm_operations
from bot.operations.visits import booking as visits
from sandbox.person import Person
from tests.operations.operations_fixture import BotWorkspace
from tests.times import T, in_berlin

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
# Monday 13 April, at the hour of a PM in Berlin who joined on 2 March.
DUE = in_berlin(42)
SOON = timedelta(minutes=1)
MILL, POST = "Brightwater Mill", "Fernleigh Post"


@pytest.fixture
def ada(workspace: BotWorkspace) -> Person:
    """Add Ada, who is nudged once a quarter and saw the mill on her first day."""
    ada = workspace.add_pm("Ada", interval_days=90)
    workspace.add_held_visit(ada, workspace.add_customer(MILL), T(days=-1).date())
    return ada


def statuses(workspace: BotWorkspace, at: datetime) -> list[tuple[str, str]]:
    return [
        (each.status, each.reason)
        for each in workspace.tick_at(at)
        if each.kind == MessageKind.NOTE
    ]


def note_status(workspace: BotWorkspace, pm: Person, month: str = "2026-04") -> OutboxStatus:
    with workspace.services.reading(workspace.workspace_id) as tx:
        found = get_status(tx, MessageKind.NOTE, pm.id, month)
    assert found
    return found


def note(workspace: BotWorkspace, pm: Person, month: str = "2026-04") -> note_queries.Note:
    with workspace.services.reading(workspace.workspace_id) as tx:
        found = note_queries.get_by_month(tx, pm.id, month)
    assert found
    return found


def change(workspace: BotWorkspace, statement: object) -> None:
    with workspace.services.engine.begin() as connection:
        connection.execute(statement)  # type: ignore[call-overload]


@EVERY_DATABASE
def test_a_note_is_offered_once_at_the_pms_hour(workspace: BotWorkspace, ada: Person) -> None:
    assert statuses(workspace, DUE - SOON) == []
    assert statuses(workspace, DUE) == [
        (DeliveryStatus.QUEUED, "due"),
        (DeliveryStatus.SENT, "delivered"),
    ]
    workspace.slack.expect_message(to=ada, containing="You saw Brightwater Mill on 1 March")
    for days in range(1, 28):
        assert statuses(workspace, DUE + timedelta(days=days)) == []
    assert (DeliveryStatus.DROPPED, "nobody") in statuses(workspace, in_berlin(72))


@EVERY_DATABASE
def test_another_customer_comes_the_month_after(workspace: BotWorkspace, ada: Person) -> None:
    workspace.add_held_visit(ada, workspace.add_customer(POST), T(days=-9).date())
    workspace.tick_at(DUE)
    workspace.slack.expect_message(to=ada, containing=POST)
    workspace.tick_at(in_berlin(72))
    workspace.slack.expect_message(to=ada, containing=MILL)


def test_nobody_who_joined_less_than_a_month_ago_is_written_to(
    workspace: BotWorkspace, ada: Person
) -> None:
    workspace.tick_at(in_berlin(11))
    assert workspace.messages(ada) == []


def test_whoever_has_left_and_is_back_is_new(workspace: BotWorkspace, ada: Person) -> None:
    workspace.clock.at = DUE
    notes.offer(workspace.services, workspace.workspace_id, DUE)
    pm_operations.leave(workspace.services, workspace.actor(ada))
    choices = JoinChoices(interval_days=90)
    pm_operations.join(workspace.services, workspace.actor(ada), choices, DUE)
    workspace.tick_at(DUE)
    assert note_status(workspace, ada).reason == "joined_lately"


@pytest.mark.parametrize(
    ("stage", "closed"),
    [
        (Stage.PROSPECT, None),
        (Stage.LOST, None),
        (Stage.CUSTOMER, NoContactReason.DO_NOT_CONTACT),
    ],
)
@EVERY_DATABASE
def test_no_prospect_and_nobody_to_be_left_alone(
    workspace: BotWorkspace, stage: Stage, closed: NoContactReason | None
) -> None:
    bo = workspace.add_pm("Bo", interval_days=90)
    customer_id = workspace.add_customer(POST, stage, closed=closed)
    workspace.add_held_visit(bo, customer_id, T(days=-1).date())
    assert statuses(workspace, DUE) == [
        (DeliveryStatus.QUEUED, "due"),
        (DeliveryStatus.DROPPED, "nobody"),
    ]


@pytest.mark.parametrize("what", ["flagged", "booked", "long_ago", "by_somebody_else", "indirect"])
@EVERY_DATABASE
def test_nobody_who_is_flagged_booked_or_hardly_known(workspace: BotWorkspace, what: str) -> None:
    bo, cy = workspace.add_pm("Bo", interval_days=90), workspace.slack.add_user("Cy")
    customer_id, on = workspace.add_customer(POST), T(days=-1).date()
    workspace.add_held_visit(cy if what == "by_somebody_else" else bo, customer_id, on)
    if what == "flagged":
        raise_flag(workspace, customer_id, bo)
    if what == "booked":
        workspace.add_booked_visit(cy, customer_id, T(days=50).date())
    if what in ("long_ago", "indirect"):
        known = {"on": date(2025, 4, 12)} if what == "long_ago" else {"kind": VisitKind.PROXY}
        change(workspace, update(visits_table).values(**known))
    workspace.clock.at = DUE
    notes.offer(workspace.services, workspace.workspace_id, DUE)
    (said,) = workspace.deliver_at(DUE)
    assert (said.status, said.reason) == (DeliveryStatus.DROPPED, "nobody")


def raise_flag(workspace: BotWorkspace, customer_id: int, pm: Person) -> None:
    row = {
        "workspace_id": workspace.workspace_id,
        "customer_id": customer_id,
        "pm_id": pm.id,
        "state": "acknowledged",
        "evidence": [],
        "raised_at": DUE - timedelta(days=1),
        "notified_at": DUE - timedelta(days=1),
        "snooze_reason": "",
        "refuted": [],
    }
    change(workspace, flags.insert().values(row))


@EVERY_DATABASE
def test_nobody_gets_notes_of_two_pms_within_half_a_year(
    workspace: BotWorkspace, ada: Person
) -> None:
    bo = workspace.add_pm("Bo", interval_days=90)
    with workspace.services.reading(workspace.workspace_id) as tx:
        (mill,) = tx.run(tx.select(customers, customers.c.id)).scalars()
    workspace.add_held_visit(bo, mill, T(days=-2).date())
    workspace.tick_at(DUE)
    workspace.tick_at(DUE + timedelta(seconds=2))
    assert sorted([note_status(workspace, ada).reason, note_status(workspace, bo).reason]) == [
        "",
        "nobody",
    ]
    (told,) = [each for each in (ada, bo) if workspace.messages(each)]
    workspace.slack.expect_message(to=told, containing=MILL)


@EVERY_DATABASE
def test_a_customer_chosen_for_two_notes_at_once_gets_one_of_them(
    workspace: BotWorkspace, ada: Person
) -> None:
    bo = workspace.add_pm("Bo", interval_days=90)
    mill = workspace.add_customer(POST)
    for pm in (ada, bo):
        workspace.add_held_visit(pm, mill, T(days=-2).date())
    workspace.clock.at = DUE
    notes.offer(workspace.services, workspace.workspace_id, DUE)
    claimed = leases.claim(DeliveryRun(workspace.services, DUE, DUE))
    choice = MESSAGE_TYPES[MessageKind.NOTE].choice
    assert choice
    with workspace.services.reading(workspace.workspace_id) as tx:
        chosen = [choice.choose(tx, each, DUE) for each in claimed]
    assert chosen == [mill, mill]
    saved = []
    for each in claimed:
        with workspace.services.transaction(workspace.workspace_id) as tx:
            saved.append(choice.save(tx, each, mill, DUE))
    assert saved == [True, False]


@EVERY_DATABASE
def test_it_waits_while_its_pm_is_away(workspace: BotWorkspace, ada: Person) -> None:
    workspace.clock.at = in_berlin(40)
    away.pause(workspace.services, workspace.actor(ada), "until 20 April", in_berlin(40))
    for days in range(40, 49):
        workspace.tick_at(in_berlin(days))
        workspace.tick_at(in_berlin(days, 15))
    assert workspace.messages(ada) == []
    workspace.tick_at(in_berlin(49))
    workspace.slack.expect_message(to=ada, containing=MILL)


def test_it_does_not_wait_beyond_its_month(workspace: BotWorkspace, ada: Person) -> None:
    workspace.clock.at = in_berlin(40)
    away.pause(workspace.services, workspace.actor(ada), "until 4 May", in_berlin(40))
    assert (DeliveryStatus.DROPPED, "too_late") in statuses(workspace, DUE)
    workspace.tick_at(in_berlin(63))
    assert workspace.messages(ada) == []


@EVERY_DATABASE
def test_it_does_not_come_on_the_day_of_a_nudge(workspace: BotWorkspace) -> None:
    bo = workspace.add_pm("Bo")
    # A nudge is due on the very day of the offer.
    workspace.clock.at = in_berlin(28)
    workspace.record_debrief(bo, MILL, "They print it all. Nobody asked.")
    workspace.tick_at(DUE)
    workspace.tick_at(DUE + timedelta(hours=5))
    workspace.slack.expect_message(to=bo, containing="visit")
    assert len(workspace.messages(bo)) == 1
    workspace.tick_at(DUE + timedelta(days=1))
    workspace.slack.expect_message(to=bo, containing="asks for nothing")


def test_it_is_there_before_the_nudge_is_looked_at_and_waits_all_the_same(
    workspace: BotWorkspace,
) -> None:
    bo = workspace.add_pm("Bo")
    workspace.clock.at = in_berlin(28)
    workspace.record_debrief(bo, MILL, "They print it all. Nobody asked.")
    workspace.clock.at = DUE
    notes.offer(workspace.services, workspace.workspace_id, DUE)
    workspace.deliver_at(DUE)
    assert workspace.messages(bo) == []
    workspace.tick_at(DUE)
    workspace.slack.expect_message(to=bo, containing="is due")


@EVERY_DATABASE
def test_it_waits_for_a_day_without_a_prompt_that_has_come_or_is_still_to_come(
    workspace: BotWorkspace, ada: Person
) -> None:
    plan = PlanChoices(None, POST, VisitKind.PHONE, DUE.date(), time(14), "", None)
    workspace.clock.at = DUE - SOON
    assert visits.book(
        workspace.services, workspace.actor(ada), plan, workspace.next_key(), DUE - SOON
    )
    workspace.tick_at(DUE)
    assert workspace.messages(ada) == []
    workspace.tick_at(in_berlin(42, 16))
    asked = workspace.slack.expect_message(to=ada, containing="What did you hear")
    assert asked.blocks
    workspace.clock.at = in_berlin(42, 16, 30)
    workspace.record_debrief(ada, POST, "They print it all. Nobody asked.")
    workspace.tick_at(in_berlin(42, 17))
    workspace.slack.expect_update(asked, "Written down")
    assert len(workspace.messages(ada)) == 1
    # The prompt of the next day is withdrawn; one message a second goes to one place.
    workspace.tick_at(in_berlin(43))
    workspace.tick_at(in_berlin(43, 9, 31))
    workspace.slack.expect_message(to=ada, containing=MILL)


@EVERY_DATABASE
def test_after_downtime_it_comes_later_in_the_month(workspace: BotWorkspace, ada: Person) -> None:
    workspace.tick_at(in_berlin(46, 11))
    workspace.slack.expect_message(to=ada, containing=MILL)


def test_after_downtime_it_keeps_to_the_pms_hours(workspace: BotWorkspace, ada: Person) -> None:
    workspace.tick_at(in_berlin(46, 22))
    assert workspace.messages(ada) == []
    workspace.tick_at(in_berlin(49))
    workspace.slack.expect_message(to=ada, containing=MILL)


@EVERY_DATABASE
def test_another_hour_holds_for_the_note_too(workspace: BotWorkspace, ada: Person) -> None:
    choices = JoinChoices(interval_days=90, at=time(8))
    pm_operations.join(workspace.services, workspace.actor(ada), choices, T(days=2))
    assert statuses(workspace, in_berlin(42, 7, 59)) == []
    workspace.tick_at(in_berlin(42, 8, 0))
    workspace.slack.expect_message(to=ada, containing=MILL)


@EVERY_DATABASE
def test_no_more_means_none_until_they_are_wanted_again(
    workspace: BotWorkspace, ada: Person
) -> None:
    workspace.add_held_visit(ada, workspace.add_customer(POST), T(days=-9).date())
    workspace.tick_at(DUE)
    workspace.slack.expect_message(to=ada, containing=POST)
    actor, offered = workspace.actor(ada), note(workspace, ada)
    notes.stop(workspace.services, actor, offered.id, DUE)
    assert not notes.is_enabled(workspace.services, actor)
    workspace.tick_at(in_berlin(72))
    assert len(workspace.messages(ada)) == 1
    assert notes.enable(workspace.services, actor, in_berlin(80))
    assert not notes.enable(workspace.services, actor, in_berlin(80))
    workspace.tick_at(in_berlin(102))
    workspace.slack.expect_message(to=ada, containing=MILL)


def test_one_that_waits_is_withdrawn_by_no_more(workspace: BotWorkspace, ada: Person) -> None:
    workspace.clock.at = DUE
    notes.offer(workspace.services, workspace.workspace_id, DUE)
    notes.stop(workspace.services, workspace.actor(ada), note(workspace, ada).id, DUE)
    workspace.deliver_at(DUE)
    assert note_status(workspace, ada).reason == "no_more"


@EVERY_DATABASE
def test_somebody_else_goes_through_all_who_are_left_and_says_so(
    workspace: BotWorkspace, ada: Person
) -> None:
    workspace.add_held_visit(ada, workspace.add_customer(POST), T(days=-9).date())
    workspace.tick_at(DUE)
    workspace.slack.expect_message(to=ada, containing=POST)
    actor, first = workspace.actor(ada), note(workspace, ada)
    assert first.customer_id
    second = notes.choose_another_customer(
        workspace.services, actor, first.id, first.customer_id, DUE
    )
    assert isinstance(second, NoteOfferFacts)
    assert (second.customer, second.is_last) == (MILL, False)
    # The same press again, on a message that wasn't updated yet.
    assert (
        notes.choose_another_customer(workspace.services, actor, first.id, first.customer_id, DUE)
        == second
    )
    mill = note(workspace, ada).customer_id
    assert mill
    last = notes.choose_another_customer(workspace.services, actor, first.id, mill, DUE)
    assert isinstance(last, NoteOfferFacts)
    assert (last.customer, last.is_last) == (MILL, True)
    assert (note(workspace, ada).customer_id, note(workspace, ada).passed) == (
        mill,
        [first.customer_id],
    )


def test_whoever_was_dismissed_is_not_offered_the_month_after(
    workspace: BotWorkspace, ada: Person
) -> None:
    workspace.add_held_visit(ada, workspace.add_customer(POST), T(days=-9).date())
    workspace.tick_at(DUE)
    workspace.slack.expect_message(to=ada, containing=POST)
    first = note(workspace, ada)
    assert first.customer_id
    notes.choose_another_customer(
        workspace.services, workspace.actor(ada), first.id, first.customer_id, DUE
    )
    assert (DeliveryStatus.DROPPED, "nobody") in statuses(workspace, in_berlin(72))


@EVERY_DATABASE
def test_a_note_that_was_sent_is_counted_once(workspace: BotWorkspace, ada: Person) -> None:
    workspace.tick_at(DUE)
    workspace.slack.expect_message(to=ada, containing=MILL)
    actor, offered = workspace.actor(ada), note(workspace, ada)
    said = notes.mark_sent(workspace.services, actor, offered.id, DUE)
    later = DUE + timedelta(days=40)
    assert notes.mark_sent(workspace.services, actor, offered.id, later) == said
    customer_id = offered.customer_id or 0
    assert (
        notes.choose_another_customer(workspace.services, actor, offered.id, customer_id, later)
        == said
    )
    kept = note(workspace, ada)
    assert (kept.answer, kept.answered_on) == ("sent", DUE.date())


@EVERY_DATABASE
def test_a_note_moves_no_date(workspace: BotWorkspace, ada: Person) -> None:
    before = pm_operations.get_schedule(workspace.services, workspace.actor(ada), DUE).due_on
    workspace.tick_at(DUE)
    workspace.slack.expect_message(to=ada, containing=MILL)
    notes.mark_sent(workspace.services, workspace.actor(ada), note(workspace, ada).id, DUE)
    assert (
        pm_operations.get_schedule(workspace.services, workspace.actor(ada), DUE).due_on == before
    )


def test_a_note_is_nobody_elses(workspace: BotWorkspace, ada: Person) -> None:
    bo = workspace.add_pm("Bo", interval_days=90)
    workspace.tick_at(DUE)
    workspace.slack.expect_message(to=ada, containing=MILL)
    offered = note(workspace, ada)
    with pytest.raises(NotYours):
        notes.mark_sent(workspace.services, workspace.actor(bo), offered.id, DUE)
    with pytest.raises(NoSuchNote):
        notes.stop(workspace.services, workspace.actor(bo), 999, DUE)


@EVERY_DATABASE
def test_a_pm_whose_row_cannot_be_decided_on_stops_nobody(
    workspace: BotWorkspace, ada: Person
) -> None:
    bo = workspace.add_pm("Bo", interval_days=90)
    change(workspace, update(pms).where(pms.c.user_id == bo.id).values(zone="Nowhere/At_All"))
    workspace.clock.at = DUE
    found = notes.offer(workspace.services, workspace.workspace_id, DUE)
    assert [(each.target, each.status, each.reason) for each in found] == [
        (ada.id, DeliveryStatus.QUEUED, "due"),
        (bo.id, DeliveryStatus.DELAYED, "failed"),
    ]
    assert notes.offer(workspace.services, workspace.workspace_id, DUE + SOON) == []


@EVERY_DATABASE
@pytest.mark.usefixtures("ada")
def test_two_copies_offer_one(workspace: BotWorkspace) -> None:
    workspace.clock.at = DUE
    both = [notes.offer(workspace.services, workspace.workspace_id, DUE) for _ in range(2)]
    assert [len(each) for each in both] == [1, 0]
    # A second look, as after a clock that was set back, offers nothing again.
    change(workspace, update(pms).values(note_on=DUE.date(), note_at=DUE))
    assert notes.offer(workspace.services, workspace.workspace_id, DUE) == []
    with workspace.services.reading(workspace.workspace_id) as tx:
        assert len(tx.run(tx.select(notes_table)).all()) == 1


def test_a_dry_run_keeps_nothing(workspace: BotWorkspace, ada: Person) -> None:
    workspace.clock.at = DUE
    found = notes.offer(workspace.services.dry_run(), workspace.workspace_id, DUE)
    assert [each.reason for each in found] == ["due"]
    with workspace.services.reading(workspace.workspace_id) as tx:
        assert note_queries.get_by_month(tx, ada.id, "2026-04") is None
