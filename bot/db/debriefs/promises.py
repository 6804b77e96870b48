"""Promises: queries."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, or_

from bot.db.engine import Tx
from bot.db.tables.customers import customers
from bot.db.tables.debriefs import debriefs, promises
from bot.db.tables.visits import visits
from bot.domain.debriefs.promises import Owed
from bot.domain.debriefs.rules import Sharing


def get(tx: Tx, promise_id: int) -> Owed | None:
    """The promise, or None."""
    return next(iter(_read(tx, _joined(tx).where(promises.c.id == promise_id))), None)


def of_debrief(tx: Tx, debrief_id: int) -> Sequence[Owed]:
    """What a debrief promises and nobody has kept yet."""
    found = _joined(tx).where(promises.c.debrief_id == debrief_id, promises.c.kept_on.is_(None))
    return _read(tx, found.order_by(promises.c.id))


def owed_by(tx: Tx, user_id: str, limit: int) -> Sequence[Owed]:
    """What somebody has still to keep, the most urgent first."""
    mine = promises.c.owner_id == user_id, promises.c.kept_on.is_(None)
    return _read(tx, _joined(tx).where(*mine).order_by(promises.c.on, promises.c.id).limit(limit))


def owed_to(tx: Tx, customer_id: int, reader_id: str, limit: int) -> Sequence[Owed]:
    """What is still owed to a customer, of what this reader may read under the customer's name."""
    open_yet = visits.c.customer_id == customer_id, promises.c.kept_on.is_(None)
    own = or_(debriefs.c.author_id == reader_id, promises.c.owner_id == reader_id)
    read = or_(debriefs.c.sharing == Sharing.SHARE, own)
    found = _joined(tx).where(*open_yet, read).order_by(promises.c.on, promises.c.id)
    return _read(tx, found.limit(limit))


def hand_back(tx: Tx, owed: Owed) -> None:
    """It falls back to whoever made the promise."""
    tx.run(tx.update(promises).where(promises.c.id == owed.id).values(owner_id=owed.author_id))


def keep(tx: Tx, promise_id: int, on: date) -> None:
    """It was kept on a date."""
    where = promises.c.id == promise_id
    tx.run(tx.update(promises).where(where).values(kept_on=on, remind_at=None))


def move(tx: Tx, promise_id: int, on: date, remind_at: datetime) -> None:
    """It is to be kept by a date, and reminded of at an instant."""
    where = promises.c.id == promise_id
    tx.run(tx.update(promises).where(where).values(on=on, remind_at=remind_at))


def _joined(tx: Tx) -> Select[Any]:
    columns = debriefs.c.author_id, visits.c.customer_id, customers.c.name.label("customer")
    source = promises.join(debriefs, promises.c.debrief_id == debriefs.c.id)
    source = source.join(visits, debriefs.c.visit_id == visits.c.id)
    source = source.join(customers, visits.c.customer_id == customers.c.id)
    return tx.select(promises, promises, *columns).select_from(source)


def _read(tx: Tx, found: Select[Any]) -> Sequence[Owed]:
    names = Owed.__dataclass_fields__
    return [Owed(**{name: getattr(row, name) for name in names}) for row in tx.run(found)]
