"""Book visits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.db import customers
from bot.db.engine import Tx
from bot.db.nudges import queries as nudges
from bot.db.nudges.queries import NudgeRow
from bot.db.staff import queries as staff
from bot.db.suggestions import claims
from bot.db.visits import plans
from bot.db.visits import queries as visits
from bot.domain.nudges.answers import NudgeAnswer
from bot.domain.staff.access import Actor
from bot.domain.staff.pms import Pm
from bot.domain.visits.caps import (
    QUARTER,
    Cap,
    NoContactReason,
    OverCap,
    VisitLoad,
    find_exceeded_cap,
)
from bot.domain.visits.plans import PlanChoices, VisitPlan
from bot.domain.visits.rules import Visit, VisitState, default_minutes
from bot.domain.working_time import local_date, to_instant
from bot.errors import CustomerClaimed, CustomerOptedOut
from bot.operations.customers.search import customer_name, get_or_add_customer
from bot.operations.hypotheses import get_or_add_hypothesis, lock_hypotheses
from bot.operations.nudges.sent import (
    PostedNudge,
    enqueue_edit,
    get_own_nudge,
    get_posted_nudge,
    is_closed_by_visit,
)
from bot.operations.staff.pms import get_enrolled, update_last_visit
from bot.operations.visits import booked, claiming
from bot.services import Services

SOURCE = "plan"


@dataclass(frozen=True)
class BookedVisit:
    """A booked visit, the customer's name, and the nudge that it answers."""

    customer: str
    visit: Visit
    nudge: PostedNudge | None


def book(
    services: Services, actor: Actor, choices: PlanChoices, key: str, now: datetime
) -> BookedVisit | OverCap | None:
    """Book a visit, once for each `key`; it silences nudges until it is over (A1).

    None when it was booked before; the cap, if the visit would go over one and no reason is given
    (B4). Raises `CustomerClaimed` while another PM is planning to see the customer, and
    `CustomerOptedOut`.
    """
    with services.transaction(actor.workspace_id) as tx:
        tx.advisory_lock(key)
        if visits.find_by_source(tx, SOURCE, key):
            return None
        lock_hypotheses(tx, choices.new_hypothesis)
        nudge = get_own_nudge(tx, actor, choices.nudge_id) if choices.nudge_id is not None else None
        customer_id = get_or_add_customer(tx, choices.customer_id, choices.new_customer)
        tx.advisory_lock(f"customer {customer_id}")
        check_free(tx, actor, customer_id, now)
        exceeded = check_caps(tx, actor, customer_id, choices, now)
        if exceeded and not choices.over_cap_reason:
            return exceeded
        wanted = choices if exceeded else replace(choices, over_cap_reason="")
        visit = _add(tx, actor, wanted, customer_id, key, now)
        claims.release(tx, customer_id, actor.user_id)
        booked.enqueue_messages(tx, get_enrolled(tx, actor), visit, now)
        name = customer_name(tx, visit.customer_id)
        return BookedVisit(name, visit, _answer_nudge(tx, nudge, now))


def customer_names(services: Services, actor: Actor, some: Sequence[Visit]) -> Sequence[str]:
    """Return the customers' names of some visits."""
    with services.reading(actor.workspace_id) as tx:
        return [customer_name(tx, each.customer_id) for each in some]


def update_after_visit(tx: Tx, pm: Pm, now: datetime) -> None:
    """Update a PM for a visit logged elsewhere: the due date moves, and the nudge is answered."""
    if update_last_visit(tx, pm).cycle_start == pm.cycle_start:
        return
    nudge = nudges.get_latest(tx, pm.user_id)
    if nudge and nudge.answer is not NudgeAnswer.VISITED:
        nudges.set_answer(tx, nudge.id, NudgeAnswer.VISITED, now)
        enqueue_edit(tx, nudge, now)


def check_free(tx: Tx, actor: Actor, customer_id: int, now: datetime) -> None:
    """Raise `CustomerClaimed` while another PM is planning to see a customer."""
    holder = claiming.claimed_by(tx, actor, customer_id, now)
    if holder is not None:
        raise CustomerClaimed(holder)


def check_caps(
    tx: Tx,
    actor: Actor,
    customer_id: int,
    choices: PlanChoices,
    now: datetime,
    except_id: int | None = None,
) -> OverCap | None:
    """Return the cap that a visit would go over, together with all others but `except_id`.

    Raises `CustomerOptedOut`.
    """
    if choices.kind.indirect:
        return None
    closed = _check_closed(tx, customer_id)
    if closed:
        return closed
    today = local_date(now, actor.zone)
    found = visits.list_between(tx, customer_id, choices.on - QUARTER, choices.on + QUARTER, today)
    near = [each for each in found if each.id != except_id]
    asked = VisitLoad(choices.on, find_minutes(choices))
    exceeded = find_exceeded_cap(asked, [each.load for each in near])
    if exceeded is None:
        return None
    nearest = next(each for each in near if each.on == exceeded.on)
    own = nearest.pm_id == actor.user_id
    return OverCap(exceeded.cap, None if own else staff.get_name(tx, nearest.pm_id), exceeded.on)


def _check_closed(tx: Tx, customer_id: int) -> OverCap | None:
    known = customers.get(tx, customer_id)
    if known is None or known.closed is None or known.closed_on is None:
        return None
    who = staff.get_name(tx, known.closed_by or "")
    if known.closed is NoContactReason.OPTED_OUT:
        raise CustomerOptedOut(known.name, who)
    because = known.closed_because or ""
    return OverCap(Cap.DO_NOT_CONTACT, who, known.closed_on, because)


def find_minutes(choices: PlanChoices) -> int:
    """Return how many minutes a visit takes as planned, or by default."""
    return choices.minutes or default_minutes(choices.kind)


def find_end(choices: PlanChoices, zone: str) -> datetime | None:
    """Return when a visit planned in a zone ends (aware UTC); None without a time."""
    if choices.at is None:
        return None
    return to_instant(choices.on, choices.at, zone) + timedelta(minutes=find_minutes(choices))


def build_plan(
    tx: Tx, actor: Actor, choices: PlanChoices, version: int, now: datetime
) -> VisitPlan:
    """Build the plan of a visit from the other choices; a new hypothesis is added with it."""
    return VisitPlan(
        version,
        get_or_add_hypothesis(tx, actor, choices.hypothesis_id, choices.new_hypothesis, now),
        choices.criteria,
        choices.follow_through,
        choices.companions,
        choices.sales_owner_id,
    )


def _add(
    tx: Tx, actor: Actor, choices: PlanChoices, customer_id: int, key: str, now: datetime
) -> Visit:
    visits.add(
        tx,
        actor.user_id,
        customer_id,
        choices.kind,
        VisitState.BOOKED,
        choices.on,
        now,
        source=SOURCE,
        source_id=key,
        ends_at=find_end(choices, actor.zone),
        minutes=find_minutes(choices),
        goal=choices.goal,
        over_cap_reason=choices.over_cap_reason or None,
    )
    visit = visits.get_by_source(tx, SOURCE, key)
    plans.save(tx, visit.id, build_plan(tx, actor, choices, 0, now))
    return visit


def _answer_nudge(tx: Tx, nudge: NudgeRow | None, now: datetime) -> PostedNudge | None:
    if nudge is None or is_closed_by_visit(tx, nudge):
        return None
    nudges.set_answer(tx, nudge.id, NudgeAnswer.PLANNED, now)
    return get_posted_nudge(tx, nudge, now)
