"""What coverage is made of: queries."""

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
# Those of our own house are no market.
NOT_INTERNAL = customers.c.stage != Stage.INTERNAL


def list_visited(
    tx: Tx, pm_id: str, since: date, latest: int | None = None
) -> Sequence[CustomerDimensions]:
    """What is known of the customer of each visit that a PM has held from a date on.

    Of so many at most: the latest ones.
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
    """How many of the visits of a PM from a date on were to customers who are flagged now."""
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
    """The mix of visits that is wanted: as the workspace says, or else as its customers are."""
    return {**get_market(tx), **get_mix(tx)}


def get_mix(tx: Tx) -> Market:
    """What the workspace says its market is: so many in a hundred of each sort."""
    shares: dict[Dimension, dict[str, int]] = {}
    for row in tx.run(
        tx.select(market_mixes).order_by(market_mixes.c.percent.desc(), market_mixes.c.sort)
    ):
        shares.setdefault(Dimension(row.aspect), {})[row.sort] = row.percent
    return shares


def set_mix(tx: Tx, mix: Market) -> None:
    """The workspace says anew what its market is."""
    tx.run(tx.delete(market_mixes))
    rows = [
        {"workspace_id": tx.workspace_id, "aspect": dimension, "sort": sort, "percent": percent}
        for dimension, shares in mix.items()
        for sort, percent in shares.items()
    ]
    if rows:
        tx.run(tx.upsert(market_mixes), rows)


def get_market(tx: Tx) -> Market:
    """How many customers there are of each sort."""
    return {dimension: _count_by_value(tx, customers.c[dimension]) for dimension in Dimension}


def _count_by_value(tx: Tx, column: ColumnElement[str]) -> Mapping[str, int]:
    """An index tells it without a look at the rows."""
    columns = column.label("sort"), func.count().label("many")
    found = tx.select(customers, *columns).where(NOT_INTERNAL).group_by(column)
    return {row.sort: row.many for row in tx.run(found) if row.sort}


def read_dimensions(row: Row[Any]) -> CustomerDimensions:
    """What is known of a row's customer."""
    sorts = {dimension: getattr(row, dimension) for dimension in Dimension}
    return {dimension: sort for dimension, sort in sorts.items() if sort}
