"""Answer the one question for a PM: keep going, less often, or stop."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.db.engine import Tx
from bot.db.nudges import queries as nudges
from bot.db.staff import pms
from bot.domain.nudges import rules
from bot.domain.nudges.answers import NudgeAnswer
from bot.domain.nudges.barriers import Barrier
from bot.domain.nudges.facts import NudgeFacts
from bot.domain.nudges.rules import NudgeStep, PlannedNudge
from bot.domain.outbox.message_ref import MessageRef
from bot.domain.staff.access import Actor
from bot.domain.staff.pms import Pm
from bot.domain.working_time import local_date, working_day_from
from bot.errors import NotJoined
from bot.operations.nudges import absences
from bot.operations.nudges.scheduling import count_barrier
from bot.operations.nudges.sent import (
    choose_customers,
    get_message_ref,
    get_nudge_facts,
    get_open_nudge,
    get_own_nudge,
)
from bot.operations.staff.pms import get_enrolled
from bot.services import Services


@dataclass(frozen=True)
class IntervalChange:
    """A longer interval: its days, when the next nudge comes, and in which zone."""

    interval_days: int
    next_nudge_at: datetime
    zone: str


def keep_going(services: Services, actor: Actor, nudge_id: int, now: datetime) -> NudgeFacts:
    """Turn the question into the nudge whose place it took. Raises `NudgeSettled`."""
    with services.transaction(actor.workspace_id) as tx:
        nudge = get_open_nudge(tx, actor, nudge_id)
        if nudge.step is NudgeStep.KEEP_GOING_QUESTION:
            nudges.set_answer(tx, nudge_id, NudgeAnswer.KEEP_GOING, now)
            nudges.set_step(tx, nudge_id, NudgeStep.DUE)
            pm = get_enrolled(tx, actor)
            nudges.set_suggested(tx, nudge_id, choose_customers(tx, pm, nudge.on, now))
            replaced = replace(nudge.as_planned, step=NudgeStep.DUE)
            pms.set_next_nudge(
                tx, pm.user_id, rules.next_nudge(pm.cycle_start, pm.settings, replaced)
            )
        return get_nudge_facts(tx, get_own_nudge(tx, actor, nudge_id), now)


def less_often(
    services: Services, actor: Actor, nudge_id: int, days: int, now: datetime
) -> IntervalChange:
    """Set an interval of `days` from today on, or the PM's own if that is longer by now.

    However often it is pressed, it is one step. Raises `NudgeSettled`.
    """
    with services.transaction(actor.workspace_id) as tx:
        nudge = get_open_nudge(tx, actor, nudge_id)
        pm = pms.get_for_update(tx, actor.user_id)
        if pm is None:
            raise NotJoined
        if nudge.answer is not NudgeAnswer.LESS_OFTEN and days in rules.INTERVALS:
            pm = _with_longer_interval(
                tx, pm, max(days, pm.settings.interval_days), nudge.as_planned, now
            )
            pms.save(tx, pm)
            nudges.set_answer(tx, nudge_id, NudgeAnswer.LESS_OFTEN, now)
        return IntervalChange(pm.settings.interval_days, pm.next_nudge.at, pm.settings.hours.zone)


def stop(
    services: Services, actor: Actor, nudge_id: int, why: Barrier | None, now: datetime
) -> MessageRef | None:
    """Stop nudges and count the reason, never who gave it; returns where the question is posted."""
    with services.transaction(actor.workspace_id) as tx:
        nudge = get_own_nudge(tx, actor, nudge_id)
        if pms.remove(tx, actor.user_id) and why:
            count_barrier(tx, why, actor, now)
        nudges.set_answer(tx, nudge_id, NudgeAnswer.STOPPED, now)
        return get_message_ref(tx, nudge)


def _with_longer_interval(tx: Tx, pm: Pm, days: int, nudge: PlannedNudge, now: datetime) -> Pm:
    hours, settings = pm.settings.hours, replace(pm.settings, interval_days=days)
    joined_on = local_date(pm.joined_at, hours.zone)
    cycle_start = absences.cycle_start(tx, pm.user_id, joined_on, pm.last_visit_on, days)
    on = working_day_from(local_date(now, hours.zone) + timedelta(days=days), hours)
    next_nudge = rules.reschedule(cycle_start, settings, nudge, on)
    return replace(
        pm,
        settings=settings,
        cycle_start=cycle_start,
        next_nudge=next_nudge,
        uses_default_interval=False,
    )
