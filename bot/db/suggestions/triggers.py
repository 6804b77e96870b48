"""Openings, when somebody at a customer showed that they would talk: queries."""

from datetime import date

from bot.db.engine import Tx
from bot.db.tables.suggestions import triggers
from bot.domain.customers import VisitTrigger


def add(tx: Tx, customer_id: int, person_id: int | None, kind: VisitTrigger, on: date) -> bool:
    """Note an opening; False when it was noted before."""
    known = {"customer_id": customer_id, "person_id": person_id, "kind": kind, "on": on}
    row = tx.upsert(triggers).values(workspace_id=tx.workspace_id, **known)
    return bool(tx.run(row.on_conflict_do_nothing()).rowcount)
