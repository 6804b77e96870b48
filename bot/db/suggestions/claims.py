"""Queries on claims: customers that a PM holds, so no other PM plans a visit until then."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_

from bot.db.engine import Tx
from bot.db.tables.suggestions import suggestion_claims


def claim(tx: Tx, customer_id: int, pm_id: str, now: datetime, until: datetime) -> str | None:
    """Claim a customer for a PM; return the other PM who holds it already, or None."""
    key = {"workspace_id": tx.workspace_id, "customer_id": customer_id}
    fresh = {"pm_id": pm_id, "until": until}
    row = tx.upsert(suggestion_claims).values(**key, **fresh)
    may_claim = or_(suggestion_claims.c.pm_id == pm_id, suggestion_claims.c.until <= now)
    tx.run(row.on_conflict_do_update(index_elements=list(key), set_=fresh, where=may_claim))
    return get_claimant(tx, customer_id, pm_id, now)


def get_claimant(tx: Tx, customer_id: int, pm_id: str, now: datetime) -> str | None:
    """Return the other PM who holds a customer, or None."""
    claimed = tx.select(suggestion_claims, suggestion_claims.c.pm_id).where(
        suggestion_claims.c.customer_id == customer_id,
        suggestion_claims.c.pm_id != pm_id,
        suggestion_claims.c.until > now,
    )
    return tx.run(claimed).scalar()


def list_claimed(tx: Tx, now: datetime) -> Sequence[int]:
    """Return the customers that are claimed by any PM."""
    return list(
        tx.run(
            tx.select(suggestion_claims, suggestion_claims.c.customer_id).where(
                suggestion_claims.c.until > now
            )
        ).scalars()
    )


def release(tx: Tx, customer_id: int, pm_id: str) -> None:
    """Release a PM's claim of a customer."""
    mine = suggestion_claims.c.customer_id == customer_id, suggestion_claims.c.pm_id == pm_id
    tx.run(tx.delete(suggestion_claims).where(*mine))
