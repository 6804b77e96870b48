"""Queries on absences of PMs."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func

from bot.db.engine import Tx
from bot.db.tables.nudges import absences
from bot.domain.nudges.away import AbsenceCause
from bot.domain.working_time import Absence


def list_since(tx: Tx, user_id: str, on: date) -> Sequence[Absence]:
    """Return a PM's absences that were not over on a local date; all have begun."""
    found = tx.select(absences).where(absences.c.user_id == user_id, absences.c.until > on)
    return [Absence(row.since, row.until) for row in tx.run(found.order_by(absences.c.since))]


def get_return_date(
    tx: Tx, user_id: str, today: date, cause: AbsenceCause | None = None
) -> date | None:
    """Return the first day back of a PM who is away, for any cause or this one, or None."""
    found = tx.select(absences, func.max(absences.c.until)).where(
        absences.c.user_id == user_id, absences.c.until > today
    )
    return tx.run(found.where(absences.c.cause == cause) if cause else found).scalar()


def save(tx: Tx, user_id: str, cause: AbsenceCause, today: date, until: date | None) -> None:
    """Save that a PM is away from `today` to a first day back, or, if that has come, is back.

    An absence is saved when it begins; later calls lengthen or shorten it.
    """
    mine = absences.c.user_id == user_id, absences.c.cause == cause, absences.c.until > today
    end = max(until or today, today)
    if tx.run(tx.update(absences).where(*mine).values(until=end)).rowcount:
        tx.run(tx.delete(absences).where(*mine[:2], absences.c.until <= absences.c.since))
    elif end > today:
        key = {"workspace_id": tx.workspace_id, "user_id": user_id, "since": today, "cause": cause}
        row = tx.upsert(absences).values(**key, until=end)
        tx.run(row.on_conflict_do_update(index_elements=list(key), set_={"until": end}))
