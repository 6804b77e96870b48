"""What coverage is made of: queries."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, func

from bot.db.engine import Tx
from bot.db.tables.contacts import flags
from bot.db.tables.customers import customers
from bot.db.tables.suggestions import mixes
from bot.db.tables.visits import visits
from bot.domain.contacts.flags import FlagState
from bot.domain.customers import Stage
from bot.domain.suggestions.coverage import Aspect, Great, Known, Market
from bot.domain.visits.rules import VisitState

ASPECTS = [customers.c[each] for each in Aspect]
# Those of our own house are no market.
OUTSIDE = customers.c.stage != Stage.INTERNAL


def visited(tx: Tx, pm_id: str, since: date, latest: int | None = None) -> Sequence[Known]:
    """What is known of the customer of each visit that a PM has held from a date on.

    Of so many at most: the latest ones.
    """
    joined = visits.join(customers, visits.c.customer_id == customers.c.id)
    found = (
        tx.select(visits, *ASPECTS)
        .select_from(joined)
        .where(
            visits.c.pm_id == pm_id,
            visits.c.state == VisitState.HELD,
            visits.c.on >= since,
            OUTSIDE,
        )
        .order_by(visits.c.on.desc(), visits.c.id.desc())
    )
    return [known(row) for row in tx.run(found.limit(latest))]


def great(tx: Tx, pm_id: str, since: date) -> Great:
    """How many of the visits of a PM from a date on were to customers who are flagged now."""
    flagged = tx.select(flags, flags.c.customer_id).where(flags.c.state != FlagState.GONE)
    held = [
        visits.c.pm_id == pm_id,
        visits.c.state == VisitState.HELD,
        visits.c.on >= since,
        visits.c.customer_id == customers.c.id,
        OUTSIDE,
    ]
    is_great = customers.c.id.in_(flagged)
    made = tx.run(tx.select(visits, func.count()).where(*held)).scalar_one()
    seen = tx.run(tx.select(visits, func.count()).where(*held, is_great)).scalar_one()
    all_of_them = tx.run(tx.select(customers, func.count()).where(OUTSIDE)).scalar_one()
    some = tx.run(tx.select(customers, func.count()).where(OUTSIDE, is_great)).scalar_one()
    return Great(seen, made, some / all_of_them if all_of_them else 0.0)


def wanted(tx: Tx) -> Market:
    """The mix of visits that is wanted: as the workspace says, or else as its customers are."""
    return {**market(tx), **mix(tx)}


def mix(tx: Tx) -> Market:
    """What the workspace says its market is: so many in a hundred of each sort."""
    said: dict[Aspect, dict[str, int]] = {}
    for row in tx.run(tx.select(mixes).order_by(mixes.c.percent.desc(), mixes.c.sort)):
        said.setdefault(Aspect(row.aspect), {})[row.sort] = row.percent
    return said


def set_mix(tx: Tx, said: Market) -> None:
    """The workspace says anew what its market is."""
    tx.run(tx.delete(mixes))
    rows = [
        {"workspace_id": tx.workspace_id, "aspect": aspect, "sort": sort, "percent": percent}
        for aspect, shares in said.items()
        for sort, percent in shares.items()
    ]
    if rows:
        tx.run(tx.upsert(mixes), rows)


def market(tx: Tx) -> Market:
    """How many customers there are of each sort."""
    return {aspect: _counted(tx, customers.c[aspect]) for aspect in Aspect}


def _counted(tx: Tx, column: ColumnElement[str]) -> Mapping[str, int]:
    """An index tells it without a look at the rows."""
    told = column.label("sort"), func.count().label("many")
    found = tx.select(customers, *told).where(OUTSIDE).group_by(column)
    return {row.sort: row.many for row in tx.run(found) if row.sort}


def known(row: Row[Any]) -> Known:
    """What is known of a row's customer."""
    sorts = {aspect: getattr(row, aspect) for aspect in Aspect}
    return {aspect: sort for aspect, sort in sorts.items() if sort}
