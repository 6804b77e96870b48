"""Rows of nudges: created when a nudge is rendered for delivery, and found while still open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.db.engine import Tx
from bot.db.nudges import queries as nudges
from bot.db.nudges.queries import NudgeRow
from bot.db.nudges.suggested_customers import SuggestedCustomer
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import MessageKind
from bot.db.staff import pms
from bot.db.visits import queries as visits
from bot.domain.nudges import rules
from bot.domain.nudges.facts import NudgeFacts
from bot.domain.nudges.rules import NudgeStep, PlannedNudge
from bot.domain.outbox.message_ref import MessageRef
from bot.domain.staff.access import Actor
from bot.domain.staff.pms import Pm
from bot.domain.working_time import local_date
from bot.errors import NoSuchNudge, NotYours, NudgeSettled
from bot.operations.customers.search import customer_name
from bot.operations.nudges import absences
from bot.operations.suggestions.choosing import (
    are_available,
    choose_suggestions,
    get_suggestion,
    stable_seed,
    to_suggested_customers,
)


@dataclass(frozen=True)
class NewNudge:
    """A nudge that isn't saved yet: its plan, its step, and the customers it names."""

    planned: PlannedNudge
    step: NudgeStep
    named: Sequence[SuggestedCustomer]


@dataclass(frozen=True)
class PostedNudge:
    """A nudge posted to Slack, with its place there for an edit."""

    facts: NudgeFacts
    message_ref: MessageRef


def choose_nudge(tx: Tx, pm: Pm, planned: PlannedNudge, now: datetime) -> NewNudge | None:
    """Choose what the PM's nudge of a planned date is; None if it is saved already.

    Its customers are chosen from what is true now, and its step in the PM's cycle: the first
    nudge, a follow-up, or the question whether to keep going after three cycles without an answer.
    """
    if nudges.get_by_date(tx, pm.user_id, planned.on):
        return None
    step = _choose_step(tx, pm, planned)
    if step is NudgeStep.KEEP_GOING_QUESTION:
        return NewNudge(planned, step, [])
    return NewNudge(planned, step, choose_customers(tx, pm, planned.on, now))


def save_nudge(tx: Tx, pm: Pm, new: NewNudge, now: datetime) -> bool:
    """Save a nudge as it was chosen; False if it may no longer name those customers."""
    ids = [each.customer_id for each in new.named]
    if _choose_step(tx, pm, new.planned) is not new.step or not are_available(tx, pm, ids, now):
        return False
    if new.step is NudgeStep.KEEP_GOING_QUESTION:
        following = rules.first_of_next_cycle(pm.cycle_start, pm.settings, new.planned)
        pms.set_next_nudge(tx, pm.user_id, following)
    planned = new.planned
    nudges.add(tx, pm.user_id, planned.on, new.step, planned.cycle, new.named, now)
    return True


def choose_customers(tx: Tx, pm: Pm, on: date, now: datetime) -> Sequence[SuggestedCustomer]:
    """Choose the customers that a PM's nudge of a date names."""
    zone, seed = pm.settings.hours.zone, stable_seed(pm.user_id, on)
    return to_suggested_customers(choose_suggestions(tx, pm.user_id, zone, now, seed), ())


def get_own_nudge(tx: Tx, actor: Actor, nudge_id: int) -> NudgeRow:
    """Return the nudge, if it is the actor's."""
    nudge = nudges.get(tx, nudge_id)
    if nudge is None:
        raise NoSuchNudge
    if nudge.pm_id != actor.user_id:
        raise NotYours
    return nudge


def lock_nudge(tx: Tx, nudge_id: int) -> None:
    """Lock a nudge: two presses, or one that came twice, change it one after the other."""
    tx.advisory_lock(f"nudge {nudge_id}")


def get_open_nudge(tx: Tx, actor: Actor, nudge_id: int) -> NudgeRow:
    """Return the nudge, if it is the actor's and still open.

    It is locked until the transaction ends.
    """
    lock_nudge(tx, nudge_id)
    nudge = get_own_nudge(tx, actor, nudge_id)
    if is_closed_by_visit(tx, nudge):
        raise NudgeSettled
    return nudge


def is_closed_by_visit(tx: Tx, nudge: NudgeRow) -> bool:
    """Return whether a visit was logged since: on the nudge's date or later, or as its answer."""
    pm = pms.get(tx, nudge.pm_id)
    visited = (
        pm is not None
        and pm.last_visit_on
        and absences.cycle_start_ignoring_absences(pm) >= nudge.on
    )
    return bool(visited) or nudges.is_visited_since(tx, nudge)


def get_posted_nudge(tx: Tx, nudge: NudgeRow, now: datetime) -> PostedNudge | None:
    """Return the nudge with its place in Slack; None while it isn't posted."""
    message_ref = get_message_ref(tx, nudge)
    return PostedNudge(get_nudge_facts(tx, nudge, now), message_ref) if message_ref else None


def get_message_ref(tx: Tx, nudge: NudgeRow) -> MessageRef | None:
    """Return where a nudge is posted; None while it isn't."""
    return outbox.get_message_ref(tx, MessageKind.NUDGE, nudge.pm_id, nudge.on.isoformat())


def enqueue_edit(tx: Tx, nudge: NudgeRow, now: datetime) -> None:
    """Enqueue an edit of a nudge that has changed, also of one that is being posted."""
    outbox.enqueue_edit(tx, MessageKind.NUDGE, nudge.pm_id, nudge.on.isoformat(), now)


def get_nudge_facts(tx: Tx, nudge: NudgeRow, now: datetime) -> NudgeFacts:
    """Return what a nudge shows, from what is true now."""
    pm = pms.get(tx, nudge.pm_id)
    if pm is None:
        raise NoSuchNudge
    last = visits.get_last(tx, nudge.pm_id)
    return NudgeFacts(
        id=nudge.id,
        step=nudge.step,
        due_on=rules.due_on(pm.cycle_start, pm.settings),
        today=local_date(now, pm.settings.hours.zone),
        last_visit=(customer_name(tx, last.customer_id), last.on) if last else None,
        suggestions=tuple(get_suggestion(tx, each) for each in nudge.suggested),
    )


def _choose_step(tx: Tx, pm: Pm, planned: PlannedNudge) -> NudgeStep:
    visited_on = pm.last_visit_on or date.min
    unanswered, asked = nudges.count_unanswered(tx, pm.user_id, pm.joined_at, visited_on)
    return (
        NudgeStep.KEEP_GOING_QUESTION
        if rules.is_question_due(planned, unanswered, asked=asked)
        else planned.step
    )
