"""Queries on coverage: visits held, the market and the wanted mix."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, func

from bot.db.engine import Tx
from bot.db.tables.contacts import flags
from bot.db.tables.customers import customers
from bot.db.tables.suggestions import market_mixes
from bot.db.tables.visits import visits
from bot.domain.contacts.flags import FlagState
from bot.domain.customers import Stage
from bot.domain.suggestions.coverage import CustomerDimensions, Dimension, GreatShare, Market
from bot.domain.visits.rules import VisitState

DIMENSION_COLUMNS = [customers.c[each] for each in Dimension]
# Internal customers are not part of the market.
NOT_INTERNAL = customers.c.stage != Stage.INTERNAL


def list_visited(
    tx: Tx, pm_id: str, since: date, latest: int | None = None
) -> Sequence[CustomerDimensions]:
    """Return the customer's dimensions for each visit that a PM has held since a date.

    Newest first; only the `latest` ones if a number is given.
    """
    joined = visits.join(customers, visits.c.customer_id == customers.c.id)
    found = (
        tx.select(visits, *DIMENSION_COLUMNS)
        .select_from(joined)
        .where(
            visits.c.pm_id == pm_id,
            visits.c.state == VisitState.HELD,
            visits.c.on >= since,
            NOT_INTERNAL,
        )
        .order_by(visits.c.on.desc(), visits.c.id.desc())
    )
    return [read_dimensions(row) for row in tx.run(found.limit(latest))]


def get_great_share(tx: Tx, pm_id: str, since: date) -> GreatShare:
    """Count a PM's visits since a date to customers who are flagged now, and the base rate."""
    flagged = tx.select(flags, flags.c.customer_id).where(flags.c.state != FlagState.CLEARED)
    conditions = [
        visits.c.pm_id == pm_id,
        visits.c.state == VisitState.HELD,
        visits.c.on >= since,
        visits.c.customer_id == customers.c.id,
        NOT_INTERNAL,
    ]
    is_great = customers.c.id.in_(flagged)
    visit_count = tx.run(tx.select(visits, func.count()).where(*conditions)).scalar_one()
    great_visit_count = tx.run(
        tx.select(visits, func.count()).where(*conditions, is_great)
    ).scalar_one()
    customer_count = tx.run(tx.select(customers, func.count()).where(NOT_INTERNAL)).scalar_one()
    great_count = tx.run(
        tx.select(customers, func.count()).where(NOT_INTERNAL, is_great)
    ).scalar_one()
    return GreatShare(
        great_visit_count, visit_count, great_count / customer_count if customer_count else 0.0
    )


def get_wanted_mix(tx: Tx) -> Market:
    """Return the wanted mix of visits: the workspace's own, else that of its customers."""
    return {**get_market(tx), **get_mix(tx)}


def get_mix(tx: Tx) -> Market:
    """Return the market mix that the workspace has set: percentages by value of a dimension."""
    shares: dict[Dimension, dict[str, int]] = {}
    for row in tx.run(
        tx.select(market_mixes).order_by(market_mixes.c.percent.desc(), market_mixes.c.sort)
    ):
        shares.setdefault(Dimension(row.aspect), {})[row.sort] = row.percent
    return shares


def set_mix(tx: Tx, mix: Market) -> None:
    """Replace the workspace's market mix."""
    tx.run(tx.delete(market_mixes))
    rows = [
        {"workspace_id": tx.workspace_id, "aspect": dimension, "sort": sort, "percent": percent}
        for dimension, shares in mix.items()
        for sort, percent in shares.items()
    ]
    if rows:
        tx.run(tx.upsert(market_mixes), rows)


def get_market(tx: Tx) -> Market:
    """Return the number of customers by dimension and value."""
    return {dimension: _count_by_value(tx, customers.c[dimension]) for dimension in Dimension}


def _count_by_value(tx: Tx, column: ColumnElement[str]) -> Mapping[str, int]:
    """Count customers by value of a column, from an index alone."""
    columns = column.label("sort"), func.count().label("many")
    found = tx.select(customers, *columns).where(NOT_INTERNAL).group_by(column)
    return {row.sort: row.many for row in tx.run(found) if row.sort}


def read_dimensions(row: Row[Any]) -> CustomerDimensions:
    """Return the known dimensions of a row's customer."""
    sorts = {dimension: getattr(row, dimension) for dimension in Dimension}
    return {dimension: sort for dimension, sort in sorts.items() if sort}
