"""Nudges: sent when due, and what a PM does with one."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, partial

from bot.db import customers
from bot.db.engine import Tx
from bot.db.nudges import queries as nudges
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import Kind, Letter
from bot.db.staff import pms
from bot.db.staff.pms import Due, Plan
from bot.db.suggestions import dismissals as passes
from bot.db.visits import queries as visits
from bot.domain.nudges import rules
from bot.domain.nudges.barriers import Barrier
from bot.domain.nudges.rules import Planned, Snooze
from bot.domain.outbox.outcomes import Fate, Outcome
from bot.domain.staff.access import Actor
from bot.domain.suggestions.dismissals import FOR_ALL, PASSED_FOR, Pass
from bot.domain.visits.prompts import LONGEST, silent_until
from bot.domain.working_time import ONE_DAY, local_date
from bot.errors import NoSuchCustomer, NoSuchNudge
from bot.log import logger
from bot.log import place as raised_at
from bot.operations.nudges.sent import Shown, own, place_of, shown, standing, unsettled
from bot.operations.staff.pms import enrolled
from bot.operations.suggestions.choosing import chosen, name_another, named_ever, written
from bot.services import Services
from bot.views.nudges import message as views

# As long as one batch is written, SQLite lets nobody else write.
BATCH = 500
PUT_OFF = timedelta(hours=1)
LOG = logger(__name__)


@dataclass(frozen=True)
class PassedOver:
    """A customer who is not suggested up to a date, to the PM or to all; and the nudge now."""

    nudge: views.Nudge
    customer: str
    until: date
    for_all: bool


@dataclass(frozen=True)
class Snoozed:
    """A nudge that was put off; `back_at` is the instant of its return, in the PM's `zone`."""

    nudge: Shown
    back_at: datetime
    zone: str


@dataclass(frozen=True)
class _Decision:
    """What a look at a PM leads to: the next nudge, and the one that is asked for now, if any."""

    reason: str
    planned: Planned
    asked: Planned | None = None


_Look = tuple[str, _Decision | None]
Read = Callable[[], Due]
Decide = Callable[[Due, tuple[date, ...]], _Decision]


def remind(services: Services, workspace_id: str, now: datetime) -> Sequence[Outcome]:
    """Look at every PM whose time has come: ask for a nudge or hold it, and say why.

    A PM whose row cannot be read or decided on is held as "failed", and looked at again an hour
    later; the others are not kept waiting.
    """
    # PMs who are alike in all that counts share a decision.
    decide = cache(partial(_decided, now))
    outcomes: list[Outcome] = []
    more = True
    while more and not services.leaving.is_set():
        batch = _remind(services, workspace_id, decide, now)
        outcomes += batch
        more = len(batch) == BATCH and services.writes
    return outcomes


def snooze(
    services: Services,
    actor: Actor,
    nudge_id: int,
    choice: Snooze,
    now: datetime,
    on: date | None = None,
) -> Snoozed:
    """Put a nudge off. Raises `SnoozeRefused` and `NudgeSettled`."""
    with services.transaction(actor.workspace_id) as tx:
        nudge = unsettled(tx, actor, nudge_id)
        pm = enrolled(tx, actor)
        back = rules.snoozed(pm.anchor_on, pm.rhythm, nudge.planned, choice, now, on)
        pms.plan(tx, pm.user_id, back)
        nudges.answer(tx, nudge_id, "snoozed", now, back.at)
        stands = standing(tx, nudge, now)
        if stands is None:
            raise NoSuchNudge
        return Snoozed(stands, back.at, pm.rhythm.hours.zone)


def snooze_latest(services: Services, actor: Actor, on: date, now: datetime) -> Snoozed | None:
    """Put the nudge off that came last, until a date; None where there is none that can be.

    Raises `SnoozeRefused` and `NudgeSettled`.
    """
    with services.reading(actor.workspace_id) as tx:
        nudge, pm = nudges.latest(tx, actor.user_id), enrolled(tx, actor)
    if nudge is None or place_of(nudge) is None:
        return None
    if nudge.on < local_date(pm.joined_at, pm.rhythm.hours.zone):
        # Of an earlier time, before they left.
        return None
    return snooze(services, actor, nudge.id, Snooze.DATE, now, on)


def someone_else(services: Services, actor: Actor, nudge_id: int, now: datetime) -> views.Nudge:
    """Name three other customers; those named before are not named again in this nudge.

    Raises `NudgeSettled`.
    """
    with services.transaction(actor.workspace_id) as tx:
        nudge = unsettled(tx, actor, nudge_id)
        named = [each["customer"] for each in nudge.suggested]
        passed_over = named_ever(nudge)
        fresh = chosen(tx, actor.user_id, actor.zone, now, nudge_id, passed_over)
        if not fresh:
            # Everybody has been named: start over.
            fresh = chosen(tx, actor.user_id, actor.zone, now, nudge_id, named)
            passed_over = named
        if fresh:
            nudges.suggest(tx, nudge_id, written(fresh, passed_over))
        nudges.touch(tx, nudge_id, now)
        return shown(tx, nudges.get(tx, nudge_id) or nudge, now)


def blocked(
    services: Services, actor: Actor, nudge_id: int, barrier: Barrier, now: datetime
) -> views.Nudge:
    """Count what is in the way, never who said it (`product.md` A6). Raises `NudgeSettled`."""
    with services.transaction(actor.workspace_id) as tx:
        nudge = unsettled(tx, actor, nudge_id)
        if nudge.answer != barrier:
            count(tx, barrier, actor, now)
        nudges.answer(tx, nudge_id, barrier, now)
        return shown(tx, nudge, now)


def pass_over(
    services: Services, actor: Actor, nudge_id: int, customer_id: int, why: Pass, now: datetime
) -> PassedOver:
    """Not this one: they are not suggested for a while, and the nudge names somebody else.

    Raises `NudgeSettled` and `NoSuchCustomer`.
    """
    with services.transaction(actor.workspace_id) as tx:
        nudge = unsettled(tx, actor, nudge_id)
        known = customers.get(tx, customer_id)
        if known is None:
            raise NoSuchCustomer
        today = local_date(now, actor.zone)
        until = today + PASSED_FOR[why]
        passes.keep(tx, known.id, actor.user_id, why, today, until)
        nudges.touch(tx, nudge_id, now)
        changed = name_another(tx, nudge, known.id, actor.zone, now)
        return PassedOver(shown(tx, changed, now), known.name, until, why in FOR_ALL)


def count(tx: Tx, barrier: Barrier, actor: Actor, now: datetime) -> None:
    """One more PM has named a barrier this month."""
    nudges.count_barrier(tx, barrier, local_date(now, actor.zone).strftime("%Y-%m"))


def look(services: Services, actor: Actor, nudge_id: int, now: datetime) -> views.Nudge:
    """The actor's nudge as it is shown."""
    with services.reading(actor.workspace_id) as tx:
        return shown(tx, own(tx, actor, nudge_id), now)


def _remind(
    services: Services, workspace_id: str, decide: Decide, now: datetime
) -> Sequence[Outcome]:
    # A rehearsal undoes each batch and would meet the same PMs again: it takes all at once.
    limit = BATCH if services.writes else None
    with services.transaction(workspace_id) as tx:
        looks = _looks(tx, pms.due(tx, now, limit), decide, now)
        plans = [Plan(user_id, found.planned, found.asked) for user_id, found in looks if found]
        pms.plan_all(tx, plans)
        pms.put_off(tx, [user_id for user_id, found in looks if not found], now + PUT_OFF)
        new = _queue(tx, plans, now)
    return [_outcome(user_id, found, new) for user_id, found in looks]


def _looks(
    tx: Tx, due: Sequence[tuple[str, Read]], decide: Decide, now: datetime
) -> Sequence[_Look]:
    # Nowhere is it earlier than on the day before UTC's.
    since = local_date(now, "UTC") - ONE_DAY - LONGEST
    booked = visits.booked_from(tx, [user_id for user_id, _ in due], since)
    return [
        (user_id, _look(user_id, read, tuple(booked.get(user_id, ())), decide))
        for user_id, read in due
    ]


def _look(user_id: str, read: Read, booked: tuple[date, ...], decide: Decide) -> _Decision | None:
    try:
        return decide(read(), booked)
    except Exception as error:  # noqa: BLE001 - one PM must not keep the others from theirs
        LOG.error("look_failed", user=user_id, error=type(error).__name__, at=raised_at(error))
        return None


def _decided(now: datetime, pm: Due, booked: Sequence[date]) -> _Decision:
    today = local_date(now, pm.rhythm.hours.zone)
    verdict = rules.verdict(
        pm.anchor_on,
        pm.rhythm,
        pm.planned,
        now,
        booked_until=silent_until(booked, today, pm.rhythm.hours),
        paused_until=pm.paused_until,
    )
    if not verdict.send:
        return _Decision(verdict.reason, verdict.planned)
    asked = verdict.planned
    return _Decision(asked.step, rules.after(pm.anchor_on, pm.rhythm, asked), asked)


def _queue(tx: Tx, plans: Sequence[Plan], now: datetime) -> Collection[tuple[str, str]]:
    letters = [
        Letter(each.user_id, each.asked.on.isoformat(), each.user_id, each.asked.at)
        for each in plans
        if each.asked
    ]
    return outbox.put_all(tx, Kind.NUDGE, letters, now)


def _outcome(user_id: str, found: _Decision | None, new: Collection[tuple[str, str]]) -> Outcome:
    if found is None:
        return Outcome(Kind.NUDGE, user_id, Fate.HELD, "failed")
    if found.asked is None:
        return Outcome(Kind.NUDGE, user_id, Fate.HELD, found.reason)
    if (user_id, found.asked.on.isoformat()) not in new:
        return Outcome(Kind.NUDGE, user_id, Fate.DROPPED, "sent_already")
    return Outcome(Kind.NUDGE, user_id, Fate.QUEUED, found.reason)
