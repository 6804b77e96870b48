"""Nudges as they stand in Slack: drawn when they leave, shown, settled."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.db.engine import Tx
from bot.db.nudges import queries as nudges
from bot.db.nudges.queries import SentNudge
from bot.db.staff import pms
from bot.db.visits import queries as visits
from bot.domain.nudges import rules
from bot.domain.nudges.rules import Planned, Step
from bot.domain.staff.access import Actor
from bot.domain.staff.pms import Pm, less_often
from bot.domain.working_time import local_date
from bot.errors import NoSuchNudge, NotYours, NudgeSettled
from bot.operations.customers.search import customer_name
from bot.operations.nudges import absences
from bot.operations.suggestions.choosing import chosen, hash_of, shown_one, written
from bot.slack.posting import Place
from bot.views.block_kit import Message
from bot.views.nudges import message as views
from bot.views.nudges import question as questions


@dataclass(frozen=True)
class Shown:
    """A nudge that stands in Slack, to be replaced there."""

    shown: views.Nudge
    place: Place


def drawn(tx: Tx, pm: Pm, planned: Planned, now: datetime) -> SentNudge:
    """The PM's nudge of a nominal date, about to be delivered; kept from its first drawing on.

    Whom it names is chosen then, from what is true then.
    """
    known = nudges.of(tx, pm.user_id, planned.on)
    if known:
        return known
    step = _step(tx, pm, planned)
    if step is Step.QUESTION:
        pms.plan(tx, pm.user_id, rules.beyond(pm.anchor_on, pm.rhythm, planned))
    named = [] if step is Step.QUESTION else named_for(tx, pm, planned.on, now)
    nudges.add(tx, pm.user_id, planned.on, step, planned.cycle, named, now)
    return drawn(tx, pm, planned, now)


def named_for(tx: Tx, pm: Pm, on: date, now: datetime) -> list[dict[str, Any]]:
    """The customers whom a PM's nudge of a date names."""
    zone, seed = pm.rhythm.hours.zone, hash_of(pm.user_id, on)
    return written(chosen(tx, pm.user_id, zone, now, seed), ())


def said(tx: Tx, nudge: SentNudge, now: datetime) -> Message:
    """What a nudge says that still asks for something."""
    if nudge.step is not Step.QUESTION:
        return views.message(shown(tx, nudge, now))
    pm = pms.get(tx, nudge.pm_id)
    if pm is None:
        raise NoSuchNudge
    return questions.message(nudge.id, less_often(pm.rhythm.interval_days))


def own(tx: Tx, actor: Actor, nudge_id: int) -> SentNudge:
    """The nudge, if it is the actor's."""
    nudge = nudges.get(tx, nudge_id)
    if nudge is None:
        raise NoSuchNudge
    if nudge.pm_id != actor.user_id:
        raise NotYours
    return nudge


def one_at_a_time(tx: Tx, nudge_id: int) -> None:
    """Wait for whoever changes a nudge just now: two presses, or one that came twice."""
    tx.one_at_a_time(f"nudge {nudge_id}")


def unsettled(tx: Tx, actor: Actor, nudge_id: int) -> SentNudge:
    """The nudge, if it is the actor's and still asks for something.

    Nobody else changes it until the transaction ends.
    """
    one_at_a_time(tx, nudge_id)
    nudge = own(tx, actor, nudge_id)
    if is_settled(tx, nudge):
        raise NudgeSettled
    return nudge


def is_settled(tx: Tx, nudge: SentNudge) -> bool:
    """Whether a visit has been logged since: on the nudge's date or later, or as its answer."""
    pm = pms.get(tx, nudge.pm_id)
    visited = pm is not None and pm.last_visit_on and absences.running(pm) >= nudge.on
    return bool(visited) or nudges.been_since(tx, nudge)


def standing(tx: Tx, nudge: SentNudge, now: datetime) -> Shown | None:
    """The nudge with its place in Slack; None while it is still on its way."""
    place = place_of(nudge)
    return Shown(shown(tx, nudge, now), place) if place else None


def place_of(nudge: SentNudge) -> Place | None:
    """Where a nudge stands in Slack; None while it is still on its way."""
    if nudge.message_channel is None or nudge.message_ts is None:
        return None
    return Place(nudge.message_channel, nudge.message_ts)


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
        suggestions=tuple(shown_one(tx, each, today) for each in nudge.suggested),
    )


def _step(tx: Tx, pm: Pm, planned: Planned) -> Step:
    visited_on = pm.last_visit_on or date.min
    unanswered, asked = nudges.unanswered(tx, pm.user_id, pm.joined_at, visited_on)
    return Step.QUESTION if rules.question_due(planned, unanswered, asked=asked) else planned.step
