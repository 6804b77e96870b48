"""Staff, as Slack last described them: queries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from bot.db.engine import Tx
from bot.db.tables import staff
from bot.domain.access import Standing


@dataclass(frozen=True)
class Staff:
    """A Slack user; `zone` is an IANA name, `seen_at` when Slack was last asked (aware UTC)."""

    user_id: str
    name: str
    zone: str
    standing: Standing
    seen_at: datetime
    email: str | None = None
    is_admin: bool = False
    is_support: bool = False


def get(tx: Tx, user_id: str) -> Staff | None:
    """What is known of a Slack user."""
    row = tx.run(tx.select(staff).where(staff.c.user_id == user_id)).first()
    return _staff(row) if row else None


def by_email(tx: Tx, email: str) -> Staff | None:
    """The member of staff with that address, case aside."""
    row = tx.run(tx.select(staff).where(staff.c.email == email.casefold())).first()
    return _staff(row) if row else None


def keep(tx: Tx, member: Staff) -> None:
    """Record what Slack says of a user."""
    fresh = {
        "name": member.name,
        "zone": member.zone,
        "standing": member.standing,
        "seen_at": member.seen_at,
        "email": member.email.casefold() if member.email else None,
        "is_admin": member.is_admin,
        "is_support": member.is_support,
    }
    row = tx.upsert(staff).values(workspace_id=tx.workspace_id, user_id=member.user_id, **fresh)
    tx.run(row.on_conflict_do_update(index_elements=["workspace_id", "user_id"], set_=fresh))


def name(tx: Tx, user_id: str) -> str:
    """The name of a member of staff, or a word for somebody who is not known."""
    found = tx.run(tx.select(staff, staff.c.name).where(staff.c.user_id == user_id)).scalar()
    return found or "somebody"


def _staff(row: Row[Any]) -> Staff:
    known = {name: getattr(row, name) for name in Staff.__dataclass_fields__}
    return Staff(**{**known, "standing": Standing(row.standing)})
