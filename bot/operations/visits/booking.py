"""Visits: planned by a PM."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.db import customers
from bot.db.engine import Tx
from bot.db.nudges import queries as nudges
from bot.db.nudges.queries import SentNudge
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import Kind
from bot.db.staff import queries as staff
from bot.db.suggestions import claims as taken
from bot.db.visits import plans
from bot.db.visits import queries as visits
from bot.domain.staff.access import Actor
from bot.domain.staff.pms import Pm
from bot.domain.visits.caps import QUARTER, Burden, Cap, Closed, over
from bot.domain.visits.plans import Plan
from bot.domain.visits.rules import Visit, VisitState, usual_minutes
from bot.domain.working_time import instant, local_date
from bot.errors import CustomerOptedOut, CustomerTaken
from bot.operations.customers.search import customer, customer_name
from bot.operations.hypotheses import hypothesis, take_turn
from bot.operations.nudges.sent import Shown, is_settled, own, standing
from bot.operations.staff.pms import enrolled, recounted
from bot.operations.visits import booked
from bot.operations.visits import claiming as taking
from bot.services import Services
from bot.views.visits.caps import OverCap
from bot.views.visits.plan_form import PlanChoices

SOURCE = "plan"


@dataclass(frozen=True)
class Booked:
    """A visit that is booked, the customer's name, and the nudge that it answers."""

    customer: str
    visit: Visit
    nudge: Shown | None


def plan(
    services: Services, actor: Actor, choices: PlanChoices, key: str, now: datetime
) -> Booked | OverCap | None:
    """Book a visit, once for each `key`; it silences nudges until it is over (A1).

    None when it was booked before; the cap, where the visit would go over one and nothing is said
    why (B4). Raises `CustomerTaken` while another PM is planning to see the customer, and
    `CustomerOptedOut`.
    """
    with services.transaction(actor.workspace_id) as tx:
        tx.one_at_a_time(key)
        if visits.by_source(tx, SOURCE, key):
            return None
        take_turn(tx, choices.new_hypothesis)
        nudge = own(tx, actor, choices.nudge_id) if choices.nudge_id is not None else None
        customer_id = customer(tx, choices.customer_id, choices.new_customer)
        tx.one_at_a_time(f"customer {customer_id}")
        check_free(tx, actor, customer_id, now)
        exceeded = over_cap(tx, actor, customer_id, choices, now)
        if exceeded and not choices.over_because:
            return exceeded
        kept = choices if exceeded else replace(choices, over_because="")
        visit = _add(tx, actor, kept, customer_id, key, now)
        taken.let_go(tx, customer_id, actor.user_id)
        booked.follow(tx, enrolled(tx, actor), visit, now)
        name = customer_name(tx, visit.customer_id)
        return Booked(name, visit, _answered(tx, nudge, now))


def names(services: Services, actor: Actor, some: Sequence[Visit]) -> Sequence[str]:
    """The customers' names of some visits."""
    with services.reading(actor.workspace_id) as tx:
        return [customer_name(tx, each.customer_id) for each in some]


def logged(tx: Tx, pm: Pm, now: datetime) -> None:
    """A visit was logged where its PM did not see it: the date moves, and so does the nudge."""
    if recounted(tx, pm).anchor_on == pm.anchor_on:
        return
    nudge = nudges.latest(tx, pm.user_id)
    if nudge and nudge.answer != "been" and nudge.message_channel:
        nudges.answer(tx, nudge.id, "been", now)
        outbox.revise(tx, Kind.NUDGE_CHANGED, nudge.id, nudge.message_channel, now)


def check_free(tx: Tx, actor: Actor, customer_id: int, now: datetime) -> None:
    """Raise `CustomerTaken` while another PM is planning to see a customer."""
    holder = taking.held_by(tx, actor, customer_id, now)
    if holder is not None:
        raise CustomerTaken(holder)


def over_cap(
    tx: Tx,
    actor: Actor,
    customer_id: int,
    choices: PlanChoices,
    now: datetime,
    but: int | None = None,
) -> OverCap | None:
    """The cap that a visit would go over, beside all others `but` itself.

    Raises `CustomerOptedOut`.
    """
    if choices.kind.indirect:
        return None
    closed = _closed(tx, customer_id)
    if closed:
        return closed
    today = local_date(now, actor.zone)
    found = visits.near(tx, customer_id, choices.on - QUARTER, choices.on + QUARTER, today)
    near = [each for each in found if each.id != but]
    minutes = choices.minutes or usual_minutes(choices.kind)
    exceeded = over(Burden(choices.on, minutes), [each.burden for each in near])
    if exceeded is None:
        return None
    nearest = next(each for each in near if each.on == exceeded.on)
    own = nearest.pm_id == actor.user_id
    return OverCap(exceeded.cap, None if own else staff.name(tx, nearest.pm_id), exceeded.on)


def _closed(tx: Tx, customer_id: int) -> OverCap | None:
    known = customers.get(tx, customer_id)
    if known is None or known.closed is None or known.closed_on is None:
        return None
    who = staff.name(tx, known.closed_by or "")
    if known.closed is Closed.OPTED_OUT:
        raise CustomerOptedOut(known.name, who)
    because = known.closed_because or ""
    return OverCap(Cap.DO_NOT_CONTACT, who, known.closed_on, because)


def columns(choices: PlanChoices, zone: str) -> dict[str, Any]:
    """How, when and what for, as a visit keeps it; its times are those of a zone."""
    minutes = choices.minutes or usual_minutes(choices.kind)
    starts_at = instant(choices.on, choices.at, zone) if choices.at else None
    return {
        "kind": choices.kind,
        "on": choices.on,
        "ends_at": starts_at + timedelta(minutes=minutes) if starts_at else None,
        "minutes": minutes,
        "goal": choices.goal,
    }


def plan_of(tx: Tx, actor: Actor, choices: PlanChoices, version: int, now: datetime) -> Plan:
    """The rest of what was planned, as the plan of a visit; a new hypothesis is stated with it."""
    return Plan(
        version,
        hypothesis(tx, actor, choices.hypothesis_id, choices.new_hypothesis, now),
        choices.criteria,
        choices.follow_through,
        choices.fellows,
        choices.sales_owner_id,
    )


def _add(
    tx: Tx, actor: Actor, choices: PlanChoices, customer_id: int, key: str, now: datetime
) -> Visit:
    known = columns(choices, actor.zone)
    visits.add(
        tx,
        actor.user_id,
        customer_id,
        known.pop("kind"),
        VisitState.BOOKED,
        known.pop("on"),
        now,
        source=SOURCE,
        source_id=key,
        over_because=choices.over_because or None,
        **known,
    )
    visit = visits.by_source(tx, SOURCE, key)
    assert visit is not None
    plans.keep(tx, visit.id, plan_of(tx, actor, choices, 0, now))
    return visit


def _answered(tx: Tx, nudge: SentNudge | None, now: datetime) -> Shown | None:
    if nudge is None or is_settled(tx, nudge):
        return None
    nudges.answer(tx, nudge.id, "planned", now)
    return standing(tx, nudge, now)
