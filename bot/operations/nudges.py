"""Nudges: sent when due, and what a PM does with one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from typing import Any
from zlib import crc32

from bot.db import customers, deals, nudges, outbox, pms, visits
from bot.db.engine import Tx
from bot.db.nudges import SentNudge
from bot.db.outbox import Kind
from bot.domain import nudges as rules
from bot.domain.access import Actor
from bot.domain.barriers import Barrier
from bot.domain.calendar import local_date
from bot.domain.nudges import Planned, Snooze
from bot.domain.outcomes import Fate, Outcome
from bot.domain.pms import Pm
from bot.domain.suggestions import Candidate, Suggestion, Why, suggest
from bot.errors import NoSuchNudge, NotYours, NudgeSettled
from bot.operations.customers import customer_name
from bot.operations.pms import enrolled
from bot.services import Services
from bot.slack.delivery import Place
from bot.views import nudges as views
from bot.views import reasons

BATCH = 500
Candidates = Callable[[date], Sequence[Candidate]]


@dataclass(frozen=True)
class Shown:
    """A nudge that stands in Slack, to be replaced there."""

    shown: views.Nudge
    place: Place


@dataclass(frozen=True)
class Snoozed:
    """A nudge that was put off; `back_at` is the instant of its return, in the PM's `zone`."""

    nudge: Shown
    back_at: datetime
    zone: str


def remind(services: Services, workspace_id: str, now: datetime) -> Sequence[Outcome]:
    """Look at every PM whose time has come: queue a nudge or hold it, and say why."""
    with services.transaction(workspace_id) as tx:
        candidates = cache(partial(deals.candidates, tx))
        return [_remind(tx, pm, candidates, now) for pm in pms.due(tx, now, BATCH)]


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


def someone_else(services: Services, actor: Actor, nudge_id: int, now: datetime) -> views.Nudge:
    """Name three other customers; those named before are not named again in this nudge.

    Raises `NudgeSettled`.
    """
    with services.transaction(actor.workspace_id) as tx:
        nudge = unsettled(tx, actor, nudge_id)
        named = [each["customer"] for each in nudge.suggested]
        passed_over = [*named, *(id for each in nudge.suggested for id in each.get("before", ()))]
        today = local_date(now, actor.zone)
        candidates = deals.candidates(tx, today)
        fresh = suggest(candidates, today, nudge_id, passed_over)
        if not fresh:
            # Everybody has been named: start over.
            fresh, passed_over = suggest(candidates, today, nudge_id, named), named
        if fresh:
            nudges.suggest(tx, nudge_id, _written(fresh, passed_over))
        return shown(tx, nudges.get(tx, nudge_id) or nudge, now)


def blocked(
    services: Services, actor: Actor, nudge_id: int, barrier: Barrier, now: datetime
) -> views.Nudge:
    """Count what is in the way, never who said it (`product.md` A6). Raises `NudgeSettled`."""
    with services.transaction(actor.workspace_id) as tx:
        nudge = unsettled(tx, actor, nudge_id)
        if nudge.answer != barrier:
            nudges.count_barrier(tx, barrier, local_date(now, actor.zone).strftime("%Y-%m"))
        nudges.answer(tx, nudge_id, barrier, now)
        return shown(tx, nudge, now)


def look(services: Services, actor: Actor, nudge_id: int, now: datetime) -> views.Nudge:
    """The actor's nudge as it is shown."""
    with services.reading(actor.workspace_id) as tx:
        return shown(tx, own(tx, actor, nudge_id), now)


def own(tx: Tx, actor: Actor, nudge_id: int) -> SentNudge:
    """The nudge, if it is the actor's."""
    nudge = nudges.get(tx, nudge_id)
    if nudge is None:
        raise NoSuchNudge
    if nudge.pm_id != actor.user_id:
        raise NotYours
    return nudge


def unsettled(tx: Tx, actor: Actor, nudge_id: int) -> SentNudge:
    """The nudge, if it is the actor's and still asks for something."""
    nudge = own(tx, actor, nudge_id)
    if is_settled(tx, nudge):
        raise NudgeSettled
    return nudge


def is_settled(tx: Tx, nudge: SentNudge) -> bool:
    """Whether a visit has been logged since: on the nudge's date or later, or as its answer."""
    pm = pms.get(tx, nudge.pm_id)
    visited = pm is not None and pm.last_visit_on is not None and pm.anchor_on >= nudge.on
    return visited or nudges.been_since(tx, nudge)


def standing(tx: Tx, nudge: SentNudge, now: datetime) -> Shown | None:
    """The nudge with its place in Slack; None while it is still on its way."""
    if nudge.message_channel is None or nudge.message_ts is None:
        return None
    return Shown(shown(tx, nudge, now), Place(nudge.message_channel, nudge.message_ts))


def shown(tx: Tx, nudge: SentNudge, now: datetime) -> views.Nudge:
    """What a nudge shows, from what is true now."""
    pm = pms.get(tx, nudge.pm_id)
    if pm is None:
        raise NoSuchNudge
    last = visits.last(tx, nudge.pm_id)
    today = local_date(now, pm.rhythm.hours.zone)
    return views.Nudge(
        id=nudge.id,
        step=nudge.step,
        due_on=rules.due_on(pm.anchor_on, pm.rhythm),
        today=today,
        last_visit=(customer_name(tx, last.customer_id), last.on) if last else None,
        suggestions=tuple(_suggestion(tx, each, today) for each in nudge.suggested),
    )


def _remind(tx: Tx, pm: Pm, candidates: Candidates, now: datetime) -> Outcome:
    today = local_date(now, pm.rhythm.hours.zone)
    verdict = rules.verdict(
        pm.anchor_on,
        pm.rhythm,
        pm.planned,
        now,
        booked_until=visits.booked_until(tx, pm.user_id, today),
        paused_until=pm.paused_until,
    )
    if not verdict.send:
        pms.plan(tx, pm.user_id, verdict.planned)
        return Outcome("nudge", pm.user_id, Fate.HELD, verdict.reason)
    pms.plan(tx, pm.user_id, rules.after(pm.anchor_on, pm.rhythm, verdict.planned))
    return _queue(tx, pm, verdict.planned, candidates(today), now)


def _queue(
    tx: Tx, pm: Pm, planned: Planned, candidates: Sequence[Candidate], now: datetime
) -> Outcome:
    seed = hash_of(pm.user_id, planned.on)
    today = local_date(now, pm.rhythm.hours.zone)
    chosen = _written(suggest(candidates, today, seed), ())
    nudge_id = nudges.add(tx, pm.user_id, planned.on, planned.step, planned.cycle, chosen, now)
    if nudge_id is None:
        return Outcome("nudge", pm.user_id, Fate.DROPPED, "sent_already")
    outbox.put(tx, Kind.NUDGE, nudge_id, planned.on.isoformat(), pm.user_id, now)
    return Outcome("nudge", pm.user_id, Fate.QUEUED, planned.step)


def hash_of(user_id: str, on: date) -> int:
    """A seed that is the same on every machine, as `hash` is not."""
    return crc32(f"{user_id}{on.isoformat()}".encode())


def _written(chosen: Sequence[Suggestion], before: Sequence[int]) -> list[dict[str, Any]]:
    return [
        {
            "customer": each.customer_id,
            "why": each.why,
            "on": each.on.isoformat() if each.on else None,
            "before": list(before),
        }
        for each in chosen
    ]


def _suggestion(tx: Tx, written: Mapping[str, Any], today: date) -> views.Suggestion:
    customer = customers.get(tx, written["customer"])
    name = customer.name if customer else ""
    on = date.fromisoformat(written["on"]) if written["on"] else None
    why = Why(written["why"])
    return views.Suggestion(written["customer"], name, reasons.reason(why, on, today))
