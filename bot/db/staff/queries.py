"""Queries on staff, as Slack last described them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Row, and_, or_

from bot.db.engine import Tx
from bot.db.rows import parse_row
from bot.db.tables.staff import pms, staff
from bot.domain.nudges.away import TimeSpan
from bot.domain.staff.access import Membership


@dataclass(frozen=True)
class Staff:
    """A Slack user; `zone` is an IANA name, `refreshed_at` when Slack was last queried (aware UTC).

    From `away_from` to `away_until` their status says that they are away.
    """

    user_id: str
    name: str
    zone: str
    membership: Membership
    refreshed_at: datetime
    email: str | None = None
    is_admin: bool = False
    is_support: bool = False
    away_from: datetime | None = None
    away_until: datetime | None = None

    @property
    def away(self) -> TimeSpan | None:
        """Return the vacation in their status, which may be over, or None."""
        return _span(self.away_from, self.away_until)


@dataclass(frozen=True)
class MessageHold:
    """What delays a message to a user: `spans` of time, and a pause's first day back.

    The pause ends at `nudge_at` in the PM's `zone`.
    """

    spans: tuple[TimeSpan, ...]
    paused_until: date | None
    nudge_at: time | None
    zone: str


def get(tx: Tx, user_id: str) -> Staff | None:
    """Return the member of staff, or None."""
    row = tx.run(tx.select(staff).where(staff.c.user_id == user_id)).first()
    return _staff(row) if row else None


def get_many(tx: Tx, user_ids: Collection[str]) -> Mapping[str, Staff]:
    """Return the known ones of these users, by id."""
    rows = tx.run(tx.select(staff).where(staff.c.user_id.in_(user_ids)))
    return {row.user_id: _staff(row) for row in rows}


def find_by_email(tx: Tx, email: str) -> Staff | None:
    """Return the member of staff with that email address, ignoring case, or None."""
    row = tx.run(tx.select(staff).where(staff.c.email == email.casefold())).first()
    return _staff(row) if row else None


def save(tx: Tx, member: Staff) -> None:
    """Save a member of staff as Slack describes them."""
    fresh = {
        "name": member.name,
        "zone": member.zone,
        "membership": member.membership,
        "refreshed_at": member.refreshed_at,
        "email": member.email.casefold() if member.email else None,
        "is_admin": member.is_admin,
        "is_support": member.is_support,
        "away_from": member.away_from,
        "away_until": member.away_until,
    }
    row = tx.upsert(staff).values(workspace_id=tx.workspace_id, user_id=member.user_id, **fresh)
    tx.run(row.on_conflict_do_update(index_elements=["workspace_id", "user_id"], set_=fresh))


def mark_deactivated(tx: Tx, user_id: str) -> None:
    """Mark a user as deactivated, until Slack describes them again."""
    values = {"membership": Membership.DEACTIVATED}
    tx.run(tx.update(staff).where(staff.c.user_id == user_id).values(**values))


def get_name(tx: Tx, user_id: str) -> str:
    """Return the name of a member of staff, or a placeholder for an unknown one."""
    return get_names(tx, [user_id])[user_id]


def get_names(tx: Tx, user_ids: Collection[str]) -> Mapping[str, str]:
    """Return the names of members of staff by id, with a placeholder for unknown ones."""
    columns = staff.c.user_id, staff.c.name
    found = tx.run(tx.select(staff, *columns).where(staff.c.user_id.in_(user_ids)))
    names = {row.user_id: row.name for row in found}
    return {each: names.get(each) or "somebody" for each in user_ids}


def get_message_hold(tx: Tx, user_id: str) -> MessageHold | None:
    """Return what delays a message to a user, past or not; None for an unknown user."""
    columns = (
        *(staff.c.away_from, staff.c.away_until, staff.c.dnd_from, staff.c.dnd_until),
        *(pms.c.paused_until, pms.c.nudge_at, pms.c.zone),
    )
    found = tx.select(staff, *columns).where(staff.c.user_id == user_id)
    row = tx.run(found.select_from(staff.outerjoin(pms, _same_user()))).first()
    if row is None:
        return None
    spans = _span(row.away_from, row.away_until), _span(row.dnd_from, row.dnd_until)
    known_spans = tuple(each for each in spans if each)
    return MessageHold(known_spans, row.paused_until, row.nudge_at, row.zone or "UTC")


def set_dnd(tx: Tx, user_id: str, span: TimeSpan | None, now: datetime) -> None:
    """Save a user's do-not-disturb span, as Slack says now."""
    since, until = (span.since, span.until) if span else (None, None)
    values = {"dnd_from": since, "dnd_until": until, "dnd_checked_at": now}
    tx.run(tx.update(staff).where(staff.c.user_id == user_id).values(**values))


def claim_dnd_check(
    tx: Tx, soon: datetime, checked_before: datetime, now: datetime, limit: int
) -> Sequence[str]:
    """Claim PMs whose nudge is due by `soon` and whose check is stale, soonest first.

    Stale: Slack was last queried by `checked_before`, or never. The claimed ones count as checked
    now.
    """
    stale = or_(staff.c.dnd_checked_at.is_(None), staff.c.dnd_checked_at <= checked_before)
    found = tx.select(staff, staff.c.user_id).select_from(staff.join(pms, _same_user()))
    found = found.where(pms.c.next_at <= soon, stale).order_by(pms.c.next_at).limit(limit)
    ids = list(tx.run(found.with_for_update(of=staff, skip_locked=True)).scalars())
    tx.run(tx.update(staff).where(staff.c.user_id.in_(ids)).values(dnd_checked_at=now))
    return ids


def reset_dnd_check(tx: Tx, user_id: str) -> None:
    """Reset a user's check, to repeat it: Slack gave no answer."""
    tx.run(tx.update(staff).where(staff.c.user_id == user_id).values(dnd_checked_at=None))


def reset_dnd_checks_after(tx: Tx, now: datetime) -> None:
    """Reset the checks of users that were made, by the clock, later than now: it was set back."""
    ahead = tx.update(staff).where(staff.c.dnd_checked_at > now)
    tx.run(ahead.values(dnd_checked_at=None))


def _same_user() -> Any:
    return and_(pms.c.workspace_id == staff.c.workspace_id, pms.c.user_id == staff.c.user_id)


def _span(since: datetime | None, until: datetime | None) -> TimeSpan | None:
    return TimeSpan(since, until) if since and until else None


def _staff(row: Row[Any]) -> Staff:
    return parse_row(row, Staff, membership=Membership(row.membership))
