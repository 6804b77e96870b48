"""Customers whom a PM passed over, and until when that holds: queries."""

from datetime import date
from typing import Any

from sqlalchemy import or_

from bot.db.engine import Tx
from bot.db.tables.customers import customers
from bot.db.tables.suggestions import passes
from bot.domain.suggestions.dismissals import FOR_ALL, Pass


def keep(tx: Tx, customer_id: int, pm_id: str, why: Pass, today: date, until: date) -> None:
    """A PM passes a customer over up to a date.

    What they said before is forgotten, unless it holds for all still and this would not.
    """
    key = {"workspace_id": tx.workspace_id, "customer_id": customer_id, "pm_id": pm_id}
    fresh = {"why": why, "for_all": why in FOR_ALL, "until": until}
    row = tx.upsert(passes).values(**key, **fresh)
    may = True if why in FOR_ALL else or_(~passes.c.for_all, passes.c.until <= today)
    tx.run(row.on_conflict_do_update(index_elements=list(key), set_=fresh, where=may))


def holds(tx: Tx, pm_id: str, today: date) -> Any:
    """The condition that a customer is passed over now, by this PM or for all."""
    held = tx.select(passes, passes.c.customer_id).where(
        passes.c.customer_id == customers.c.id,
        passes.c.until > today,
        or_(passes.c.for_all, passes.c.pm_id == pm_id),
    )
    return held.correlate(customers).exists()
