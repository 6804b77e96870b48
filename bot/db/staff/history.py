"""Queries on a past day of a person: the nearest nudges and visits, and absences."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, or_

from bot.db.engine import Tx
from bot.db.tables.debriefs import companions
from bot.db.tables.nudges import absences, nudges
from bot.db.tables.staff import staff
from bot.db.tables.visits import visits
from bot.domain.nudges.away import AbsenceCause
from bot.domain.visits.rules import VisitState


def find_users(tx: Tx, name: str) -> Sequence[str]:
    """Return the ids of people with this name or address, or whose first name it is."""
    typed = name.casefold()
    rows = tx.run(tx.select(staff, staff.c.user_id, staff.c.name, staff.c.email)).all()
    known = [(row.user_id, row.name.casefold(), (row.email or "").casefold()) for row in rows]
    exact = [user_id for user_id, *names in known if typed in names]
    return sorted(exact or [user_id for user_id, full, _ in known if full.split()[:1] == [typed]])


def find_nearest_nudges(tx: Tx, pm_id: str, on: date) -> tuple[date | None, date | None]:
    """Return the dates of a PM's last nudge before a date and of the first one after it."""
    mine = nudges.c.pm_id == pm_id
    before = tx.select(nudges, func.max(nudges.c.on)).where(mine, nudges.c.on < on)
    after = tx.select(nudges, func.min(nudges.c.on)).where(mine, nudges.c.on > on)
    return tx.run(before).scalar(), tx.run(after).scalar()


def get_absence(tx: Tx, user_id: str, on: date) -> AbsenceCause | None:
    """Return what a person was away for on a date, or None."""
    away = absences.c.user_id == user_id, absences.c.since <= on, absences.c.until > on
    cause = tx.run(tx.select(absences, absences.c.cause).where(*away).limit(1)).scalar()
    return AbsenceCause(cause) if cause else None


def find_nearest_visits(tx: Tx, pm_id: str, on: date) -> tuple[date | None, date | None]:
    """Return the dates of the last visit held up to a date, and of the next one booked."""
    along = tx.select(companions, companions.c.visit_id).where(companions.c.user_id == pm_id)
    theirs = or_(visits.c.pm_id == pm_id, visits.c.id.in_(along))
    held = theirs, visits.c.state == VisitState.HELD, visits.c.on <= on
    booked = visits.c.pm_id == pm_id, visits.c.state == VisitState.BOOKED, visits.c.on >= on
    last = tx.run(tx.select(visits, func.max(visits.c.on)).where(*held)).scalar()
    return last, tx.run(tx.select(visits, func.min(visits.c.on)).where(*booked)).scalar()
