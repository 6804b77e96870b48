"""Conditions on people by what Slack last said of them: who has left gets no messages."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, FromClause

from bot.db.engine import Tx
from bot.db.tables.staff import staff
from bot.domain.staff.access import Membership


def may_get_messages(tx: Tx, user_id: ColumnElement[str], of: FromClause) -> ColumnElement[bool]:
    """Build the condition that a user in another table isn't known to be anything but a member.

    Whoever is deactivated, a guest or of another organisation is left out for as long as they are;
    their settings stay, so if they come back, they continue where they were. Slack may not have
    been asked about a user yet.
    """
    gone = tx.select(staff, staff.c.user_id).where(
        staff.c.user_id == user_id, staff.c.membership != Membership.MEMBER
    )
    return ~gone.correlate(of).exists()


def list_non_members(tx: Tx, user_ids: Collection[str]) -> Collection[str]:
    """Return those of these ids whose users are known not to be members."""
    found = tx.select(staff, staff.c.user_id).where(
        staff.c.user_id.in_(sorted(user_ids)), staff.c.membership != Membership.MEMBER
    )
    return set(tx.run(found).scalars())
