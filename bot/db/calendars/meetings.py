"""Queries on meetings that became visits; only a hash of each meeting is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table

from bot.db.engine import Tx
from bot.db.rows import as_table, parse_row
from bot.db.tables.calendars import meetings
from bot.db.tables.customers import customers, people
from bot.db.tables.staff import staff
from bot.db.tables.visits import visits
from bot.domain.customers import Stage
from bot.domain.visits.rules import VisitState


@dataclass(frozen=True)
class MeetingLink:
    """A meeting with a customer and its visit; `called_off` if the feed called the visit off."""

    key: str
    customer_id: int
    visit_id: int
    state: VisitState
    on: date
    ends_at: datetime | None
    minutes: int | None
    called_off: bool


def list_links(tx: Tx, user_id: str) -> Sequence[MeetingLink]:
    """Return the visits made from a PM's feed."""
    columns = (
        *(meetings.c.key, meetings.c.customer_id, meetings.c.visit_id, meetings.c.called_off),
        *(visits.c.state, visits.c.on, visits.c.ends_at, visits.c.minutes),
    )
    found = (
        tx.select(meetings, *columns)
        .join(visits, visits.c.id == meetings.c.visit_id)
        .where(meetings.c.user_id == user_id)
        .order_by(visits.c.id)
    )
    return [parse_row(row, MeetingLink, state=VisitState(row.state)) for row in tx.run(found)]


def add_link(tx: Tx, user_id: str, key: str, customer_id: int, visit_id: int) -> None:
    """Add the link from a meeting to the visit made of it."""
    row = tx.upsert(meetings).values(
        workspace_id=tx.workspace_id,
        user_id=user_id,
        key=key,
        customer_id=customer_id,
        visit_id=visit_id,
        called_off=False,
    )
    tx.run(row.on_conflict_do_nothing())


def reschedule(
    tx: Tx, link: MeetingLink, on: date, ends_at: datetime | None, minutes: int | None
) -> bool:
    """Move a meeting's visit, or restore it; False if the visit has changed state since."""
    state = VisitState.CALLED_OFF if link.called_off else VisitState.BOOKED
    known = visits.c.id == link.visit_id, visits.c.state == state
    values = {"state": VisitState.BOOKED, "on": on, "ends_at": ends_at, "minutes": minutes}
    moved = bool(tx.run(tx.update(visits).where(*known).values(**values)).rowcount)
    if moved and link.called_off:
        _set_called_off(tx, link, called_off=False)
    return moved


def call_off(tx: Tx, link: MeetingLink) -> bool:
    """Call a meeting's visit off; False if the visit is no longer booked."""
    known = visits.c.id == link.visit_id, visits.c.state == VisitState.BOOKED
    done = bool(
        tx.run(tx.update(visits).where(*known).values(state=VisitState.CALLED_OFF)).rowcount
    )
    if done:
        _set_called_off(tx, link, called_off=True)
    return done


def _set_called_off(tx: Tx, link: MeetingLink, *, called_off: bool) -> None:
    mine = meetings.c.visit_id == link.visit_id, meetings.c.key == link.key
    tx.run(tx.update(meetings).where(*mine).values(called_off=called_off))


def find_visit(tx: Tx, user_id: str, customer_id: int, on: date) -> tuple[int, VisitState] | None:
    """Return id and state of a PM's visit to a customer on a date, from any source, or None."""
    found = tx.select(visits, visits.c.id, visits.c.state).where(
        visits.c.pm_id == user_id,
        visits.c.customer_id == customer_id,
        visits.c.on == on,
        visits.c.state != VisitState.CALLED_OFF,
    )
    row = tx.run(found.order_by(visits.c.id).limit(1)).first()
    return (row.id, VisitState(row.state)) if row else None


def is_from_calendar(tx: Tx, visit_id: int) -> bool:
    """Return whether a visit is linked to a meeting in its PM's calendar."""
    found = tx.select(meetings, meetings.c.visit_id).where(meetings.c.visit_id == visit_id)
    return tx.run(found.limit(1)).first() is not None


def find_customers_by_email(tx: Tx, emails: Sequence[str]) -> dict[str, int]:
    """Return customer ids of known people, by email address in lower case."""
    return _find_by_values(tx, people, people.c.email, people.c.customer_id, emails)


def find_customers_by_domain(tx: Tx, domains: Sequence[str]) -> dict[str, int]:
    """Return customer ids by mail domain, without internal ones: their people are colleagues."""
    outside = customers.c.stage != Stage.INTERNAL
    return _find_by_values(tx, customers, customers.c.domain, customers.c.id, domains, outside)


def find_staff_emails(tx: Tx, emails: Sequence[str]) -> set[str]:
    """Return those addresses that belong to staff."""
    return set(_find_by_values(tx, staff, staff.c.email, staff.c.user_id, emails))


def _find_by_values(
    tx: Tx, table: Table, found_by: Any, wanted: Any, values: Sequence[str], *conditions: Any
) -> dict[str, Any]:
    if not values:
        return {}
    rows = [{"value": each} for each in values]
    given = as_table(tx, {"value": found_by.type}, rows)
    found = tx.select(table, found_by.label("value"), wanted.label("wanted"))
    found = found.join(given, given.c.value == found_by).where(*conditions)
    return {row.value: row.wanted for row in tx.run(found)}
