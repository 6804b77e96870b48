"""Workspaces: the one noun whose queries see more than one of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Engine, or_, select, update

from bot.db.engine import Tx, read_transaction
from bot.db.tables.columns import CODE_LENGTH
from bot.db.tables.workspaces import workspaces


def list_ids(engine: Engine) -> Sequence[str]:
    """Every installation, oldest first."""
    with read_transaction(engine, "") as tx:
        order = workspaces.c.created_at, workspaces.c.id
        return list(tx.run(select(workspaces.c.id).order_by(*order)).scalars())


def save(tx: Tx, name: str, bot_user_id: str, now: datetime) -> None:
    """Record the installation that the transaction is bound to; Slack knows it (again)."""
    row = tx.upsert(workspaces).values(
        id=tx.workspace_id, name=name, bot_user_id=bot_user_id, created_at=now, review_at=now
    )
    fresh = {"name": name, "bot_user_id": bot_user_id, "halted_at": None, "halted_for": None}
    tx.run(row.on_conflict_do_update(index_elements=["id"], set_=fresh))


def get_name(tx: Tx) -> str:
    """The workspace's name, as Slack tells it."""
    found = select(workspaces.c.name).where(workspaces.c.id == tx.workspace_id)
    return str(tx.run(found).scalar_one())


def get_interval_days(tx: Tx) -> int | None:
    """How often a PM sees a customer who has not chosen it; None until an admin has said so."""
    found = select(workspaces.c.interval_days).where(workspaces.c.id == tx.workspace_id)
    return tx.run(found).scalar()


def set_interval(tx: Tx, days: int | None) -> None:
    """Set how often a PM sees a customer who has not chosen it."""
    mine = workspaces.c.id == tx.workspace_id
    tx.run(update(workspaces).where(mine).values(interval_days=days))


def claim_review(tx: Tx, now: datetime, next_at: datetime) -> bool:
    """Whether the review of flags is due; the one who is told so has taken it."""
    due = workspaces.c.id == tx.workspace_id, workspaces.c.review_at <= now
    return bool(tx.run(update(workspaces).where(*due).values(review_at=next_at)).rowcount)


def claim_refresh(tx: Tx, now: datetime, until: datetime) -> tuple[bool, str | None]:
    """Whether Slack's list of people is to be read, and from which cursor on.

    The one who is told so has taken it, up to `until`: by then they have died.
    """
    due = or_(workspaces.c.refresh_at.is_(None), workspaces.c.refresh_at <= now)
    claim = update(workspaces).where(workspaces.c.id == tx.workspace_id, due)
    row = tx.run(claim.values(refresh_at=until).returning(workspaces.c.refresh_cursor)).first()
    return (False, None) if row is None else (True, row.refresh_cursor)


def save_refresh(tx: Tx, cursor: str | None, next_at: datetime) -> None:
    """The list of people was read up to a cursor, or to its end; on with it at an instant."""
    mine = workspaces.c.id == tx.workspace_id
    known = {"refresh_cursor": cursor, "refresh_at": next_at}
    tx.run(update(workspaces).where(mine).values(**known))


def halt(tx: Tx, code: str, now: datetime) -> bool:
    """Slack no longer knows the installation; False when that was known."""
    known = workspaces.c.id == tx.workspace_id, workspaces.c.halted_at.is_(None)
    halted = update(workspaces).where(*known).values(halted_at=now, halted_for=code[:CODE_LENGTH])
    return bool(tx.run(halted).rowcount)


def is_halted(tx: Tx) -> bool:
    """Whether Slack no longer knows this installation."""
    here = workspaces.c.id == tx.workspace_id, workspaces.c.halted_at.is_not(None)
    return tx.run(select(workspaces.c.id).where(*here)).first() is not None


def list_halted(engine: Engine) -> Mapping[str, str]:
    """The installations that Slack no longer knows, with its code for it."""
    with read_transaction(engine, "") as tx:
        found = select(workspaces).where(workspaces.c.halted_at.is_not(None))
        return {row.id: row.halted_for for row in tx.run(found)}
