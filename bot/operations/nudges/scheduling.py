"""Enqueue nudges when they are due, and record what a PM does with one."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, partial

from bot.db import customers
from bot.db.engine import Tx
from bot.db.nudges import queries as nudges
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import MessageKind, OutboxMessage
from bot.db.staff import pms
from bot.db.staff.pms import PmNudges, PmToDecide
from bot.db.suggestions import dismissals
from bot.db.visits import queries as visits
from bot.domain.nudges import rules
from bot.domain.nudges.answers import NudgeAnswer
from bot.domain.nudges.barriers import Barrier
from bot.domain.nudges.facts import NudgeFacts
from bot.domain.nudges.rules import PlannedNudge, Snooze
from bot.domain.outbox.outcomes import DeliveryStatus, Outcome
from bot.domain.staff.access import Actor
from bot.domain.suggestions.dismissals import DISMISSED_FOR, REASONS_FOR_ALL, DismissalReason
from bot.domain.visits.prompts import MAX_PROMPT_PERIOD, find_silence_end
from bot.domain.working_time import ONE_DAY, local_date
from bot.errors import NoSuchCustomer, NoSuchNudge
from bot.log import error_location, get_logger
from bot.operations.nudges.sent import (
    PostedNudge,
    get_message_ref,
    get_nudge_facts,
    get_open_nudge,
    get_own_nudge,
    get_posted_nudge,
)
from bot.operations.staff.pms import get_enrolled
from bot.operations.suggestions.choosing import (
    choose_suggestions,
    customers_named,
    replace_suggestion,
    to_suggested_customers,
)
from bot.services import Services

# SQLite lets no one else write while a batch is written.
BATCH = 200
RETRY_AFTER = timedelta(hours=1)
LOG = get_logger(__name__)


@dataclass(frozen=True)
class Dismissed:
    """A customer not suggested until a date, to the PM or to all, and the nudge as it is now."""

    nudge: NudgeFacts
    customer: str
    until: date
    for_all: bool


@dataclass(frozen=True)
class SnoozedNudge:
    """A snoozed nudge; `back_at` is the instant of its return, `zone` the PM's."""

    nudge: PostedNudge
    back_at: datetime
    zone: str


@dataclass(frozen=True)
class _Decision:
    """The decision on a PM: the next nudge, and the one that is enqueued now, if any."""

    reason: str
    next_nudge: PlannedNudge
    enqueued: PlannedNudge | None = None


_UserDecision = tuple[str, _Decision | None]
LoadPm = Callable[[], PmToDecide]
Decide = Callable[[PmToDecide, tuple[date, ...]], _Decision]


def enqueue_due(services: Services, workspace_id: str, now: datetime) -> Sequence[Outcome]:
    """Decide on every PM whose time has come: enqueue a nudge or put it off, and say why.

    A PM whose row can't be read or decided on is delayed as "failed" and looked at again an hour
    later; the others don't wait for it.
    """
    # PMs who are alike in all that counts share a decision.
    decide = cache(partial(_decide, now))
    outcomes: list[Outcome] = []
    more = True
    while more and not services.shutting_down.is_set():
        batch = _enqueue_batch(services, workspace_id, decide, now)
        outcomes += batch
        more = len(batch) == BATCH and services.writes_enabled
    return outcomes


def snooze(
    services: Services,
    actor: Actor,
    nudge_id: int,
    choice: Snooze,
    now: datetime,
    on: date | None = None,
) -> SnoozedNudge:
    """Snooze a nudge. Raises `InvalidSnooze` and `NudgeSettled`."""
    with services.transaction(actor.workspace_id) as tx:
        nudge = get_open_nudge(tx, actor, nudge_id)
        pm = get_enrolled(tx, actor)
        rescheduled = rules.snooze(pm.cycle_start, pm.settings, nudge.as_planned, choice, now, on)
        pms.set_next_nudge(tx, pm.user_id, rescheduled)
        nudges.set_answer(tx, nudge_id, NudgeAnswer.SNOOZED, now, rescheduled.at)
        posted = get_posted_nudge(tx, nudge, now)
        if posted is None:
            raise NoSuchNudge
        return SnoozedNudge(posted, rescheduled.at, pm.settings.hours.zone)


def snooze_latest(services: Services, actor: Actor, on: date, now: datetime) -> SnoozedNudge | None:
    """Snooze the latest nudge until a date; None when there is none that can be.

    Raises `InvalidSnooze` and `NudgeSettled`.
    """
    with services.reading(actor.workspace_id) as tx:
        nudge, pm = nudges.get_latest(tx, actor.user_id), get_enrolled(tx, actor)
        if nudge is None or get_message_ref(tx, nudge) is None:
            return None
    if nudge.on < local_date(pm.joined_at, pm.settings.hours.zone):
        # From an earlier time, before they left.
        return None
    return snooze(services, actor, nudge.id, Snooze.DATE, now, on)


def suggest_others(services: Services, actor: Actor, nudge_id: int, now: datetime) -> NudgeFacts:
    """Suggest three other customers; those named before aren't named again in this nudge.

    Raises `NudgeSettled`.
    """
    with services.transaction(actor.workspace_id) as tx:
        nudge = get_open_nudge(tx, actor, nudge_id)
        named = [each.customer_id for each in nudge.suggested]
        excluded = customers_named(nudge)
        fresh = choose_suggestions(tx, actor.user_id, actor.zone, now, nudge_id, excluded)
        if not fresh:
            # All have been named: start over.
            fresh = choose_suggestions(tx, actor.user_id, actor.zone, now, nudge_id, named)
            excluded = named
        if fresh:
            nudges.set_suggested(tx, nudge_id, to_suggested_customers(fresh, excluded))
        nudges.mark_responded(tx, nudge_id, now)
        return get_nudge_facts(tx, nudges.get(tx, nudge_id) or nudge, now)


def record_barrier(
    services: Services, actor: Actor, nudge_id: int, barrier: Barrier, now: datetime
) -> NudgeFacts:
    """Count a barrier, never who named it (`product.md` A6). Raises `NudgeSettled`."""
    with services.transaction(actor.workspace_id) as tx:
        nudge = get_open_nudge(tx, actor, nudge_id)
        if nudge.answer is not barrier:
            count_barrier(tx, barrier, actor, now)
        nudges.set_answer(tx, nudge_id, barrier, now)
        return get_nudge_facts(tx, nudge, now)


def dismiss(
    services: Services,
    actor: Actor,
    nudge_id: int,
    customer_id: int,
    why: DismissalReason,
    now: datetime,
) -> Dismissed:
    """Dismiss a suggested customer for a while, and name another one in the nudge.

    Raises `NudgeSettled` and `NoSuchCustomer`.
    """
    with services.transaction(actor.workspace_id) as tx:
        nudge = get_open_nudge(tx, actor, nudge_id)
        known = customers.get(tx, customer_id)
        if known is None:
            raise NoSuchCustomer
        today = local_date(now, actor.zone)
        until = today + DISMISSED_FOR[why]
        dismissals.save(tx, known.id, actor.user_id, why, today, until)
        nudges.mark_responded(tx, nudge_id, now)
        changed = replace_suggestion(tx, nudge, known.id, actor.zone, now)
        return Dismissed(
            get_nudge_facts(tx, changed, now), known.name, until, why in REASONS_FOR_ALL
        )


def count_barrier(tx: Tx, barrier: Barrier, actor: Actor, now: datetime) -> None:
    """Count one more PM who has named a barrier this month."""
    nudges.count_barrier(tx, barrier, local_date(now, actor.zone).strftime("%Y-%m"))


def check_own(services: Services, actor: Actor, nudge_id: int, now: datetime) -> NudgeFacts:
    """Return the actor's nudge as it is shown."""
    with services.reading(actor.workspace_id) as tx:
        return get_nudge_facts(tx, get_own_nudge(tx, actor, nudge_id), now)


def _enqueue_batch(
    services: Services, workspace_id: str, decide: Decide, now: datetime
) -> Sequence[Outcome]:
    # A dry run rolls back each batch and would meet the same PMs again: it takes all at once.
    limit = BATCH if services.writes_enabled else None
    with services.transaction(workspace_id) as tx:
        decisions = _decide_all(tx, pms.list_to_decide(tx, now, limit), decide, now)
        plans = [
            PmNudges(user_id, found.next_nudge, found.enqueued)
            for user_id, found in decisions
            if found
        ]
        pms.set_next_nudges(tx, plans)
        pms.postpone_all(
            tx, [user_id for user_id, found in decisions if not found], now + RETRY_AFTER
        )
        new = _enqueue(tx, plans, now)
    return [_outcome(user_id, found, new) for user_id, found in decisions]


def _decide_all(
    tx: Tx, due: Sequence[tuple[str, LoadPm]], decide: Decide, now: datetime
) -> Sequence[_UserDecision]:
    # A PM with a visit booked isn't nudged until its debrief has been asked for, at most
    # MAX_PROMPT_PERIOD after it. Nowhere is it earlier than on the day before UTC's.
    since = local_date(now, "UTC") - ONE_DAY - MAX_PROMPT_PERIOD
    booked = visits.list_booked_dates(tx, [user_id for user_id, _ in due], since)
    return [
        (user_id, _decide_one(user_id, read, tuple(booked.get(user_id, ())), decide))
        for user_id, read in due
    ]


def _decide_one(
    user_id: str, read: LoadPm, booked: tuple[date, ...], decide: Decide
) -> _Decision | None:
    try:
        return decide(read(), booked)
    except Exception as error:  # noqa: BLE001 - one PM must not hold up the others
        LOG.error("look_failed", user=user_id, error=type(error).__name__, at=error_location(error))
        return None


def _decide(now: datetime, pm: PmToDecide, booked: Sequence[date]) -> _Decision:
    """Decide on a PM with these booked visits; `paused_until` is also the end of a vacation."""
    today = local_date(now, pm.settings.hours.zone)
    decision = rules.decide(
        pm.cycle_start,
        pm.settings,
        pm.next_nudge,
        now,
        booked_until=find_silence_end(booked, today, pm.settings.hours),
        paused_until=pm.paused_until,
    )
    if not decision.send:
        return _Decision(decision.reason, decision.next_nudge)
    due_nudge = decision.next_nudge
    return _Decision(
        due_nudge.step, rules.next_nudge(pm.cycle_start, pm.settings, due_nudge), due_nudge
    )


def _enqueue(tx: Tx, plans: Sequence[PmNudges], now: datetime) -> Collection[tuple[str, str]]:
    messages = [
        OutboxMessage(
            subject=each.user_id,
            period=each.enqueued.on.isoformat(),
            destination=each.user_id,
            due_at=each.enqueued.at,
        )
        for each in plans
        if each.enqueued
    ]
    return outbox.enqueue_all(tx, MessageKind.NUDGE, messages, now)


def _outcome(user_id: str, found: _Decision | None, new: Collection[tuple[str, str]]) -> Outcome:
    if found is None:
        return Outcome(MessageKind.NUDGE, user_id, DeliveryStatus.DELAYED, "failed")
    if found.enqueued is None:
        return Outcome(MessageKind.NUDGE, user_id, DeliveryStatus.DELAYED, found.reason)
    if (user_id, found.enqueued.on.isoformat()) not in new:
        return Outcome(MessageKind.NUDGE, user_id, DeliveryStatus.DROPPED, "sent_already")
    return Outcome(MessageKind.NUDGE, user_id, DeliveryStatus.QUEUED, found.reason)
