"""Queries on suggestions: the candidates for a PM's next visit."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from bot.db.engine import Tx
from bot.db.suggestions import coverage, dismissals
from bot.db.tables.contacts import flags
from bot.db.tables.customers import HAS_STRATEGIC_VALUE, customers, deals
from bot.db.tables.debriefs import debriefs
from bot.db.tables.suggestions import triggers
from bot.db.tables.visits import visits
from bot.domain.contacts.flags import FlagState
from bot.domain.customers import Stage, VisitTrigger
from bot.domain.debriefs.rules import HAPPY, Sharing
from bot.domain.suggestions.coverage import Skew
from bot.domain.suggestions.rules import (
    DEAL_WINDOW,
    EMPTY_CONTEXT,
    ROLL_OUT_WINDOW,
    TRIGGER_WINDOW,
    Candidate,
    SuggestionContext,
    SuggestionReason,
)
from bot.domain.visits.caps import (
    MAX_MINUTES_A_QUARTER,
    MAX_VISITS_A_QUARTER,
    MIN_VISIT_GAP,
    QUARTER,
)
from bot.domain.visits.rules import DEFAULT_MINUTES, INDIRECT, VisitState

# Three are suggested in the end; the rest let chance decide between equals.
CANDIDATES_PER_KIND = 10
PRIME = 2**31 - 1
# One customer in ten counts as one of the largest.
LARGEST_ONE_IN = 10
# Valued customers checked for whether they may be visited: checking thousands takes too long.
MAX_VALUED = 100
# Gaps in a PM's coverage to find candidates for: each alone, and both at once.
MAX_GAPS = 2


def list_candidates(
    tx: Tx,
    pm_id: str,
    today: date,
    seed: int = 0,
    excluded: Collection[int] = (),
    context: SuggestionContext = EMPTY_CONTEXT,
) -> Sequence[Candidate]:
    """Return customers that a PM may visit: a few of each kind, however many thousands there are.

    The kinds: those with a deal, roll-out or trigger as a reason; those of value; and, of each
    stage and each gap in the PM's coverage, some never visited (from a start that depends on the
    seed) and those whose last visit is longest ago. Left out: customers who are flagged, booked,
    dismissed, or visited recently or often, because they would take another's place.
    """
    available = _select_available(tx, pm_id, today, excluded)
    rng = Random(seed)
    thresholds = _find_thresholds(tx)
    kinds = [
        *_select_triggered(tx, available, today, rng),
        *_select_valued(tx, available, today, thresholds, rng),
        *(
            each
            for condition in _list_kinds(context)
            for each in _select_of_kind(tx, available, today, condition, rng)
        ),
    ]
    if context.turn is SuggestionReason.HAPPY:
        kinds.append(_select_rested(_select_among(available, _select_ever_happy(tx)), today, rng))
    some = union_all(*(select(each.subquery().c.id) for each in kinds)).subquery()
    happy_on = _last_happy_on(tx, pm_id).label("happy_on")
    known = tx.select(customers, *customers.c, happy_on)
    chosen = _select_among(known, select(some.c.id).distinct())
    rows = tx.run(chosen.order_by(customers.c.id)).all()
    ids = [row.id for row in rows]
    recent, visit_triggers = _recent_deals(tx, today, ids), _list_triggers(tx, today, ids)
    return [
        _candidate(row, recent.get(row.id), visit_triggers.get(row.id), thresholds) for row in rows
    ]


def list_available(
    tx: Tx, pm_id: str, today: date, excluded: Collection[int], customer_ids: Collection[int]
) -> Collection[int]:
    """Return those of some customers that a PM may visit, as `list_candidates` would."""
    available = _select_available(tx, pm_id, today, excluded).where(_is_rested(today))
    return {*tx.run(available.where(customers.c.id.in_(customer_ids))).scalars()}


def _select_available(tx: Tx, pm_id: str, today: date, excluded: Collection[int]) -> Select[Any]:
    flagged = exists().where(
        flags.c.workspace_id == tx.workspace_id,
        flags.c.customer_id == customers.c.id,
        flags.c.state != FlagState.CLEARED,
    )
    booked = exists().where(
        visits.c.workspace_id == tx.workspace_id,
        visits.c.customer_id == customers.c.id,
        visits.c.state == VisitState.BOOKED,
        visits.c.on >= today,
    )
    dismissed = dismissals.is_dismissed(tx, pm_id, today)
    return tx.select(customers, customers.c.id).where(
        ~flagged,
        ~booked,
        ~_is_over_cap(tx, today),
        ~dismissed,
        # Not those who must not be contacted.
        customers.c.closed.is_(None),
        customers.c.id.not_in(excluded),
    )


def _is_over_cap(tx: Tx, today: date) -> Any:
    """Build the condition that another visit would exceed a customer's caps for a quarter."""
    seen = tx.select(visits, literal(1)).where(
        visits.c.customer_id == customers.c.id,
        visits.c.state == VisitState.HELD,
        visits.c.kind.not_in(INDIRECT),
        visits.c.on > today - QUARTER,
    )
    minutes = func.coalesce(func.sum(visits.c.minutes), 0)
    much = or_(
        func.count() >= MAX_VISITS_A_QUARTER, minutes > MAX_MINUTES_A_QUARTER - DEFAULT_MINUTES
    )
    return seen.group_by(visits.c.customer_id).having(much).correlate(customers).exists()


def _select_triggered(
    tx: Tx, available: Select[Any], today: date, rng: Random
) -> Iterator[Select[Any]]:
    closed = deals.c.closed_on.between(today - DEAL_WINDOW, today)
    live = deals.c.go_live_on.between(today, today + ROLL_OUT_WINDOW)
    for kind in (closed & (deals.c.outcome == "won"), closed & (deals.c.outcome != "won"), live):
        whose = tx.select(deals, deals.c.customer_id.label("id")).where(kind).distinct()
        yield _select_rested(_select_among(available, whose), today, rng)
    fresh = triggers.c.on.between(today - TRIGGER_WINDOW, today)
    triggered = tx.select(triggers, triggers.c.customer_id.label("id")).where(fresh).distinct()
    yield _select_rested(_select_among(available, triggered), today, rng)


def _select_valued(
    tx: Tx,
    available: Select[Any],
    today: date,
    thresholds: Mapping[SuggestionReason, int],
    rng: Random,
) -> Iterator[Select[Any]]:
    known = tx.select(customers, customers.c.id)
    worth = [known.where(customers.c[reason] >= least) for reason, least in thresholds.items()]
    # With the id, SQLite prefers the index of these few to one of every customer.
    strategic = known.where(HAS_STRATEGIC_VALUE, customers.c.id > 0)
    for which in (*worth, strategic):
        some = _select_rested(which, today, rng).limit(MAX_VALUED)
        yield _select_rested(_select_among(available, some), today, rng)


def _select_among(candidates: Select[Any], whose: Select[Any]) -> Select[Any]:
    """Narrow candidates to some ids by a join: for a list, SQLite would scan every customer."""
    ids = whose.subquery()
    return candidates.join_from(customers, ids, ids.c.id == customers.c.id)


def _select_rested(candidates: Select[Any], today: date, rng: Random) -> Select[Any]:
    """Limit to customers not visited recently, longest ago or never first, ties at random."""
    shuffled = cast(customers.c.id, BigInteger) * rng.randrange(1, PRIME) % PRIME
    order = customers.c.last_visit_on.asc().nulls_first(), shuffled
    return candidates.where(_is_rested(today)).order_by(*order).limit(CANDIDATES_PER_KIND)


def _is_rested(today: date) -> ColumnElement[bool]:
    last = customers.c.last_visit_on
    return or_(last.is_(None), last <= today - MIN_VISIT_GAP)


def _list_kinds(context: SuggestionContext) -> Sequence[ColumnElement[bool]]:
    """Return conditions for the kinds to look at: each stage, the context's gaps, and its dart."""
    emptiest: dict[str, Skew] = {}
    for gap in context.gaps:
        emptiest.setdefault(gap.aspect, gap)
    gap_conditions = [_has_value(each) for each in list(emptiest.values())[:MAX_GAPS]]
    both = [and_(*gap_conditions)] if len(gap_conditions) == MAX_GAPS else []
    dart = [_has_value(context.dart)] if context.dart else []
    return [*(customers.c.stage == stage for stage in Stage), *gap_conditions, *both, *dart]


def _has_value(skew: Skew) -> ColumnElement[bool]:
    return customers.c[skew.aspect] == skew.sort


def _select_of_kind(
    tx: Tx, available: Select[Any], today: date, condition: ColumnElement[bool], rng: Random
) -> Iterator[Select[Any]]:
    order = customers.c.last_visit_on, customers.c.id
    here = available.where(condition).order_by(*order).limit(CANDIDATES_PER_KIND)
    never = here.where(customers.c.last_visit_on.is_(None))
    start = _random_start(tx, condition, rng)
    yield never.where(customers.c.id >= start)
    yield never.where(customers.c.id < start)
    yield here.where(customers.c.last_visit_on <= today - MIN_VISIT_GAP)


def _random_start(tx: Tx, condition: ColumnElement[bool], rng: Random) -> Any:
    """Build a random id between those of the customers of a kind who were never visited."""
    never = tx.select(customers, customers.c.id).where(
        condition, customers.c.last_visit_on.is_(None)
    )
    order = customers.c.last_visit_on, customers.c.id
    first = never.order_by(*order).limit(1).scalar_subquery()
    last = never.order_by(*(each.desc() for each in order)).limit(1).scalar_subquery()
    return first + cast((last - first) * rng.random(), Integer)


def _find_thresholds(tx: Tx) -> Mapping[SuggestionReason, int]:
    """Return the least revenue and potential of the largest customers, where enough are known."""
    found = {}
    for reason in (SuggestionReason.REVENUE, SuggestionReason.POTENTIAL):
        column = customers.c[reason]
        known = tx.select(customers, column).where(column > 0)
        some = tx.run(tx.select(customers, func.count()).where(column > 0)).scalar_one()
        least = known.order_by(column.desc()).offset(some // LARGEST_ONE_IN - 1).limit(1)
        if some >= LARGEST_ONE_IN:
            found[reason] = int(tx.run(least).scalar_one())
    return found


def _select_ever_happy(tx: Tx) -> Select[Any]:
    joined = debriefs.join(visits, debriefs.c.visit_id == visits.c.id)
    found = tx.select(debriefs, visits.c.customer_id.label("id")).select_from(joined)
    return found.where(debriefs.c.mood.in_(HAPPY)).distinct()


def _last_happy_on(tx: Tx, pm_id: str) -> Any:
    """Build the date of the last visit with a known mood, null unless that mood was happy.

    Debriefs that the PM may not see are left out.
    """
    readable = or_(debriefs.c.sharing == Sharing.SHARE, debriefs.c.author_id == pm_id)
    joined = debriefs.join(visits, debriefs.c.visit_id == visits.c.id)
    last_mood = (
        tx.select(debriefs, debriefs.c.mood, visits.c.on)
        .select_from(joined)
        .where(visits.c.customer_id == customers.c.id, debriefs.c.mood.is_not(None), readable)
        .order_by(visits.c.on.desc(), visits.c.id.desc())
        .limit(1)
        .correlate(customers)
        .subquery()
    )
    return select(last_mood.c.on).where(last_mood.c.mood.in_(HAPPY)).scalar_subquery()


def _recent_deals(tx: Tx, today: date, customer_ids: Sequence[int]) -> dict[int, Row[Any]]:
    recent = or_(
        deals.c.closed_on.between(today - DEAL_WINDOW, today),
        deals.c.go_live_on.between(today, today + ROLL_OUT_WINDOW + timedelta(days=1)),
    )
    found = tx.select(deals).where(deals.c.customer_id.in_(customer_ids), recent)
    return {row.customer_id: row for row in tx.run(found.order_by(deals.c.closed_on))}


def _list_triggers(
    tx: Tx, today: date, customer_ids: Sequence[int]
) -> Mapping[int, tuple[VisitTrigger, date]]:
    fresh = triggers.c.on.between(today - TRIGGER_WINDOW, today)
    found = tx.select(triggers).where(triggers.c.customer_id.in_(customer_ids), fresh)
    rows = tx.run(found.order_by(triggers.c.on, triggers.c.id))
    return {row.customer_id: (VisitTrigger(row.kind), row.on) for row in rows}


def _candidate(
    row: Row[Any],
    deal: Row[Any] | None,
    trigger: tuple[VisitTrigger, date] | None,
    thresholds: Mapping[SuggestionReason, int],
) -> Candidate:
    value_reasons = {
        reason for reason, least in thresholds.items() if (getattr(row, reason) or 0) >= least
    }
    value_reasons |= {
        reason
        for reason in (
            SuggestionReason.BRAND,
            SuggestionReason.NEW_MARKET,
            SuggestionReason.NEW_GEOGRAPHY,
        )
        if getattr(row, reason)
    }
    return Candidate(
        customer_id=row.id,
        name=row.name,
        stage=Stage(row.stage),
        last_visit_on=row.last_visit_on,
        deal=(deal.outcome == "won", deal.closed_on) if deal else None,
        go_live_on=deal.go_live_on if deal else None,
        trigger=trigger,
        dimensions=coverage.read_dimensions(row),
        value_reasons=frozenset(value_reasons),
        happy_on=row.happy_on,
        wanted_interval=timedelta(days=row.every_days) if row.every_days else None,
    )
