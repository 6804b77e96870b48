"""Workspaces: the one noun whose queries see more than one of them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine, select, update

from bot.db.engine import Tx, reading
from bot.db.tables import workspaces


def ids(engine: Engine) -> Sequence[str]:
    """Every installation, oldest first."""
    with reading(engine, "") as tx:
        order = workspaces.c.created_at, workspaces.c.id
        return list(tx.run(select(workspaces.c.id).order_by(*order)).scalars())


def keep(tx: Tx, name: str, bot_user_id: str, now: datetime) -> None:
    """Record the installation that the transaction is bound to, or its new name."""
    row = tx.upsert(workspaces).values(
        id=tx.workspace_id, name=name, bot_user_id=bot_user_id, created_at=now, review_at=now
    )
    fresh = {"name": name, "bot_user_id": bot_user_id}
    tx.run(row.on_conflict_do_update(index_elements=["id"], set_=fresh))


def take_review(tx: Tx, now: datetime, next_at: datetime) -> bool:
    """Whether the review of flags is due; the one who is told so has taken it."""
    due = workspaces.c.id == tx.workspace_id, workspaces.c.review_at <= now
    return bool(tx.run(update(workspaces).where(*due).values(review_at=next_at)).rowcount)
