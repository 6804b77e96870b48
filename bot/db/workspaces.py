"""Queries on workspaces, some of which see more than one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, or_, select, update

from bot.db.engine import Tx, read_transaction
from bot.db.tables.columns import CODE_LENGTH
from bot.db.tables.workspaces import workspaces


@dataclass(frozen=True)
class ClockHistory:
    """When jobs last ran, when the clock was last set back and from what time (aware UTC)."""

    jobs_ran_at: datetime | None
    set_back_at: datetime | None
    set_back_from: datetime | None


def list_ids(engine: Engine) -> Sequence[str]:
    """Return the ids of all workspaces, oldest first."""
    with read_transaction(engine, "") as tx:
        order = workspaces.c.created_at, workspaces.c.id
        return list(tx.run(select(workspaces.c.id).order_by(*order)).scalars())


def save(tx: Tx, name: str, bot_user_id: str, now: datetime) -> None:
    """Save the transaction's workspace, and lift its halt: Slack knows it (again)."""
    row = tx.upsert(workspaces).values(
        id=tx.workspace_id, name=name, bot_user_id=bot_user_id, created_at=now, review_at=now
    )
    fresh = {"name": name, "bot_user_id": bot_user_id, "halted_at": None, "halted_for": None}
    tx.run(row.on_conflict_do_update(index_elements=["id"], set_=fresh))


def get_name(tx: Tx) -> str:
    """Return the workspace's name in Slack."""
    found = select(workspaces.c.name).where(workspaces.c.id == tx.workspace_id)
    return str(tx.run(found).scalar_one())


def get_interval_days(tx: Tx) -> int | None:
    """Return the default interval of PMs who have chosen none; None until an admin sets it."""
    found = select(workspaces.c.interval_days).where(workspaces.c.id == tx.workspace_id)
    return tx.run(found).scalar()


def set_interval(tx: Tx, days: int | None) -> None:
    """Set the default interval of PMs who have chosen none."""
    mine = workspaces.c.id == tx.workspace_id
    tx.run(update(workspaces).where(mine).values(interval_days=days))


def claim_review(tx: Tx, now: datetime, until: datetime) -> bool:
    """Claim the review of flags; True if it was due and is now the caller's.

    The claim lapses at `until`: a process that has not finished by then has died.
    """
    due = workspaces.c.id == tx.workspace_id, workspaces.c.review_at <= now
    return bool(tx.run(update(workspaces).where(*due).values(review_at=until)).rowcount)


def set_next_review(tx: Tx, next_at: datetime) -> None:
    """Set when the flags are reviewed next."""
    mine = workspaces.c.id == tx.workspace_id
    tx.run(update(workspaces).where(mine).values(review_at=next_at))


def claim_refresh(tx: Tx, now: datetime, until: datetime) -> tuple[bool, str | None]:
    """Claim the reading of Slack's user list; return whether it was due, and its cursor.

    The claim lapses at `until`: a process that has not finished by then has died.
    """
    due = or_(workspaces.c.refresh_at.is_(None), workspaces.c.refresh_at <= now)
    claim = update(workspaces).where(workspaces.c.id == tx.workspace_id, due)
    row = tx.run(claim.values(refresh_at=until).returning(workspaces.c.refresh_cursor)).first()
    return (False, None) if row is None else (True, row.refresh_cursor)


def save_refresh(tx: Tx, cursor: str | None, next_at: datetime) -> None:
    """Save up to which cursor the user list was read (None: its end), and when to continue."""
    mine = workspaces.c.id == tx.workspace_id
    known = {"refresh_cursor": cursor, "refresh_at": next_at}
    tx.run(update(workspaces).where(mine).values(**known))


def mark_jobs_run(tx: Tx, now: datetime) -> datetime | None:
    """Save that jobs run now; return when they last did, None for never.

    None too while another transaction holds the workspace: the next run saves it.
    """
    mine = workspaces.c.id == tx.workspace_id
    held = select(workspaces.c.jobs_ran_at).where(mine).with_for_update(skip_locked=True)
    row = tx.run(held).first()
    if row is None:
        return None
    tx.run(update(workspaces).where(mine).values(jobs_ran_at=now))
    ran_at: datetime | None = row.jobs_ran_at
    return ran_at


def correct_clock(
    tx: Tx, now: datetime, recorded_until: datetime, review_by: datetime, refresh_by: datetime
) -> None:
    """Save that the clock was set back to now, and let no work wait longer than it would from now.

    `recorded_until` is the time that the clock had already shown.
    """
    mine = update(workspaces).where(workspaces.c.id == tx.workspace_id)
    tx.run(mine.values(set_back_at=now, set_back_from=recorded_until))
    tx.run(mine.where(workspaces.c.review_at > review_by).values(review_at=review_by))
    tx.run(mine.where(workspaces.c.refresh_at > refresh_by).values(refresh_at=refresh_by))


def get_clock_history(tx: Tx) -> ClockHistory:
    """Return what is known of the workspace's clock."""
    found = select(workspaces.c.jobs_ran_at, workspaces.c.set_back_at, workspaces.c.set_back_from)
    row = tx.run(found.where(workspaces.c.id == tx.workspace_id)).one()
    return ClockHistory(row.jobs_ran_at, row.set_back_at, row.set_back_from)


def halt(tx: Tx, code: str, now: datetime) -> bool:
    """Mark the workspace as unknown to Slack, with Slack's error code; False if it was marked."""
    known = workspaces.c.id == tx.workspace_id, workspaces.c.halted_at.is_(None)
    halted = update(workspaces).where(*known).values(halted_at=now, halted_for=code[:CODE_LENGTH])
    return bool(tx.run(halted).rowcount)


def is_halted(tx: Tx) -> bool:
    """Return whether Slack no longer knows this workspace."""
    here = workspaces.c.id == tx.workspace_id, workspaces.c.halted_at.is_not(None)
    return tx.run(select(workspaces.c.id).where(*here)).first() is not None


def list_halted(engine: Engine) -> Mapping[str, str]:
    """Return the workspaces that Slack no longer knows, each with Slack's error code."""
    with read_transaction(engine, "") as tx:
        found = select(workspaces).where(workspaces.c.halted_at.is_not(None))
        return {row.id: row.halted_for for row in tx.run(found)}
