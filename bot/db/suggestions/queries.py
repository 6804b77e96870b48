"""What suggestions are made of: queries."""

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
from bot.db.suggestions import coverage
from bot.db.suggestions import dismissals as passes
from bot.db.tables.contacts import flags
from bot.db.tables.customers import FIRST_STEPS, customers, deals
from bot.db.tables.debriefs import debriefs
from bot.db.tables.suggestions import openings
from bot.db.tables.visits import visits
from bot.domain.contacts.flags import FlagState
from bot.domain.customers import Opening, Stage
from bot.domain.debriefs.rules import HAPPY, Sharing
from bot.domain.suggestions.coverage import Lean
from bot.domain.suggestions.rules import (
    FRESH_DEAL,
    FRESH_OPENING,
    NOWHERE,
    SOON_LIVE,
    Candidate,
    Ground,
    Why,
)
from bot.domain.visits.caps import A_QUARTER, APART, MINUTES_A_QUARTER, QUARTER
from bot.domain.visits.rules import INDIRECT, USUAL, VisitState

# Of each kind; three of them are named, and the rest lets chance decide between equals.
OF_EACH = 10
PRIME = 2**31 - 1
# One customer in ten is among the largest.
LARGEST = 10
# Of so many of value it is asked whether they may be visited: of thousands that takes too long.
ASKED = 100
# Of two sorts that a PM has seen too little of, and of both at once, some are looked at.
EMPTIEST = 2


def candidates(
    tx: Tx,
    pm_id: str,
    today: date,
    seed: int = 0,
    but: Collection[int] = (),
    ground: Ground = NOWHERE,
) -> Sequence[Candidate]:
    """Customers whom a PM may visit, some of each kind: as few where there are many thousands.

    Those with a deal or a roll-out that is a reason; those of value; of each stage, and of each
    sort that the PM has seen too little of, some who were never visited, beginning anywhere as the
    seed has it, and those whose last visit is longest ago. Nobody who is flagged, booked, passed
    over, was visited of late or often: they would take another's place.
    """
    free = _free(tx, pm_id, today, but)
    chance = Random(seed)
    large = _large(tx)
    kinds = [
        *_triggered(tx, free, today, chance),
        *_valued(tx, free, today, large, chance),
        *(each for sort in _sorts(ground) for each in _of_sort(tx, free, today, sort, chance)),
    ]
    if ground.turn is Why.HAPPY:
        kinds.append(_rested(_of(free, _ever_happy(tx)), today, chance))
    some = union_all(*(select(each.subquery().c.id) for each in kinds)).subquery()
    happy_on = _happy_since(tx, pm_id).label("happy_on")
    known = tx.select(customers, *customers.c, happy_on)
    chosen = _of(known, select(some.c.id).distinct())
    rows = tx.run(chosen.order_by(customers.c.id)).all()
    ids = [row.id for row in rows]
    recent, opened = _recent_deals(tx, today, ids), _openings(tx, today, ids)
    return [_candidate(row, recent.get(row.id), opened.get(row.id), large) for row in rows]


def _free(tx: Tx, pm_id: str, today: date, but: Collection[int]) -> Select[Any]:
    flagged = exists().where(
        flags.c.workspace_id == tx.workspace_id,
        flags.c.customer_id == customers.c.id,
        flags.c.state != FlagState.GONE,
    )
    booked = exists().where(
        visits.c.workspace_id == tx.workspace_id,
        visits.c.customer_id == customers.c.id,
        visits.c.state == VisitState.BOOKED,
        visits.c.on >= today,
    )
    passed = passes.holds(tx, pm_id, today)
    return tx.select(customers, customers.c.id).where(
        ~flagged,
        ~booked,
        ~_crowded(tx, today),
        ~passed,
        customers.c.closed.is_(None),
        customers.c.id.not_in(but),
    )


def _crowded(tx: Tx, today: date) -> Any:
    """Whether a customer has had as much in a quarter as they may: another visit is over a cap."""
    seen = tx.select(visits, literal(1)).where(
        visits.c.customer_id == customers.c.id,
        visits.c.state == VisitState.HELD,
        visits.c.kind.not_in(INDIRECT),
        visits.c.on > today - QUARTER,
    )
    minutes = func.coalesce(func.sum(visits.c.minutes), 0)
    much = or_(func.count() >= A_QUARTER, minutes > MINUTES_A_QUARTER - USUAL)
    return seen.group_by(visits.c.customer_id).having(much).correlate(customers).exists()


def _triggered(tx: Tx, free: Select[Any], today: date, chance: Random) -> Iterator[Select[Any]]:
    closed = deals.c.closed_on.between(today - FRESH_DEAL, today)
    live = deals.c.go_live_on.between(today, today + SOON_LIVE)
    for kind in (closed & (deals.c.outcome == "won"), closed & (deals.c.outcome != "won"), live):
        whose = tx.select(deals, deals.c.customer_id.label("id")).where(kind).distinct()
        yield _rested(_of(free, whose), today, chance)
    fresh = openings.c.on.between(today - FRESH_OPENING, today)
    open_ = tx.select(openings, openings.c.customer_id.label("id")).where(fresh).distinct()
    yield _rested(_of(free, open_), today, chance)


def _valued(
    tx: Tx, free: Select[Any], today: date, large: Mapping[Why, int], chance: Random
) -> Iterator[Select[Any]]:
    known = tx.select(customers, customers.c.id)
    worth = [customers.c[why] >= least for why, least in large.items()]
    for which in (*worth, FIRST_STEPS):
        some = _rested(known.where(which), today, chance).limit(ASKED)
        yield _rested(_of(free, some), today, chance)


def _of(among: Select[Any], whose: Select[Any]) -> Select[Any]:
    """Those of some ids. SQLite would look at every customer to find them in a list."""
    ids = whose.subquery()
    return among.join_from(customers, ids, ids.c.id == customers.c.id)


def _rested(among: Select[Any], today: date, chance: Random) -> Select[Any]:
    """Some of those, whoever was never seen or longest ago first, equals as chance has it."""
    rested = or_(customers.c.last_visit_on.is_(None), customers.c.last_visit_on <= today - APART)
    shuffled = cast(customers.c.id, BigInteger) * chance.randrange(1, PRIME) % PRIME
    order = customers.c.last_visit_on.asc().nulls_first(), shuffled
    return among.where(rested).order_by(*order).limit(OF_EACH)


def _sorts(ground: Ground) -> Sequence[ColumnElement[bool]]:
    """The sorts of customers of whom some are looked at: each stage, and what the ground names."""
    emptiest: dict[str, Lean] = {}
    for gap in ground.gaps:
        emptiest.setdefault(gap.aspect, gap)
    fills = [_is(each) for each in list(emptiest.values())[:EMPTIEST]]
    both = [and_(*fills)] if len(fills) == EMPTIEST else []
    dart = [_is(ground.dart)] if ground.dart else []
    return [*(customers.c.stage == stage for stage in Stage), *fills, *both, *dart]


def _is(lean: Lean) -> ColumnElement[bool]:
    return customers.c[lean.aspect] == lean.sort


def _of_sort(
    tx: Tx, free: Select[Any], today: date, sort: ColumnElement[bool], chance: Random
) -> Iterator[Select[Any]]:
    order = customers.c.last_visit_on, customers.c.id
    here = free.where(sort).order_by(*order).limit(OF_EACH)
    never = here.where(customers.c.last_visit_on.is_(None))
    start = _start(tx, sort, chance)
    yield never.where(customers.c.id >= start)
    yield never.where(customers.c.id < start)
    yield here.where(customers.c.last_visit_on <= today - APART)


def _start(tx: Tx, sort: ColumnElement[bool], chance: Random) -> Any:
    """An id somewhere among the customers of a sort who were never visited."""
    never = tx.select(customers, customers.c.id).where(sort, customers.c.last_visit_on.is_(None))
    order = customers.c.last_visit_on, customers.c.id
    first = never.order_by(*order).limit(1).scalar_subquery()
    last = never.order_by(*(each.desc() for each in order)).limit(1).scalar_subquery()
    return first + cast((last - first) * chance.random(), Integer)


def _large(tx: Tx) -> Mapping[Why, int]:
    """The least revenue and potential of the largest customers, where any are known."""
    found = {}
    for why in (Why.REVENUE, Why.POTENTIAL):
        column = customers.c[why]
        known = tx.select(customers, column).where(column > 0)
        some = tx.run(tx.select(customers, func.count()).where(column > 0)).scalar_one()
        least = known.order_by(column.desc()).offset(some // LARGEST - 1).limit(1)
        if some >= LARGEST:
            found[why] = int(tx.run(least).scalar_one())
    return found


def _ever_happy(tx: Tx) -> Select[Any]:
    joined = debriefs.join(visits, debriefs.c.visit_id == visits.c.id)
    found = tx.select(debriefs, visits.c.customer_id.label("id")).select_from(joined)
    return found.where(debriefs.c.mood.in_(HAPPY)).distinct()


def _happy_since(tx: Tx, pm_id: str) -> Any:
    """The date of the last visit whose mood is known, if they were happy then.

    Of what others keep to themselves nothing is told.
    """
    told = or_(debriefs.c.sharing == Sharing.SHARE, debriefs.c.author_id == pm_id)
    joined = debriefs.join(visits, debriefs.c.visit_id == visits.c.id)
    felt = (
        tx.select(debriefs, debriefs.c.mood, visits.c.on)
        .select_from(joined)
        .where(visits.c.customer_id == customers.c.id, debriefs.c.mood.is_not(None), told)
        .order_by(visits.c.on.desc(), visits.c.id.desc())
        .limit(1)
        .correlate(customers)
        .subquery()
    )
    return select(felt.c.on).where(felt.c.mood.in_(HAPPY)).scalar_subquery()


def _recent_deals(tx: Tx, today: date, customer_ids: Sequence[int]) -> dict[int, Row[Any]]:
    recent = or_(
        deals.c.closed_on.between(today - FRESH_DEAL, today),
        deals.c.go_live_on.between(today, today + SOON_LIVE + timedelta(days=1)),
    )
    found = tx.select(deals).where(deals.c.customer_id.in_(customer_ids), recent)
    return {row.customer_id: row for row in tx.run(found.order_by(deals.c.closed_on))}


def _openings(
    tx: Tx, today: date, customer_ids: Sequence[int]
) -> Mapping[int, tuple[Opening, date]]:
    fresh = openings.c.on.between(today - FRESH_OPENING, today)
    found = tx.select(openings).where(openings.c.customer_id.in_(customer_ids), fresh)
    rows = tx.run(found.order_by(openings.c.on, openings.c.id))
    return {row.customer_id: (Opening(row.kind), row.on) for row in rows}


def _candidate(
    row: Row[Any],
    deal: Row[Any] | None,
    opening: tuple[Opening, date] | None,
    large: Mapping[Why, int],
) -> Candidate:
    worth = {why for why, least in large.items() if (getattr(row, why) or 0) >= least}
    worth |= {why for why in (Why.BRAND, Why.NEW_MARKET, Why.NEW_GEOGRAPHY) if getattr(row, why)}
    return Candidate(
        customer_id=row.id,
        name=row.name,
        stage=Stage(row.stage),
        last_visit_on=row.last_visit_on,
        deal=(deal.outcome == "won", deal.closed_on) if deal else None,
        go_live_on=deal.go_live_on if deal else None,
        opening=opening,
        known=coverage.known(row),
        worth=frozenset(worth),
        happy_on=row.happy_on,
        every=timedelta(days=row.every_days) if row.every_days else None,
    )
