"""Customers that a PM has taken up: nobody else plans a visit with them until then. Queries."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_

from bot.db.engine import Tx
from bot.db.tables.suggestions import taken


def take(tx: Tx, customer_id: int, pm_id: str, now: datetime, until: datetime) -> str | None:
    """Take a customer up for a PM; gives the PM who holds it instead, if another one does."""
    key = {"workspace_id": tx.workspace_id, "customer_id": customer_id}
    fresh = {"pm_id": pm_id, "until": until}
    row = tx.upsert(taken).values(**key, **fresh)
    free = or_(taken.c.pm_id == pm_id, taken.c.until <= now)
    tx.run(row.on_conflict_do_update(index_elements=list(key), set_=fresh, where=free))
    return holder(tx, customer_id, pm_id, now)


def holder(tx: Tx, customer_id: int, pm_id: str, now: datetime) -> str | None:
    """The PM who holds a customer, if that is another one."""
    held = tx.select(taken, taken.c.pm_id).where(
        taken.c.customer_id == customer_id, taken.c.pm_id != pm_id, taken.c.until > now
    )
    return tx.run(held).scalar()


def all_held(tx: Tx, now: datetime) -> Sequence[int]:
    """The customers that somebody holds."""
    return list(tx.run(tx.select(taken, taken.c.customer_id).where(taken.c.until > now)).scalars())


def let_go(tx: Tx, customer_id: int, pm_id: str) -> None:
    """A PM holds a customer no longer."""
    mine = taken.c.customer_id == customer_id, taken.c.pm_id == pm_id
    tx.run(tx.delete(taken).where(*mine))
