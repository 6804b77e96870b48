"""What a PM answers to the one question: keep going, less often, or stop."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.db.engine import Tx
from bot.db.nudges import queries as nudges
from bot.db.staff import pms
from bot.domain.nudges import rules
from bot.domain.nudges.barriers import Barrier
from bot.domain.nudges.rules import Planned, Step
from bot.domain.staff.access import Actor
from bot.domain.staff.pms import Pm
from bot.domain.working_time import local_date, working_day
from bot.errors import NotJoined
from bot.operations.nudges import absences
from bot.operations.nudges.scheduling import count
from bot.operations.nudges.sent import named_for, own, place_of, said, unsettled
from bot.operations.staff.pms import enrolled
from bot.services import Services
from bot.slack.posting import Place
from bot.views.block_kit import Message


@dataclass(frozen=True)
class Widened:
    """A PM is asked less often: the interval in days, when the next nudge comes, in which zone."""

    interval_days: int
    next_nudge_at: datetime
    zone: str


def keep_going(services: Services, actor: Actor, nudge_id: int, now: datetime) -> Message:
    """The question becomes the nudge in whose place it was put. Raises `NudgeSettled`."""
    with services.transaction(actor.workspace_id) as tx:
        nudge = unsettled(tx, actor, nudge_id)
        if nudge.step is Step.QUESTION:
            nudges.answer(tx, nudge_id, "keep_going", now)
            nudges.become(tx, nudge_id, Step.DUE)
            pm = enrolled(tx, actor)
            nudges.suggest(tx, nudge_id, named_for(tx, pm, nudge.on, now))
            stood_for = replace(nudge.planned, step=Step.DUE)
            pms.plan(tx, pm.user_id, rules.after(pm.anchor_on, pm.rhythm, stood_for))
        return said(tx, own(tx, actor, nudge_id), now)


def less_often(
    services: Services, actor: Actor, nudge_id: int, days: int, now: datetime
) -> Widened:
    """An interval of so many days from today on, or the PM's own if that is longer by now.

    However often it is pressed, it is one step. Raises `NudgeSettled`.
    """
    with services.transaction(actor.workspace_id) as tx:
        nudge = unsettled(tx, actor, nudge_id)
        pm = pms.take(tx, actor.user_id)
        if pm is None:
            raise NotJoined
        if nudge.answer != "less_often" and days in rules.INTERVALS:
            pm = _widened(tx, pm, max(days, pm.rhythm.interval_days), nudge.planned, now)
            pms.keep(tx, pm)
            nudges.answer(tx, nudge_id, "less_often", now)
        return Widened(pm.rhythm.interval_days, pm.planned.at, pm.rhythm.hours.zone)


def stop(
    services: Services, actor: Actor, nudge_id: int, why: Barrier | None, now: datetime
) -> Place | None:
    """No more nudges; the reason is counted, never who said it. Gives where the question stands."""
    with services.transaction(actor.workspace_id) as tx:
        nudge = own(tx, actor, nudge_id)
        if pms.remove(tx, actor.user_id) and why:
            count(tx, why, actor, now)
        nudges.answer(tx, nudge_id, "stopped", now)
        return place_of(nudge)


def _widened(tx: Tx, pm: Pm, days: int, asked: Planned, now: datetime) -> Pm:
    hours, rhythm = pm.rhythm.hours, replace(pm.rhythm, interval_days=days)
    joined_on = local_date(pm.joined_at, hours.zone)
    anchor_on = absences.anchor(tx, pm.user_id, joined_on, pm.last_visit_on, days)
    on = working_day(local_date(now, hours.zone) + timedelta(days=days), hours)
    planned = rules.moved(anchor_on, rhythm, asked, on)
    return replace(pm, rhythm=rhythm, anchor_on=anchor_on, planned=planned, follows=False)
