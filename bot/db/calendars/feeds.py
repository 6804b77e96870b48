"""Queries on the feeds of PMs' calendars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, func

from bot.db.engine import Tx
from bot.db.rows import parse_row
from bot.db.staff.membership import may_get_messages
from bot.db.tables.calendars import feeds
from bot.domain.calendars import FeedFault


@dataclass(frozen=True)
class StoredFeed:
    """A PM's feed; `address` is encrypted, instants are aware UTC.

    `read_at` is when all of it was last read, `checked_at` when it was last known to be unchanged;
    `claim` identifies the fetch in progress.
    """

    user_id: str
    address: str
    host: str
    connected_at: datetime
    claim: str = ""
    etag: str = ""
    last_modified: str = ""
    checked_at: datetime | None = None
    read_at: datetime | None = None
    failures: int = 0
    failed_since: datetime | None = None
    fault: FeedFault | None = None
    skipped: int = 0


def get(tx: Tx, user_id: str) -> StoredFeed | None:
    """Return a PM's feed, or None."""
    row = tx.run(tx.select(feeds).where(feeds.c.user_id == user_id)).first()
    return _feed(row) if row else None


def connect(tx: Tx, user_id: str, address: str, host: str, now: datetime) -> None:
    """Save a PM's new feed, due at once; `address` is encrypted."""
    # A fetch of the old feed in progress loses its claim.
    fresh = {**vars(StoredFeed(user_id, address, host, connected_at=now)), "next_at": now}
    row = tx.upsert(feeds).values(workspace_id=tx.workspace_id, **fresh)
    tx.run(row.on_conflict_do_update(index_elements=["workspace_id", "user_id"], set_=fresh))


def remove(tx: Tx, user_id: str) -> bool:
    """Remove a PM's feed; False if there was none."""
    return bool(tx.run(tx.delete(feeds).where(feeds.c.user_id == user_id)).rowcount)


def claim(tx: Tx, now: datetime, until: datetime, limit: int) -> Sequence[StoredFeed]:
    """Claim and return feeds that are due, longest waiting first; the claim lasts to `until`."""
    is_due = feeds.c.next_at <= now, may_get_messages(tx, feeds.c.user_id, feeds)
    due = tx.select(feeds).where(*is_due).order_by(feeds.c.next_at).limit(limit)
    found = [_feed(row) for row in tx.run(due.with_for_update(skip_locked=True))]
    name = uuid4().hex
    mine = feeds.c.user_id.in_([each.user_id for each in found])
    if found:
        tx.run(tx.update(feeds).where(mine).values(next_at=until, claim=name))
    return [replace(each, claim=name) for each in found]


def hold_claim(tx: Tx, feed: StoredFeed) -> bool:
    """Hold the claim of a feed until the transaction ends; False if it was lost."""
    mine = feeds.c.user_id == feed.user_id, feeds.c.claim == feed.claim
    found = tx.select(feeds, feeds.c.user_id).where(*mine).with_for_update()
    return tx.run(found).first() is not None


def finish(tx: Tx, feed: StoredFeed, next_at: datetime) -> bool:
    """Save a feed as its fetch left it; False if the claim was lost or the feed is gone."""
    mine = feeds.c.user_id == feed.user_id, feeds.c.claim == feed.claim
    values = {**vars(feed), "next_at": next_at, "claim": ""}
    return bool(tx.run(tx.update(feeds).where(*mine).values(**values)).rowcount)


def poll_by(tx: Tx, furthest: datetime) -> None:
    """Poll feeds at `furthest` that would wait longer: the clock was set back."""
    ahead = tx.update(feeds).where(feeds.c.next_at > furthest)
    tx.run(ahead.values(next_at=furthest))


def count_by_fault(tx: Tx) -> Mapping[str, int]:
    """Return the number of feeds by fault; "" for those without one."""
    sort = func.coalesce(feeds.c.fault, "")
    found = tx.select(feeds, sort.label("sort"), func.count().label("many")).group_by(sort)
    return {row.sort: row.many for row in tx.run(found)}


def _feed(row: Row[Any]) -> StoredFeed:
    return parse_row(row, StoredFeed, fault=FeedFault(row.fault) if row.fault else None)
