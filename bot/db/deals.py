"""Deals and what else suggestions are made of: queries."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import BigInteger, Integer, Row, Select, cast, exists, or_, select, union_all

from bot.db import passes
from bot.db.engine import Tx
from bot.db.market import customers, deals
from bot.db.tables import flags, visits
from bot.domain.caps import A_QUARTER, APART, QUARTER
from bot.domain.customers import Stage
from bot.domain.flags import FlagState
from bot.domain.suggestions import FRESH_DEAL, SOON_LIVE, Candidate
from bot.domain.visits import INDIRECT, VisitState

# Of each kind; three of them are named, and the rest lets chance decide between equals.
OF_EACH = 10
PRIME = 2**31 - 1


def candidates(
    tx: Tx, pm_id: str, today: date, seed: int = 0, but: Collection[int] = ()
) -> Sequence[Candidate]:
    """Customers whom a PM may visit, some of each kind: as few where there are many thousands.

    Those with a deal or a roll-out that is a reason; of each stage some who were never visited,
    beginning anywhere as the seed has it, and those whose last visit is longest ago. Nobody who is
    flagged, booked, passed over, was visited of late or often: they would take another's place.
    """
    free = _free(tx, pm_id, today, but)
    chance = Random(seed)
    kinds = [*_triggered(tx, free, today, chance), *_unvisited(tx, free, today, chance)]
    some = union_all(*(select(each.subquery().c.id) for each in kinds)).subquery()
    chosen = tx.select(customers).where(customers.c.id.in_(select(some.c.id)))
    rows = tx.run(chosen.order_by(customers.c.id)).all()
    recent = _recent_deals(tx, today, [row.id for row in rows])
    return [_candidate(row, recent.get(row.id)) for row in rows]


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
        ~flagged, ~booked, ~_crowded(tx, today), ~passed, customers.c.id.not_in(but)
    )


def _crowded(tx: Tx, today: date) -> Any:
    """Whether a customer has had as many visits in a quarter as they may."""
    seen = tx.select(visits, visits.c.id).where(
        visits.c.customer_id == customers.c.id,
        visits.c.state == VisitState.HELD,
        visits.c.kind.not_in(INDIRECT),
        visits.c.on > today - QUARTER,
    )
    return seen.offset(A_QUARTER - 1).limit(1).correlate(customers).exists()


def _triggered(tx: Tx, free: Select[Any], today: date, chance: Random) -> Iterator[Select[Any]]:
    rested = or_(customers.c.last_visit_on.is_(None), customers.c.last_visit_on <= today - APART)
    shuffled = cast(customers.c.id, BigInteger) * chance.randrange(1, PRIME) % PRIME
    order = customers.c.last_visit_on.asc().nulls_first(), shuffled
    closed = deals.c.closed_on.between(today - FRESH_DEAL, today)
    live = deals.c.go_live_on.between(today, today + SOON_LIVE)
    for kind in (closed & (deals.c.outcome == "won"), closed & (deals.c.outcome != "won"), live):
        whose = tx.select(deals, deals.c.customer_id).where(kind)
        yield free.where(customers.c.id.in_(whose), rested).order_by(*order).limit(OF_EACH)


def _unvisited(tx: Tx, free: Select[Any], today: date, chance: Random) -> Iterator[Select[Any]]:
    order = customers.c.last_visit_on, customers.c.id
    for stage in Stage:
        here = free.where(customers.c.stage == stage).order_by(*order).limit(OF_EACH)
        never = here.where(customers.c.last_visit_on.is_(None))
        start = _start(tx, stage, chance)
        yield never.where(customers.c.id >= start)
        yield never.where(customers.c.id < start)
        yield here.where(customers.c.last_visit_on <= today - APART)


def _start(tx: Tx, stage: Stage, chance: Random) -> Any:
    """An id somewhere among the customers of a stage who were never visited."""
    never = tx.select(customers, customers.c.id).where(
        customers.c.stage == stage, customers.c.last_visit_on.is_(None)
    )
    order = customers.c.last_visit_on, customers.c.id
    first = never.order_by(*order).limit(1).scalar_subquery()
    last = never.order_by(*(each.desc() for each in order)).limit(1).scalar_subquery()
    return first + cast((last - first) * chance.random(), Integer)


def _recent_deals(tx: Tx, today: date, customer_ids: Sequence[int]) -> dict[int, Row[Any]]:
    recent = or_(
        deals.c.closed_on.between(today - FRESH_DEAL, today),
        deals.c.go_live_on.between(today, today + SOON_LIVE + timedelta(days=1)),
    )
    found = tx.select(deals).where(deals.c.customer_id.in_(customer_ids), recent)
    return {row.customer_id: row for row in tx.run(found.order_by(deals.c.closed_on))}


def _candidate(row: Row[Any], deal: Row[Any] | None) -> Candidate:
    return Candidate(
        customer_id=row.id,
        name=row.name,
        stage=Stage(row.stage),
        last_visit_on=row.last_visit_on,
        deal=(deal.outcome == "won", deal.closed_on) if deal else None,
        go_live_on=deal.go_live_on if deal else None,
    )
