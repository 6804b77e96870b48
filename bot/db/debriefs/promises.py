"""Queries on promises."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, or_

from bot.db.engine import Tx
from bot.db.tables.customers import customers
from bot.db.tables.debriefs import debriefs, promises
from bot.db.tables.visits import visits
from bot.domain.debriefs.promises import OwedPromise
from bot.domain.debriefs.rules import Sharing


def get(tx: Tx, promise_id: int) -> OwedPromise | None:
    """Return the promise, or None."""
    return next(iter(_read(tx, _select_joined(tx).where(promises.c.id == promise_id))), None)


def list_open_by_debrief(tx: Tx, debrief_id: int) -> Sequence[OwedPromise]:
    """Return the open promises of a debrief."""
    found = _select_joined(tx).where(
        promises.c.debrief_id == debrief_id, promises.c.kept_on.is_(None)
    )
    return _read(tx, found.order_by(promises.c.id))


def list_open_by_owner(tx: Tx, user_id: str, limit: int) -> Sequence[OwedPromise]:
    """Return a user's open promises, most urgent first."""
    mine = promises.c.owner_id == user_id, promises.c.kept_on.is_(None)
    return _read(
        tx, _select_joined(tx).where(*mine).order_by(promises.c.on, promises.c.id).limit(limit)
    )


def list_open_by_customer(
    tx: Tx, customer_id: int, reader_id: str, limit: int
) -> Sequence[OwedPromise]:
    """Return a customer's open promises, of those this reader may see with the customer's name."""
    is_open = visits.c.customer_id == customer_id, promises.c.kept_on.is_(None)
    own = or_(debriefs.c.author_id == reader_id, promises.c.owner_id == reader_id)
    readable = or_(debriefs.c.sharing == Sharing.SHARE, own)
    found = _select_joined(tx).where(*is_open, readable).order_by(promises.c.on, promises.c.id)
    return _read(tx, found.limit(limit))


def return_to_author(tx: Tx, owed: OwedPromise) -> None:
    """Reassign a promise to the author of its debrief."""
    tx.run(tx.update(promises).where(promises.c.id == owed.id).values(owner_id=owed.author_id))


def mark_kept(tx: Tx, promise_id: int, on: date) -> None:
    """Mark a promise as kept on a date, and drop its reminder."""
    where = promises.c.id == promise_id
    tx.run(tx.update(promises).where(where).values(kept_on=on, remind_at=None))


def reschedule(tx: Tx, promise_id: int, on: date, remind_at: datetime) -> None:
    """Set a promise's new date, and the instant of its reminder."""
    where = promises.c.id == promise_id
    tx.run(tx.update(promises).where(where).values(on=on, remind_at=remind_at))


def _select_joined(tx: Tx) -> Select[Any]:
    columns = debriefs.c.author_id, visits.c.customer_id, customers.c.name.label("customer")
    source = promises.join(debriefs, promises.c.debrief_id == debriefs.c.id)
    source = source.join(visits, debriefs.c.visit_id == visits.c.id)
    source = source.join(customers, visits.c.customer_id == customers.c.id)
    return tx.select(promises, promises, *columns).select_from(source)


def _read(tx: Tx, found: Select[Any]) -> Sequence[OwedPromise]:
    names = OwedPromise.__dataclass_fields__
    return [OwedPromise(**{name: getattr(row, name) for name in names}) for row in tx.run(found)]
