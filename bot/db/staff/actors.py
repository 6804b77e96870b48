"""Queries on actors: the senders of requests, as the dispatcher needs them; one query for many."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_

from bot.db.engine import Tx
from bot.db.rows import parse_row
from bot.db.tables.staff import pms, staff
from bot.domain.staff.access import Membership


@dataclass(frozen=True)
class KnownActor:
    """A Slack user; `zone` is an IANA name, `refreshed_at` (aware UTC) when Slack was queried."""

    user_id: str
    name: str
    zone: str
    membership: Membership
    is_admin: bool
    is_pm: bool
    refreshed_at: datetime


def get_many(tx: Tx, user_ids: Collection[str]) -> Mapping[str, KnownActor]:
    """Return the known ones of these users, by id."""
    columns = staff.c.user_id, staff.c.name, staff.c.zone, staff.c.membership, staff.c.is_admin
    both = and_(pms.c.workspace_id == staff.c.workspace_id, pms.c.user_id == staff.c.user_id)
    found = (
        tx.select(staff, *columns, staff.c.refreshed_at, pms.c.user_id.is_not(None).label("is_pm"))
        .select_from(staff.outerjoin(pms, both))
        .where(staff.c.user_id.in_(sorted(user_ids)))
    )
    return {
        row.user_id: parse_row(row, KnownActor, membership=Membership(row.membership))
        for row in tx.run(found)
    }


def claim_refresh(tx: Tx, user_id: str, since: datetime, refreshed_at: datetime) -> bool:
    """Claim a query to Slack about a user; True if it is now the caller's to make.

    `since` is the `refreshed_at` that the caller read; the given one replaces it.
    """
    unchanged = staff.c.user_id == user_id, staff.c.refreshed_at == since
    return bool(
        tx.run(tx.update(staff).where(*unchanged).values(refreshed_at=refreshed_at)).rowcount
    )
