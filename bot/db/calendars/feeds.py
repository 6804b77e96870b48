"""Feeds of PMs' calendars: queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, func

from bot.db.engine import Tx
from bot.db.tables.calendars import feeds
from bot.domain.calendars import FeedFault


@dataclass(frozen=True)
class StoredFeed:
    """A PM's feed; `address` is encrypted, instants are aware UTC.

    `read_at` is when all of it was read last, `checked_at` when it was last known to be the same;
    `claim` names whoever is asking for it now.
    """

    user_id: str
    address: str
    host: str
    connected_at: datetime
    claim: str
    etag: str
    last_modified: str
    checked_at: datetime | None
    read_at: datetime | None
    failures: int
    failed_since: datetime | None
    fault: FeedFault | None
    left_out: int


def get(tx: Tx, user_id: str) -> StoredFeed | None:
    """A PM's feed, or None."""
    row = tx.run(tx.select(feeds).where(feeds.c.user_id == user_id)).first()
    return _feed(row) if row else None


def connect(tx: Tx, user_id: str, address: str, host: str, now: datetime) -> None:
    """A PM's feed from now on, to be asked for at once; `address` is encrypted."""
    fresh = {
        "address": address,
        "host": host,
        "connected_at": now,
        "next_at": now,
        # Whoever is asking for another one has asked in vain.
        **dict.fromkeys(("claim", "etag", "last_modified"), ""),
        **dict.fromkeys(("checked_at", "read_at", "failed_since", "fault")),
        **dict.fromkeys(("failures", "left_out"), 0),
    }
    row = tx.upsert(feeds).values(workspace_id=tx.workspace_id, user_id=user_id, **fresh)
    tx.run(row.on_conflict_do_update(index_elements=["workspace_id", "user_id"], set_=fresh))


def remove(tx: Tx, user_id: str) -> bool:
    """No feed any more; False when there was none."""
    return bool(tx.run(tx.delete(feeds).where(feeds.c.user_id == user_id)).rowcount)


def claim(tx: Tx, now: datetime, until: datetime, limit: int) -> Sequence[StoredFeed]:
    """Feeds of PMs that are due, longest waiting first; nobody else takes them up to `until`."""
    due = tx.select(feeds).where(feeds.c.next_at <= now).order_by(feeds.c.next_at).limit(limit)
    found = [_feed(row) for row in tx.run(due.with_for_update(skip_locked=True))]
    name = uuid4().hex
    mine = feeds.c.user_id.in_([each.user_id for each in found])
    if found:
        tx.run(tx.update(feeds).where(mine).values(next_at=until, claim=name))
    return [StoredFeed(**{**vars(each), "claim": name}) for each in found]


def finish(tx: Tx, feed: StoredFeed, next_at: datetime, **known: Any) -> bool:
    """What came of asking for a feed; False when somebody else has asked for it meanwhile, or it
    is no longer there."""
    mine = feeds.c.user_id == feed.user_id, feeds.c.claim == feed.claim
    values = {"next_at": next_at, "claim": "", **known}
    return bool(tx.run(tx.update(feeds).where(*mine).values(**values)).rowcount)


def count_by_fault(tx: Tx) -> Mapping[str, int]:
    """How many feeds there are, by why they are not read; "" for those that are."""
    sort = func.coalesce(feeds.c.fault, "")
    found = tx.select(feeds, sort.label("sort"), func.count().label("many")).group_by(sort)
    return {row.sort: row.many for row in tx.run(found)}


def _feed(row: Row[Any]) -> StoredFeed:
    known = {name: getattr(row, name) for name in StoredFeed.__dataclass_fields__}
    return StoredFeed(**{**known, "fault": FeedFault(row.fault) if row.fault else None})
