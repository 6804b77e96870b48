"""Visits: planned by a PM."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.db import nudges, outbox, visits
from bot.db.engine import Tx
from bot.db.outbox import Kind
from bot.domain.access import Actor
from bot.domain.calendar import instant
from bot.domain.pms import Pm
from bot.domain.visits import Visit, VisitState
from bot.operations.customers import customer, customer_name
from bot.operations.nudges import Shown, is_settled, own, standing
from bot.operations.pms import held
from bot.services import Services
from bot.views.visits import PlanChoices

SOURCE = "plan"


@dataclass(frozen=True)
class Booked:
    """A visit that is booked, the customer's name, and the nudge that it answers."""

    customer: str
    visit: Visit
    nudge: Shown | None


def plan(
    services: Services, actor: Actor, choices: PlanChoices, key: str, now: datetime
) -> Booked | None:
    """Book a visit, once for each `key`; it silences nudges until it is over (A1).

    None when it was booked before.
    """
    with services.transaction(actor.workspace_id) as tx:
        tx.one_at_a_time(key)
        if visits.by_source(tx, SOURCE, key):
            return None
        visit = _add(tx, actor, choices, key, now)
        name = customer_name(tx, visit.customer_id)
        return Booked(name, visit, _answered(tx, actor, choices.nudge_id, now))


def names(services: Services, actor: Actor, booked: Sequence[Visit]) -> Sequence[str]:
    """The customers' names of some visits."""
    with services.reading(actor.workspace_id) as tx:
        return [customer_name(tx, each.customer_id) for each in booked]


def logged(tx: Tx, pm: Pm, on: date, now: datetime) -> None:
    """A visit was logged where its PM did not see it: the date moves, and so does the nudge."""
    if held(tx, pm, on).anchor_on == pm.anchor_on:
        return
    nudge = nudges.latest(tx, pm.user_id)
    if nudge and nudge.answer != "been" and nudge.message_channel:
        nudges.answer(tx, nudge.id, "been", now)
        outbox.revise(tx, Kind.NUDGE_CHANGED, nudge.id, nudge.message_channel, now)


def _add(tx: Tx, actor: Actor, choices: PlanChoices, key: str, now: datetime) -> Visit:
    ends_at = instant(choices.on, choices.at, actor.zone) if choices.at else None
    visits.add(
        tx,
        actor.user_id,
        customer(tx, choices.customer_id, choices.new_customer),
        choices.kind,
        VisitState.BOOKED,
        choices.on,
        now,
        source=SOURCE,
        source_id=key,
        ends_at=ends_at,
        goal=choices.goal,
    )
    visit = visits.by_source(tx, SOURCE, key)
    assert visit is not None
    return visit


def _answered(tx: Tx, actor: Actor, nudge_id: int | None, now: datetime) -> Shown | None:
    if nudge_id is None:
        return None
    nudge = own(tx, actor, nudge_id)
    if is_settled(tx, nudge):
        return None
    nudges.answer(tx, nudge.id, "planned", now)
    return standing(tx, nudge, now)
