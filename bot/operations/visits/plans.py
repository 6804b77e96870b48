"""Get, change and call off booked visits."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.db.calendars import meetings
from bot.db.engine import Tx
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.db.visits import ground_rules, plans
from bot.db.visits import queries as visits
from bot.domain.hypotheses import HypothesisChoice
from bot.domain.staff.access import Actor, Membership
from bot.domain.staff.pms import Pm
from bot.domain.visits.caps import OverCap
from bot.domain.visits.ground_rules import GroundRules
from bot.domain.visits.plans import PlanChoices
from bot.domain.visits.rules import Visit, default_minutes
from bot.errors import NotJoined, VisitFollowsCalendar
from bot.operations import hypotheses
from bot.operations.customers.search import customer_name, get_or_add_customer
from bot.operations.staff.pms import PmSchedule, schedule_of
from bot.operations.visits import booked, prompts
from bot.operations.visits.booking import (
    build_plan,
    check_caps,
    check_free,
    find_end,
    find_minutes,
)
from bot.services import Services


@dataclass(frozen=True)
class PlannedVisit:
    """A booked visit with the customer's name and its plan as the form has it."""

    visit: Visit
    customer: str
    choices: PlanChoices
    version: int
    hypothesis: HypothesisChoice | None = None


@dataclass(frozen=True)
class PlanConflict:
    """The current plan, changed by another form since this one was opened."""

    current: PlannedVisit


@dataclass(frozen=True)
class CalledOffVisit:
    """A visit that was called off, and the schedule of its PM now."""

    customer: str
    on: date
    schedule: PmSchedule


def get_planned(services: Services, actor: Actor, visit_id: int) -> PlannedVisit:
    """Return the actor's booked visit. Raises `NotYours`, `VisitHeld` and `VisitCalledOff`."""
    with services.reading(actor.workspace_id) as tx:
        return _build_planned(tx, actor, booked.get_own(tx, actor, visit_id))


def change(
    services: Services,
    actor: Actor,
    visit_id: int,
    version: int,
    choices: PlanChoices,
    now: datetime,
) -> PlannedVisit | PlanConflict | OverCap | None:
    """Change a booked visit; `version` is that of the plan which the form showed.

    None when it is so already; the cap, if another date or customer goes over one and no reason is
    given (B4). Raises as `get_planned` does, `CustomerClaimed`, `CustomerOptedOut`, and
    `VisitFollowsCalendar` for another time of a visit that follows a calendar.
    """
    with services.transaction(actor.workspace_id) as tx:
        hypotheses.lock_hypotheses(tx, choices.new_hypothesis)
        visit = booked.lock_own(tx, actor, visit_id)
        current = _build_planned(tx, actor, visit)
        customer_id = get_or_add_customer(tx, choices.customer_id, choices.new_customer)
        wanted = replace(choices, customer_id=customer_id, new_customer="")
        hypothesis_id, new = hypotheses.resolve_choice(
            tx, choices.hypothesis_id, choices.new_hypothesis
        )
        wanted = replace(wanted, hypothesis_id=hypothesis_id, new_hypothesis=new)
        if _is_unchanged(current, wanted):
            return None
        if current.version != version:
            return PlanConflict(current)
        tx.advisory_lock(f"customer {customer_id}")
        if _changes_time(current, wanted) and meetings.is_from_calendar(tx, visit.id):
            # The next reading of the calendar would silently put it back.
            raise VisitFollowsCalendar
        return _cap_after_change(tx, actor, visit, customer_id, wanted, now) or _update(
            tx, actor, current, customer_id, wanted, now
        )


def call_off(
    services: Services, actor: Actor, visit_id: int, now: datetime, prompt_ts: str = ""
) -> CalledOffVisit:
    """Call off a booked visit: it no longer silences nudges.

    `prompt_ts` is Slack's timestamp of a prompt that says so itself. Raises as `get_planned` does.
    """
    with services.transaction(actor.workspace_id) as tx:
        visit = booked.lock_own(tx, actor, visit_id)
        # The visit before its PM, as everywhere: locked in turn, two transactions would deadlock.
        visits.call_off(tx, visit.id)
        pm = _lock_pm(tx, actor)
        booked.replan_next_nudge(tx, pm, now)
        prompts.enqueue_edit(tx, visit.id, now, prompt_ts)
        name = customer_name(tx, visit.customer_id)
        return CalledOffVisit(name, visit.on, schedule_of(tx, _lock_pm(tx, actor), now))


def get_last_sales_owner(services: Services, actor: Actor, customer_id: int | None) -> str | None:
    """Return the sales owner of the last plan with a customer, if they are still here."""
    if customer_id is None:
        return None
    with services.reading(actor.workspace_id) as tx:
        last = plans.find_sales_owner(tx, customer_id)
        known = staff.get(tx, last) if last else None
    return last if known is None or known.membership is Membership.MEMBER else None


def _build_planned(tx: Tx, actor: Actor, visit: Visit) -> PlannedVisit:
    plan = plans.get(tx, visit.id)
    choices = PlanChoices(
        customer_id=visit.customer_id,
        new_customer="",
        kind=visit.kind,
        on=visit.on,
        at=visit.start_time(actor.zone),
        goal=visit.goal,
        nudge_id=None,
        minutes=visit.minutes,
        hypothesis_id=plan.hypothesis_id,
        criteria=plan.criteria,
        follow_through=plan.follow_through,
        companions=plan.companions,
        sales_owner_id=plan.sales_owner_id,
    )
    hypothesis = hypotheses.get_hypothesis_choice(tx, plan.hypothesis_id)
    return PlannedVisit(
        visit, customer_name(tx, visit.customer_id), choices, plan.version, hypothesis
    )


def _is_unchanged(current: PlannedVisit, wanted: PlanChoices) -> bool:
    usual = wanted.minutes or current.choices.minutes
    return replace(wanted, minutes=usual, over_cap_reason="") == current.choices


def _changes_time(current: PlannedVisit, wanted: PlanChoices) -> bool:
    known, minutes = current.choices, wanted.minutes or current.choices.minutes
    return (wanted.on, wanted.at, minutes) != (known.on, known.at, known.minutes)


def _cap_after_change(
    tx: Tx, actor: Actor, visit: Visit, customer_id: int, choices: PlanChoices, now: datetime
) -> OverCap | None:
    """Return the cap that the visit goes over where it was moved to, if no reason is given."""
    if customer_id != visit.customer_id:
        check_free(tx, actor, customer_id, now)
    elif _asks_no_more(visit, choices):
        return None
    exceeded = check_caps(tx, actor, customer_id, choices, now, except_id=visit.id)
    return None if choices.over_cap_reason else exceeded


def _asks_no_more(visit: Visit, choices: PlanChoices) -> bool:
    """Return whether a visit to the same customer asks no more of them than it did."""
    longer = find_minutes(choices) > (visit.minutes or default_minutes(visit.kind))
    in_person = visit.kind.indirect and not choices.kind.indirect
    return choices.on == visit.on and not (longer or in_person)


def _update(
    tx: Tx,
    actor: Actor,
    current: PlannedVisit,
    customer_id: int,
    choices: PlanChoices,
    now: datetime,
) -> PlannedVisit:
    visit = current.visit
    visits.update_booked(
        tx,
        visit.id,
        customer_id,
        choices.kind,
        choices.on,
        ends_at=find_end(choices, actor.zone),
        minutes=find_minutes(choices),
        goal=choices.goal,
        over_cap_reason=choices.over_cap_reason or None,
    )
    plans.save(tx, visit.id, build_plan(tx, actor, choices, current.version + 1, now))
    if customer_id != visit.customer_id:
        # What was prepared was for another customer.
        ground_rules.save(tx, visit.id, GroundRules())
    pm = _lock_pm(tx, actor)
    now_booked = booked.get_own(tx, actor, visit.id)
    if now_booked.on != visit.on:
        booked.replan_next_nudge(tx, pm, now)
        prompts.enqueue_edit(tx, visit.id, now)
    booked.enqueue_messages(tx, pm, now_booked, now)
    return _build_planned(tx, actor, now_booked)


def _lock_pm(tx: Tx, actor: Actor) -> Pm:
    pm = pms.get_for_update(tx, actor.user_id)
    if pm is None:
        raise NotJoined
    return pm
