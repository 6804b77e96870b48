"""Queries on fix notices and customer notices: which PM tells which customer of a fix.

A fix notice is one message to one PM about one fix, with a customer notice for each customer.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_

from bot.db.engine import Tx
from bot.db.rows import parse_row
from bot.db.staff.membership import may_get_messages
from bot.db.tables.customers import customers
from bot.db.tables.staff import pms
from bot.db.tables.workarounds import customer_notices, fix_notices
from bot.domain.workarounds import InTimeShare, PmCustomer


class NoticeState(StrEnum):
    """The state of a customer notice."""

    OPEN = "open"
    TOLD = "told"
    WITHDRAWN = "withdrawn"


ACTIVE_STATES = (NoticeState.OPEN, NoticeState.TOLD)


@dataclass(frozen=True)
class FixNotice:
    """One fix that one PM is to tell customers about; instants are aware UTC."""

    id: int
    workaround_id: int
    fix: int
    pm_id: str
    part: int
    asked_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class CustomerNotice:
    """A customer for a PM to tell; `fix_notice_id` is its fix notice, `told_at` outlives "
    "withdrawal."""

    id: int
    fix_notice_id: int
    pm_id: str
    customer_id: int
    customer: str
    state: NoticeState
    told_at: datetime | None

    @property
    def pm_and_customer(self) -> PmCustomer:
        """Return the PM's user id and the customer's id."""
        return self.pm_id, self.customer_id


def get_fix_notice(tx: Tx, fix_notice_id: int) -> FixNotice | None:
    """Return the fix notice, or None."""
    row = tx.run(tx.select(fix_notices).where(fix_notices.c.id == fix_notice_id)).first()
    return _fix_notice(row) if row else None


def list_fix_notices(tx: Tx, workaround_id: int, fix: int) -> Sequence[FixNotice]:
    """Return all fix notices of a fix, oldest first."""
    theirs = fix_notices.c.workaround_id == workaround_id, fix_notices.c.fix == fix
    rows = tx.run(tx.select(fix_notices).where(*theirs).order_by(fix_notices.c.id))
    return [_fix_notice(row) for row in rows]


def add_fix_notice(
    tx: Tx, workaround_id: int, fix: int, pm_id: str, part: int, now: datetime, due_at: datetime
) -> FixNotice:
    """Add a fix notice for a PM and return it."""
    known = {"workaround_id": workaround_id, "fix": fix, "pm_id": pm_id, "part": part}
    times = {"asked_at": now, "due_at": due_at}
    return FixNotice(
        tx.add(fix_notices, **known, **times), workaround_id, fix, pm_id, part, now, due_at
    )


def get(tx: Tx, notice_id: int) -> CustomerNotice | None:
    """Return the customer notice, or None."""
    return next(iter(_read(tx, _select_joined(tx).where(customer_notices.c.id == notice_id))), None)


def list_by_fix_notice(tx: Tx, fix_notice_id: int) -> Sequence[CustomerNotice]:
    """Return all customer notices of a fix notice, ordered by the customer's name."""
    theirs = _select_joined(tx).where(customer_notices.c.fix_notice_id == fix_notice_id)
    return _read(tx, theirs.order_by(customers.c.name, customer_notices.c.id))


def list_active(tx: Tx, workaround_id: int) -> Sequence[CustomerNotice]:
    """Return the customer notices of a workaround that are open or told."""
    theirs = _select_joined(tx).where(
        fix_notices.c.workaround_id == workaround_id, customer_notices.c.state.in_(ACTIVE_STATES)
    )
    return _read(tx, theirs.order_by(customer_notices.c.id))


def add(
    tx: Tx, fix_notice_id: int, customer_ids: Collection[int], now: datetime, due_at: datetime
) -> None:
    """Add customer notices to a fix notice, reopening those that were withdrawn."""
    fresh = {"state": NoticeState.OPEN, "asked_at": now, "due_at": due_at, "told_at": None}
    columns = customer_notices.c
    key = [columns.workspace_id, columns.fix_notice_id, columns.customer_id]
    for customer_id in sorted(customer_ids):
        known = {"fix_notice_id": fix_notice_id, "customer_id": customer_id}
        row = tx.upsert(customer_notices).values(workspace_id=tx.workspace_id, **known, **fresh)
        withdrawn = columns.state == NoticeState.WITHDRAWN
        tx.run(row.on_conflict_do_update(index_elements=key, set_=fresh, where=withdrawn))


def withdraw(tx: Tx, ids: Collection[int]) -> None:
    """Withdraw customer notices."""
    these = customer_notices.c.id.in_(list(ids))
    tx.run(tx.update(customer_notices).where(these).values(state=NoticeState.WITHDRAWN))


def mark_told(tx: Tx, notice_id: int, now: datetime) -> None:
    """Mark an open customer notice as told."""
    values = {"state": NoticeState.TOLD, "told_at": now}
    tx.run(
        tx.update(customer_notices)
        .where(customer_notices.c.id == notice_id, customer_notices.c.state == NoticeState.OPEN)
        .values(**values)
    )


def count_told(tx: Tx, workaround_ids: Collection[int]) -> Mapping[int, tuple[int, int]]:
    """Return, by workaround, how many customer notices are told and how many there are."""
    told = func.sum(case((customer_notices.c.state == NoticeState.TOLD, 1), else_=0)).label("told")
    found = tx.select(customer_notices, fix_notices.c.workaround_id, told, func.count().label("of"))
    theirs = (
        fix_notices.c.workaround_id.in_(list(workaround_ids)),
        customer_notices.c.state.in_(ACTIVE_STATES),
    )
    rows = tx.run(
        found.select_from(_join_tables()).where(*theirs).group_by(fix_notices.c.workaround_id)
    )
    return {row.workaround_id: (row.told, row.of) for row in rows}


def list_told_customers(tx: Tx, workaround_ids: Collection[int]) -> Mapping[int, Collection[int]]:
    """Return the customers told of a fix, by workaround."""
    theirs = (
        fix_notices.c.workaround_id.in_(list(workaround_ids)),
        customer_notices.c.state == NoticeState.TOLD,
    )
    found = tx.select(
        customer_notices, fix_notices.c.workaround_id, customer_notices.c.customer_id
    ).select_from(_join_tables())
    known: dict[int, set[int]] = {}
    for row in tx.run(found.where(*theirs)):
        known.setdefault(row.workaround_id, set()).add(row.customer_id)
    return known


def get_in_time_share(tx: Tx, since: datetime, now: datetime) -> InTimeShare:
    """Count the customers told in time, of the customer notices added since an instant.

    Notices that are told or overdue count; withdrawn ones don't.
    """
    counted = or_(
        customer_notices.c.state == NoticeState.TOLD,
        and_(customer_notices.c.state == NoticeState.OPEN, customer_notices.c.due_at < now),
    )
    in_time = func.sum(
        case((customer_notices.c.told_at <= customer_notices.c.due_at, 1), else_=0)
    ).label("in_time")
    found = tx.select(customer_notices, in_time, func.count().label("of"))
    row = tx.run(found.where(customer_notices.c.asked_at >= since, counted)).one()
    return InTimeShare(row.in_time or 0, row.of)


def list_misassigned(tx: Tx) -> Sequence[int]:
    """Return workarounds with an open notice whose PM has left or whose customer is closed."""
    mine = and_(
        pms.c.workspace_id == fix_notices.c.workspace_id,
        pms.c.user_id == fix_notices.c.pm_id,
        may_get_messages(tx, pms.c.user_id, pms),
    )
    source = _join_tables().outerjoin(pms, mine)
    found = tx.select(customer_notices, fix_notices.c.workaround_id).select_from(source)
    misassigned = or_(pms.c.user_id.is_(None), customers.c.closed.is_not(None))
    rows = tx.run(found.where(customer_notices.c.state == NoticeState.OPEN, misassigned).distinct())
    return sorted(rows.scalars())


def _join_tables() -> Any:
    source = customer_notices.join(
        fix_notices, customer_notices.c.fix_notice_id == fix_notices.c.id
    )
    return source.join(customers, customer_notices.c.customer_id == customers.c.id)


def _select_joined(tx: Tx) -> Select[Any]:
    columns: tuple[ColumnElement[Any], ...] = (
        *(
            customer_notices.c.id,
            customer_notices.c.fix_notice_id,
            customer_notices.c.customer_id,
            customer_notices.c.state,
            customer_notices.c.told_at,
        ),
        *(fix_notices.c.pm_id, customers.c.name.label("customer")),
    )
    return tx.select(customer_notices, *columns).select_from(_join_tables())


def _read(tx: Tx, found: Select[Any]) -> Sequence[CustomerNotice]:
    return [parse_row(row, CustomerNotice, state=NoticeState(row.state)) for row in tx.run(found)]


def _fix_notice(row: Row[Any]) -> FixNotice:
    return parse_row(row, FixNotice)
