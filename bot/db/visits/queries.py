"""Queries on visits and companions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, Update, and_, func, or_

from bot.db import customers
from bot.db.engine import Tx
from bot.db.rows import as_table, parse_row
from bot.db.tables.debriefs import companions, debriefs
from bot.db.tables.visits import visits
from bot.domain.visits.rules import INDIRECT, Visit, VisitKind, VisitState


def add(
    tx: Tx,
    pm_id: str,
    customer_id: int,
    kind: VisitKind,
    state: VisitState,
    on: date,
    now: datetime,
    *,
    source: str,
    source_id: str,
    ends_at: datetime | None = None,
    minutes: int | None = None,
    goal: str = "",
    over_cap_reason: str | None = None,
) -> int | None:
    """Add a visit under its source's own id and return its id; None if it was added before.

    `over_cap_reason` is why the PM sees a customer whose cap on visits is reached.
    """
    row = tx.upsert(visits).values(
        workspace_id=tx.workspace_id,
        pm_id=pm_id,
        customer_id=customer_id,
        kind=kind,
        state=state,
        on=on,
        source=source,
        source_id=source_id,
        created_at=now,
        ends_at=ends_at,
        minutes=minutes,
        goal=goal,
        over_cap_reason=over_cap_reason,
    )
    added = tx.run(row.on_conflict_do_nothing().returning(visits.c.id)).scalar()
    if added and state is VisitState.HELD:
        customers.update_last_visit_on(tx, customer_id, on)
    return added


def find_by_source(tx: Tx, source: str, source_id: str) -> Visit | None:
    """Return the visit that a source knows under its own id, or None."""
    row = tx.run(_select_by_source(tx, source, source_id)).first()
    return _visit(row) if row else None


def get_by_source(tx: Tx, source: str, source_id: str) -> Visit:
    """Return the visit that its source added under its own id."""
    return _visit(tx.run(_select_by_source(tx, source, source_id)).one())


def _select_by_source(tx: Tx, source: str, source_id: str) -> Select[Any]:
    return tx.select(visits).where(visits.c.source == source, visits.c.source_id == source_id)


def get(tx: Tx, visit_id: int) -> Visit | None:
    """Return the visit, or None."""
    row = tx.run(tx.select(visits).where(visits.c.id == visit_id)).first()
    return _visit(row) if row else None


def mark_held(
    tx: Tx,
    visit: Visit,
    kind: VisitKind,
    on: date,
    source: str,
    source_id: str,
    *,
    minutes: int | None,
) -> None:
    """Mark a booked visit as held, from a source."""
    held = tx.update(visits).where(visits.c.id == visit.id)
    tx.run(
        held.values(
            state=VisitState.HELD,
            kind=kind,
            on=on,
            source=source,
            source_id=source_id,
            minutes=minutes,
        )
    )
    customers.update_last_visit_on(tx, visit.customer_id, on)


def correct(
    tx: Tx, visit_id: int, customer_id: int, on: date, *, kind: VisitKind, minutes: int | None
) -> Visit:
    """Correct a visit's customer, date, kind and length, and return it."""
    before = get(tx, visit_id)
    corrected = tx.update(visits).where(visits.c.id == visit_id)
    values = corrected.values(customer_id=customer_id, on=on, kind=kind, minutes=minutes)
    visit = _visit(tx.run(values.returning(visits)).one())
    for each in sorted({customer_id, before.customer_id if before else customer_id}):
        _update_last_visit(tx, each)
    return visit


def mark_not_held(tx: Tx, visit: Visit) -> None:
    """Mark a logged visit as not held, and remove its companions."""
    where = visits.c.id == visit.id
    tx.run(tx.update(visits).where(where).values(state=VisitState.CALLED_OFF))
    set_companions(tx, visit.id, ())
    _update_last_visit(tx, visit.customer_id)


def _update_last_visit(tx: Tx, customer_id: int) -> None:
    held = visits.c.customer_id == customer_id, visits.c.state == VisitState.HELD
    last = tx.run(tx.select(visits, func.max(visits.c.on)).where(*held)).scalar()
    customers.set_last_visit_on(tx, customer_id, last)


def set_companions(tx: Tx, visit_id: int, user_ids: Collection[str]) -> None:
    """Replace the companions of a visit (Slack ids)."""
    tx.run(tx.delete(companions).where(companions.c.visit_id == visit_id))
    for each in dict.fromkeys(user_ids):
        row = {"workspace_id": tx.workspace_id, "visit_id": visit_id, "user_id": each}
        tx.run(tx.upsert(companions).values(**row))


def list_companions(tx: Tx, visit_ids: Collection[int]) -> Mapping[int, tuple[str, ...]]:
    """Return companions by visit, ordered by Slack id."""
    if not visit_ids:
        return {}
    found = tx.select(companions).where(companions.c.visit_id.in_(list(visit_ids)))
    companions_by_visit: dict[int, tuple[str, ...]] = {}
    for row in tx.run(found.order_by(companions.c.user_id)):
        companions_by_visit[row.visit_id] = (
            *companions_by_visit.get(row.visit_id, ()),
            row.user_id,
        )
    return companions_by_visit


def update_booked(
    tx: Tx,
    visit_id: int,
    customer_id: int,
    kind: VisitKind,
    on: date,
    *,
    ends_at: datetime | None,
    minutes: int,
    goal: str,
    over_cap_reason: str | None,
) -> None:
    """Update a visit that is still booked; without another reason it keeps the one it has."""
    update = _update_booked(tx, visit_id).values(
        customer_id=customer_id, kind=kind, on=on, ends_at=ends_at, minutes=minutes, goal=goal
    )
    tx.run(update.values(over_cap_reason=over_cap_reason) if over_cap_reason else update)


def call_off(tx: Tx, visit_id: int) -> None:
    """Call off a visit that is still booked."""
    tx.run(_update_booked(tx, visit_id).values(state=VisitState.CALLED_OFF))


def _update_booked(tx: Tx, visit_id: int) -> Update:
    return tx.update(visits).where(visits.c.id == visit_id, visits.c.state == VisitState.BOOKED)


def find_booked(tx: Tx, pm_id: str, customer_id: int, until: date) -> Visit | None:
    """Return the latest visit that the PM has booked with the customer up to a date, or None.

    The latest, because earlier ones of a weekly meeting may never have been debriefed.
    """
    found = _select_booked(tx, pm_id).where(
        visits.c.customer_id == customer_id, visits.c.on <= until
    )
    row = tx.run(found.order_by(visits.c.on.desc()).limit(1)).first()
    return _visit(row) if row else None


def find_undebriefed(tx: Tx, pm_id: str, customer_id: int, on: date) -> Visit | None:
    """Return a visit that the PM held on a date and that has no debrief, or None."""
    debriefed = tx.select(debriefs, debriefs.c.visit_id)
    found = tx.select(visits).where(
        visits.c.pm_id == pm_id,
        visits.c.customer_id == customer_id,
        visits.c.on == on,
        visits.c.state == VisitState.HELD,
        visits.c.id.not_in(debriefed),
    )
    row = tx.run(found.order_by(visits.c.id).limit(1)).first()
    return _visit(row) if row else None


def list_between(
    tx: Tx, customer_id: int, since: date, until: date, today: date
) -> Sequence[Visit]:
    """Return a customer's visits by any PM between two dates, in order: held, or still to come.

    Indirect ones are left out: they take none of the customer's time.
    """
    found = tx.select(visits).where(
        visits.c.customer_id == customer_id,
        or_(
            visits.c.state == VisitState.HELD,
            and_(visits.c.state == VisitState.BOOKED, visits.c.on >= today),
        ),
        visits.c.kind.not_in(INDIRECT),
        visits.c.on.between(since, until),
    )
    return [_visit(row) for row in tx.run(found.order_by(visits.c.on, visits.c.id))]


def set_brief_at(tx: Tx, visit_id: int, at: datetime | None) -> None:
    """Set when the brief of a visit is due (aware UTC); None if it is too late for one."""
    tx.run(tx.update(visits).where(visits.c.id == visit_id).values(brief_at=at))


def list_booked_with_customer(tx: Tx, customer_id: int, since: date) -> Sequence[Visit]:
    """Return a customer's booked visits by any PM from a date on, soonest first."""
    found = tx.select(visits).where(
        visits.c.customer_id == customer_id,
        visits.c.state == VisitState.BOOKED,
        visits.c.on >= since,
    )
    return [_visit(row) for row in tx.run(found.order_by(visits.c.on, visits.c.id))]


def list_booked_by_pm(tx: Tx, pm_id: str, since: date) -> Sequence[Visit]:
    """Return the PM's booked visits from a date on, soonest first."""
    found = _select_booked(tx, pm_id).where(visits.c.on >= since).order_by(visits.c.on)
    return [_visit(row) for row in tx.run(found)]


def list_booked_dates(tx: Tx, pm_ids: Collection[str], since: date) -> Mapping[str, Sequence[date]]:
    """Return the dates of booked visits from a date on, soonest first, by PM; only PMs with any."""
    if not pm_ids:
        return {}
    whose = as_table(tx, {"pm_id": visits.c.pm_id.type}, [{"pm_id": each} for each in pm_ids])
    found = tx.select(visits, visits.c.pm_id, visits.c.on).where(
        visits.c.pm_id == whose.c.pm_id,
        visits.c.state == VisitState.BOOKED,
        visits.c.on >= since,
    )
    dates: dict[str, list[date]] = {}
    for row in tx.run(found.order_by(visits.c.on)):
        dates.setdefault(row.pm_id, []).append(row.on)
    return dates


def get_last(tx: Tx, pm_id: str) -> Visit | None:
    """Return the latest held visit of the PM, or with the PM as companion, or None."""
    along = tx.select(companions, companions.c.visit_id).where(companions.c.user_id == pm_id)
    theirs = or_(visits.c.pm_id == pm_id, visits.c.id.in_(along))
    held = tx.select(visits).where(theirs, visits.c.state == VisitState.HELD)
    row = tx.run(held.order_by(visits.c.on.desc(), visits.c.id.desc()).limit(1)).first()
    return _visit(row) if row else None


def get_last_pms(tx: Tx, customer_ids: Collection[int]) -> Mapping[int, str]:
    """Return the PM who visited each of those customers last; those never visited are left out."""
    found = tx.select(visits, visits.c.customer_id, visits.c.pm_id).where(
        visits.c.customer_id.in_(customer_ids), visits.c.state == VisitState.HELD
    )
    rows = tx.run(found.order_by(visits.c.on, visits.c.id))
    return {row.customer_id: row.pm_id for row in rows}


def _select_booked(tx: Tx, pm_id: str) -> Select[Any]:
    return tx.select(visits).where(visits.c.pm_id == pm_id, visits.c.state == VisitState.BOOKED)


def _visit(row: Row[Any]) -> Visit:
    return parse_row(row, Visit, kind=VisitKind(row.kind), state=VisitState(row.state))
