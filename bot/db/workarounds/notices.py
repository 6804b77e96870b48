"""Asks: which PM is to tell which customer that a workaround is fixed. Queries.

An errand is what one PM is to tell of one fix: one message, with an ask for each customer.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_

from bot.db.engine import Tx
from bot.db.tables.customers import customers
from bot.db.tables.staff import pms
from bot.db.tables.workarounds import asks, errands
from bot.domain.workarounds import Pair, Share


class AskState(StrEnum):
    """What has become of an ask."""

    OPEN = "open"
    TOLD = "told"
    WITHDRAWN = "withdrawn"


LIVE = (AskState.OPEN, AskState.TOLD)


@dataclass(frozen=True)
class Errand:
    """What one PM is to tell of one fix; instants aware UTC.

    The places are those of its message and of the reminder, once each stands in Slack.
    """

    id: int
    whole_id: int
    fix: int
    pm_id: str
    part: int
    asked_at: datetime
    due_at: datetime
    message_channel: str | None = None
    message_ts: str | None = None
    late_channel: str | None = None
    late_ts: str | None = None


@dataclass(frozen=True)
class Ask:
    """A customer to be told by a PM; `told_at` stays when it is withdrawn later."""

    id: int
    errand_id: int
    pm_id: str
    customer_id: int
    customer: str
    state: AskState
    told_at: datetime | None

    @property
    def pair(self) -> Pair:
        """Who tells whom."""
        return self.pm_id, self.customer_id


def errand(tx: Tx, errand_id: int) -> Errand | None:
    """The errand, or None."""
    row = tx.run(tx.select(errands).where(errands.c.id == errand_id)).first()
    return _errand(row) if row else None


def errands_of(tx: Tx, whole_id: int, fix: int) -> Sequence[Errand]:
    """All errands of a fix, oldest first."""
    theirs = errands.c.whole_id == whole_id, errands.c.fix == fix
    rows = tx.run(tx.select(errands).where(*theirs).order_by(errands.c.id))
    return [_errand(row) for row in rows]


def add_errand(
    tx: Tx, whole_id: int, fix: int, pm_id: str, part: int, now: datetime, due_at: datetime
) -> Errand:
    """A new errand of a PM."""
    known = {"whole_id": whole_id, "fix": fix, "pm_id": pm_id, "part": part}
    times = {"asked_at": now, "due_at": due_at}
    return Errand(tx.add(errands, **known, **times), whole_id, fix, pm_id, part, now, due_at)


def get(tx: Tx, ask_id: int) -> Ask | None:
    """The ask, or None."""
    return next(iter(_read(tx, _joined(tx).where(asks.c.id == ask_id))), None)


def of_errand(tx: Tx, errand_id: int) -> Sequence[Ask]:
    """All asks of an errand, in the order of their customers' names."""
    theirs = _joined(tx).where(asks.c.errand_id == errand_id)
    return _read(tx, theirs.order_by(customers.c.name, asks.c.id))


def live(tx: Tx, whole_id: int) -> Sequence[Ask]:
    """The asks of a whole that are open or told."""
    theirs = _joined(tx).where(errands.c.whole_id == whole_id, asks.c.state.in_(LIVE))
    return _read(tx, theirs.order_by(asks.c.id))


def add(
    tx: Tx, errand_id: int, customer_ids: Collection[int], now: datetime, due_at: datetime
) -> None:
    """A PM is asked to tell these customers, also those of whom it was withdrawn before."""
    fresh = {"state": AskState.OPEN, "asked_at": now, "due_at": due_at, "told_at": None}
    key = ["workspace_id", "errand_id", "customer_id"]
    for customer_id in sorted(customer_ids):
        known = {"errand_id": errand_id, "customer_id": customer_id}
        row = tx.upsert(asks).values(workspace_id=tx.workspace_id, **known, **fresh)
        again = asks.c.state == AskState.WITHDRAWN
        tx.run(row.on_conflict_do_update(index_elements=key, set_=fresh, where=again))


def withdraw(tx: Tx, ids: Collection[int]) -> None:
    """Nobody is asked this any more."""
    these = asks.c.id.in_(list(ids))
    tx.run(tx.update(asks).where(these).values(state=AskState.WITHDRAWN))


def tell(tx: Tx, ask_id: int, now: datetime) -> None:
    """The customer was told."""
    told = {"state": AskState.TOLD, "told_at": now}
    tx.run(tx.update(asks).where(asks.c.id == ask_id, asks.c.state == AskState.OPEN).values(**told))


def posted(tx: Tx, errand_id: int, channel: str, ts: str) -> None:
    """Where an errand's message stands in Slack."""
    place = {"message_channel": channel, "message_ts": ts}
    tx.run(tx.update(errands).where(errands.c.id == errand_id).values(**place))


def reminded(tx: Tx, errand_id: int, channel: str, ts: str) -> None:
    """Where an errand's reminder stands in Slack."""
    place = {"late_channel": channel, "late_ts": ts}
    tx.run(tx.update(errands).where(errands.c.id == errand_id).values(**place))


def counts(tx: Tx, whole_ids: Collection[int]) -> Mapping[int, tuple[int, int]]:
    """How many of the asks of some wholes are told, and how many there are."""
    told = func.sum(case((asks.c.state == AskState.TOLD, 1), else_=0)).label("told")
    found = tx.select(asks, errands.c.whole_id, told, func.count().label("of"))
    theirs = errands.c.whole_id.in_(list(whole_ids)), asks.c.state.in_(LIVE)
    rows = tx.run(found.select_from(_source()).where(*theirs).group_by(errands.c.whole_id))
    return {row.whole_id: (row.told, row.of) for row in rows}


def told_customers(tx: Tx, whole_ids: Collection[int]) -> Mapping[int, Collection[int]]:
    """Customers who know of a fix, by the whole."""
    theirs = errands.c.whole_id.in_(list(whole_ids)), asks.c.state == AskState.TOLD
    found = tx.select(asks, errands.c.whole_id, asks.c.customer_id).select_from(_source())
    known: dict[int, set[int]] = {}
    for row in tx.run(found.where(*theirs)):
        known.setdefault(row.whole_id, set()).add(row.customer_id)
    return known


def share(tx: Tx, since: datetime, now: datetime) -> Share:
    """How many customers were told in time, of the asks made since an instant.

    Those that are told count, and those whose week is over; what was withdrawn does not.
    """
    counted = or_(
        asks.c.state == AskState.TOLD, and_(asks.c.state == AskState.OPEN, asks.c.due_at < now)
    )
    in_time = func.sum(case((asks.c.told_at <= asks.c.due_at, 1), else_=0)).label("in_time")
    found = tx.select(asks, in_time, func.count().label("of"))
    row = tx.run(found.where(asks.c.asked_at >= since, counted)).one()
    return Share(row.in_time or 0, row.of)


def astray(tx: Tx) -> Sequence[int]:
    """Wholes of which somebody who has left is to tell, or of which a closed customer is told."""
    mine = and_(pms.c.workspace_id == errands.c.workspace_id, pms.c.user_id == errands.c.pm_id)
    source = _source().outerjoin(pms, mine)
    found = tx.select(asks, errands.c.whole_id).select_from(source)
    lost = or_(pms.c.user_id.is_(None), customers.c.closed.is_not(None))
    rows = tx.run(found.where(asks.c.state == AskState.OPEN, lost).distinct())
    return sorted(rows.scalars())


def _source() -> Any:
    source = asks.join(errands, asks.c.errand_id == errands.c.id)
    return source.join(customers, asks.c.customer_id == customers.c.id)


def _joined(tx: Tx) -> Select[Any]:
    columns: tuple[ColumnElement[Any], ...] = (
        *(asks.c.id, asks.c.errand_id, asks.c.customer_id, asks.c.state, asks.c.told_at),
        *(errands.c.pm_id, customers.c.name.label("customer")),
    )
    return tx.select(asks, *columns).select_from(_source())


def _read(tx: Tx, found: Select[Any]) -> Sequence[Ask]:
    names = Ask.__dataclass_fields__
    return [
        Ask(**{**{name: getattr(row, name) for name in names}, "state": AskState(row.state)})
        for row in tx.run(found)
    ]


def _errand(row: Row[Any]) -> Errand:
    return Errand(**{name: getattr(row, name) for name in Errand.__dataclass_fields__})
