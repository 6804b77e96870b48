"""Queries on restores: which messages a database that is lost may have posted since its backup."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, case, func, literal, or_, select, update

from bot.db.engine import Tx, read_transaction
from bot.db.outbox.queries import OPEN_STATES, REPEATED_FOR
from bot.db.tables.column_types import Instant
from bot.db.tables.inbox import inbox
from bot.db.tables.outbox import outbox
from bot.db.tables.workspaces import workspaces
from bot.domain.outbox.message_ref import MessageRef


@dataclass(frozen=True)
class Restore:
    """A restore: the newest instant `since` that the backup knew, and when it was restored."""

    since: datetime
    at: datetime


def find_newest_instant(engine: Engine) -> datetime | None:
    """Return the newest instant at which the database recorded something; None if it never has.

    Whatever it doesn't know happened later than that. Only what goes by the clock counts: the
    instant that a tick is made for may be in the future.
    """
    newest = (
        select(func.max(outbox.c.first_attempt_at)),
        select(func.max(inbox.c.received_at)),
        select(func.max(workspaces.c.created_at)),
    )
    with read_transaction(engine, "") as tx:
        found = [tx.run(each).scalar() for each in newest]
    return max((each for each in found if each), default=None)


def mark(tx: Tx, restore: Restore) -> int:
    """Save that the workspace was restored; return how many messages are looked up because of it.

    Each message that isn't known to be posted may have been: as if it had been tried at the time of
    the backup. A restore of a week in which another was made reaches back to that one.
    """
    earlier = workspaces.c.restored_at > restore.since - REPEATED_FOR
    since = case((earlier, workspaces.c.restored_from), else_=literal(restore.since, Instant))
    mine = update(workspaces).where(workspaces.c.id == tx.workspace_id)
    tx.run(mine.values(restored_from=since, restored_at=restore.at))
    unposted = outbox.c.message_ts.is_(None), outbox.c.sent_at.is_(None)
    untried = tx.update(outbox).where(*unposted, outbox.c.first_attempt_at.is_(None))
    tried = untried.values(first_attempt_at=restore.since)
    waiting = outbox.c.state.in_(OPEN_STATES)
    count = int(tx.run(tried.where(waiting)).rowcount)
    # What was dropped or dead may have been put back since, and posted.
    tx.run(tried)
    return count


def get(tx: Tx) -> Restore | None:
    """Return the workspace's last restore, or None."""
    row = tx.run(select(workspaces).where(workspaces.c.id == tx.workspace_id)).first()
    if row is None or row.restored_from is None:
        return None
    return Restore(row.restored_from, row.restored_at)


def list_known(
    tx: Tx, destination: str, ids: Collection[str], timestamps: Iterable[str]
) -> set[str]:
    """Return the ids and Slack timestamps that are those of messages to a destination."""
    known = or_(outbox.c.id.in_(ids), outbox.c.message_ts.in_(list(timestamps)))
    found = tx.select(outbox, outbox.c.id, outbox.c.message_ts).where(
        outbox.c.destination == destination, known
    )
    return {each for row in tx.run(found) for each in row if each}


def is_lost(tx: Tx, message_ref: MessageRef, user_id: str) -> bool:
    """Return whether a message was posted between backup and restore and isn't known here.

    `user_id` is the user who sees it, to whom it may have been sent.
    """
    restore = get(tx)
    if restore is None:
        return False
    posted_at = float(message_ref.ts)
    if not restore.since.timestamp() <= posted_at <= restore.at.timestamp():
        return False
    places = (message_ref.channel, user_id)
    found = tx.select(outbox, outbox.c.id).where(
        outbox.c.destination.in_(places), outbox.c.message_ts == message_ref.ts
    )
    return tx.run(found).first() is None
