"""Queries on triggers: signs that someone at a customer would be willing to talk."""

from datetime import date

from bot.db.engine import Tx
from bot.db.tables.suggestions import triggers
from bot.domain.customers import VisitTrigger


def add(tx: Tx, customer_id: int, person_id: int | None, kind: VisitTrigger, on: date) -> bool:
    """Add a trigger; False if it was added before."""
    known = {"customer_id": customer_id, "person_id": person_id, "kind": kind, "on": on}
    row = tx.upsert(triggers).values(workspace_id=tx.workspace_id, **known)
    return bool(tx.run(row.on_conflict_do_nothing()).rowcount)
