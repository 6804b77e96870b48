"""Queries on dismissals: customers not to suggest, to one PM or to all, up to a date."""

from datetime import date
from typing import Any

from sqlalchemy import or_

from bot.db.engine import Tx
from bot.db.tables.customers import customers
from bot.db.tables.suggestions import dismissals
from bot.domain.suggestions.dismissals import REASONS_FOR_ALL, DismissalReason


def save(
    tx: Tx, customer_id: int, pm_id: str, reason: DismissalReason, today: date, until: date
) -> None:
    """Save a PM's dismissal of a customer up to a date.

    It replaces the PM's earlier one, unless that one still holds for all PMs and this one wouldn't.
    """
    key = {"workspace_id": tx.workspace_id, "customer_id": customer_id, "pm_id": pm_id}
    fresh = {"why": reason, "for_all": reason in REASONS_FOR_ALL, "until": until}
    row = tx.upsert(dismissals).values(**key, **fresh)
    may_replace = (
        True
        if reason in REASONS_FOR_ALL
        else or_(~dismissals.c.for_all, dismissals.c.until <= today)
    )
    tx.run(row.on_conflict_do_update(index_elements=list(key), set_=fresh, where=may_replace))


def is_dismissed(tx: Tx, pm_id: str, today: date) -> Any:
    """Build the condition that a customer is dismissed now, by this PM or for all."""
    dismissed = tx.select(dismissals, dismissals.c.customer_id).where(
        dismissals.c.customer_id == customers.c.id,
        dismissals.c.until > today,
        or_(dismissals.c.for_all, dismissals.c.pm_id == pm_id),
    )
    return dismissed.correlate(customers).exists()
