"""Plans: a booked visit looked at, changed or called off."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.db.calendars import meetings
from bot.db.engine import Tx
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.db.visits import ground_rules, plans
from bot.db.visits import queries as visits
from bot.domain.staff.access import Actor, Standing
from bot.domain.staff.pms import Pm
from bot.domain.visits.ground_rules import GroundRules
from bot.domain.visits.rules import Visit, VisitState, usual_minutes
from bot.errors import MovedElsewhere, NotJoined
from bot.operations import hypotheses
from bot.operations.customers.search import customer, customer_name
from bot.operations.staff.pms import Prospect, prospect
from bot.operations.visits import booked, prompts
from bot.operations.visits.booking import check_free, columns, over_cap, plan_of
from bot.services import Services
from bot.views.hypotheses.fields import Chosen
from bot.views.visits.caps import OverCap
from bot.views.visits.plan_form import PlanChoices


@dataclass(frozen=True)
class Planned:
    """A booked visit with the customer's name and its plan as the form has it."""

    visit: Visit
    customer: str
    choices: PlanChoices
    version: int
    hypothesis: Chosen | None = None


@dataclass(frozen=True)
class Meanwhile:
    """A plan that another window has changed since the form was drawn, as it stands now."""

    stands: Planned


@dataclass(frozen=True)
class CalledOff:
    """A visit that will not be, and what lies ahead of its PM now."""

    customer: str
    on: date
    prospect: Prospect


def planned(services: Services, actor: Actor, visit_id: int) -> Planned:
    """The actor's booked visit. Raises `NotYours`, `VisitHeld` and `VisitCalledOff`."""
    with services.reading(actor.workspace_id) as tx:
        return _planned(tx, actor, booked.own(tx, actor, visit_id))


def change(
    services: Services,
    actor: Actor,
    visit_id: int,
    version: int,
    choices: PlanChoices,
    now: datetime,
) -> Planned | Meanwhile | OverCap | None:
    """Change a booked visit, whose plan the form showed at a version.

    None when it is so already; the cap, where another date or customer goes over one and nothing
    is said why (B4). Raises as `planned` does, `CustomerTaken`, `CustomerOptedOut`, and
    `MovedElsewhere` for another time of a visit that follows a calendar.
    """
    with services.transaction(actor.workspace_id) as tx:
        hypotheses.take_turn(tx, choices.new_hypothesis)
        visit = booked.taken(tx, actor, visit_id)
        stands = _planned(tx, actor, visit)
        customer_id = customer(tx, choices.customer_id, choices.new_customer)
        wanted = replace(choices, customer_id=customer_id, new_customer="")
        tested, new = hypotheses.stated(tx, choices.hypothesis_id, choices.new_hypothesis)
        wanted = replace(wanted, hypothesis_id=tested, new_hypothesis=new)
        if _same(stands, wanted):
            return None
        if stands.version != version:
            return Meanwhile(stands)
        tx.one_at_a_time(f"customer {customer_id}")
        if _moves(stands, wanted) and meetings.is_of_calendar(tx, visit.id):
            # Its next reading would put it back without a word.
            raise MovedElsewhere
        return _over(tx, actor, visit, wanted, now) or _changed(tx, actor, stands, wanted, now)


def call_off(
    services: Services, actor: Actor, visit_id: int, now: datetime, told_at: str = ""
) -> CalledOff:
    """A booked visit will not be: nudges are no longer silenced by it.

    `told_at` is Slack's timestamp of a prompt that says so itself. Raises as `planned` does.
    """
    with services.transaction(actor.workspace_id) as tx:
        visit = booked.taken(tx, actor, visit_id)
        # The visit before its PM, as everywhere: two who take them in turn would wait for ever.
        visits.change(tx, visit.id, state=VisitState.CALLED_OFF)
        pm = _pm(tx, actor)
        booked.plan_afresh(tx, pm, now)
        prompts.settled(tx, visit.id, now, told_at)
        name = customer_name(tx, visit.customer_id)
        return CalledOff(name, visit.on, prospect(tx, _pm(tx, actor), now))


def sales_owner(services: Services, actor: Actor, customer_id: int | None) -> str | None:
    """Whom the last plan with a customer named as sales owner, if they are still here."""
    if customer_id is None:
        return None
    with services.reading(actor.workspace_id) as tx:
        last = plans.sales_owner(tx, customer_id)
        known = staff.get(tx, last) if last else None
    return last if known is None or known.standing is Standing.MEMBER else None


def _planned(tx: Tx, actor: Actor, visit: Visit) -> Planned:
    plan = plans.get(tx, visit.id)
    choices = PlanChoices(
        customer_id=visit.customer_id,
        new_customer="",
        kind=visit.kind,
        on=visit.on,
        at=visit.at(actor.zone),
        goal=visit.goal,
        nudge_id=None,
        minutes=visit.minutes,
        hypothesis_id=plan.hypothesis_id,
        criteria=plan.criteria,
        follow_through=plan.follow_through,
        fellows=plan.fellows,
        sales_owner_id=plan.sales_owner_id,
    )
    tested = hypotheses.chosen(tx, plan.hypothesis_id)
    return Planned(visit, customer_name(tx, visit.customer_id), choices, plan.version, tested)


def _same(stands: Planned, wanted: PlanChoices) -> bool:
    usual = wanted.minutes or stands.choices.minutes
    return replace(wanted, minutes=usual, over_because="") == stands.choices


def _moves(stands: Planned, wanted: PlanChoices) -> bool:
    known, minutes = stands.choices, wanted.minutes or stands.choices.minutes
    return (wanted.on, wanted.at, minutes) != (known.on, known.at, known.minutes)


def _over(
    tx: Tx, actor: Actor, visit: Visit, choices: PlanChoices, now: datetime
) -> OverCap | None:
    """The cap that the visit goes over where it has been moved to, if nothing is said why."""
    assert choices.customer_id is not None
    if choices.customer_id != visit.customer_id:
        check_free(tx, actor, choices.customer_id, now)
    elif _asks_no_more(visit, choices):
        return None
    exceeded = over_cap(tx, actor, choices.customer_id, choices, now, but=visit.id)
    return None if choices.over_because else exceeded


def _asks_no_more(visit: Visit, choices: PlanChoices) -> bool:
    """Whether a visit to the same customer asks no more of them than it did."""
    minutes = choices.minutes or usual_minutes(choices.kind)
    longer = minutes > (visit.minutes or usual_minutes(visit.kind))
    in_person = visit.kind.indirect and not choices.kind.indirect
    return choices.on == visit.on and not (longer or in_person)


def _changed(tx: Tx, actor: Actor, stands: Planned, choices: PlanChoices, now: datetime) -> Planned:
    visit = stands.visit
    because = {"over_because": choices.over_because} if choices.over_because else {}
    moved = columns(choices, actor.zone)
    visits.change(tx, visit.id, customer_id=choices.customer_id, **moved, **because)
    plans.keep(tx, visit.id, plan_of(tx, actor, choices, stands.version + 1, now))
    if choices.customer_id != visit.customer_id:
        # What was prepared was for somebody else.
        ground_rules.keep(tx, visit.id, GroundRules())
    pm = _pm(tx, actor)
    now_booked = booked.own(tx, actor, visit.id)
    if now_booked.on != visit.on:
        booked.plan_afresh(tx, pm, now)
        prompts.settled(tx, visit.id, now)
    booked.follow(tx, pm, now_booked, now)
    return _planned(tx, actor, now_booked)


def _pm(tx: Tx, actor: Actor) -> Pm:
    pm = pms.take(tx, actor.user_id)
    if pm is None:
        raise NotJoined
    return pm
