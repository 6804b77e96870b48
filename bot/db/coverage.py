"""What coverage is made of: queries."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, func

from bot.db.engine import Tx
from bot.db.market import customers
from bot.db.tables import visits
from bot.domain.coverage import Aspect, Known
from bot.domain.customers import Stage
from bot.domain.visits import VisitState

ASPECTS = [customers.c[each] for each in Aspect]
# Those of our own house are no market.
OUTSIDE = customers.c.stage != Stage.INTERNAL


def visited(tx: Tx, pm_id: str, since: date) -> Sequence[Known]:
    """What is known of the customer of each visit that a PM has held from a date on."""
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
    )
    return [_known(row) for row in tx.run(found)]


def market(tx: Tx) -> Mapping[Aspect, Mapping[str, int]]:
    """How many customers there are of each sort."""
    counted: dict[Aspect, dict[str, int]] = {each: {} for each in Aspect}
    sorts = tx.select(customers, *ASPECTS, func.count()).where(OUTSIDE).group_by(*ASPECTS)
    for row in tx.run(sorts):
        for aspect, sort in _known(row).items():
            counted[aspect][sort] = counted[aspect].get(sort, 0) + row[-1]
    return counted


def _known(row: Row[Any]) -> Known:
    sorts = {aspect: getattr(row, aspect) for aspect in Aspect}
    return {aspect: sort for aspect, sort in sorts.items() if sort}
