"""Workarounds and what they belong to: queries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, or_

from bot.db.engine import Tx
from bot.db.tables.customers import customers
from bot.db.tables.debriefs import debriefs
from bot.db.tables.staff import pms
from bot.db.tables.visits import visits
from bot.db.tables.workarounds import merges, wholes, workarounds
from bot.domain.debriefs.rules import Sharing
from bot.domain.visits.rules import VisitKind
from bot.domain.workarounds import Seen, State, Whole

# Databases take only so many values in one statement.
AT_ONCE = 1000


@dataclass(frozen=True)
class Merge:
    """Workarounds (`moved`, by id) that joined a whole; `joined_id` is what they were before.

    `by` is a Slack id, `at` aware UTC.
    """

    id: int
    whole_id: int
    joined_id: int
    moved: Sequence[int]
    by: str
    at: datetime


def get(tx: Tx, workaround_id: int) -> Seen | None:
    """The workaround, or None."""
    return next(iter(_read(tx, _joined(tx).where(workarounds.c.id == workaround_id))), None)


def latest(tx: Tx, limit: int, *, told: bool) -> Sequence[Seen]:
    """The newest workarounds; those whose customers know of the fix are left out unless `told`."""
    waits = or_(wholes.c.state.is_(None), wholes.c.state != State.TOLD)
    found = _joined(tx) if told else _joined(tx).where(waits)
    return _read(tx, found.order_by(workarounds.c.id.desc()).limit(limit))


def of_whole(tx: Tx, whole_id: int) -> Sequence[Seen]:
    """All that belongs to a whole, newest first."""
    theirs = _joined(tx).where(workarounds.c.whole_id == whole_id)
    return _read(tx, theirs.order_by(workarounds.c.id.desc()))


def of_customer(tx: Tx, customer_id: int, limit: int) -> Sequence[Seen]:
    """What was seen at a customer, newest first."""
    theirs = _joined(tx).where(visits.c.customer_id == customer_id)
    return _read(tx, theirs.order_by(workarounds.c.id.desc()).limit(limit))


def whole(tx: Tx, whole_id: int) -> Whole | None:
    """The whole, or None."""
    row = tx.run(tx.select(wholes).where(wholes.c.id == whole_id)).first()
    return _whole(row) if row else None


def add_whole(tx: Tx, workaround_id: int, by: str, now: datetime) -> Whole:
    """A whole for a workaround that stood alone until now."""
    made = Whole(0)
    id = tx.add(wholes, **_values(made), changed_by=by, changed_at=now)
    join(tx, [workaround_id], id)
    return Whole(id)


def keep(tx: Tx, whole: Whole) -> None:
    """Record a whole as given."""
    tx.run(tx.update(wholes).where(wholes.c.id == whole.id).values(**_values(whole)))


def changed(tx: Tx, whole_id: int, by: str, now: datetime) -> None:
    """Who changed a whole last, and when."""
    who = {"changed_by": by, "changed_at": now, "version": wholes.c.version + 1}
    tx.run(tx.update(wholes).where(wholes.c.id == whole_id).values(**who))


def join(tx: Tx, ids: Collection[int], whole_id: int) -> None:
    """These belong to that whole now."""
    _move(tx, ids, whole_id)


def leave(tx: Tx, ids: Collection[int]) -> None:
    """These stand alone now."""
    _move(tx, ids, None)


def wholes_of(tx: Tx, ids: Collection[int]) -> Sequence[int]:
    """Ids of the wholes that some workarounds belong to, in order."""
    known, found = list(ids), set()
    for start in range(0, len(known), AT_ONCE):
        these = workarounds.c.id.in_(known[start : start + AT_ONCE])
        rows = tx.select(workarounds, workarounds.c.whole_id).where(these)
        found |= set(tx.run(rows.distinct()).scalars())
    return sorted(each for each in found if each is not None)


def add_merge(
    tx: Tx, whole_id: int, joined_id: int, moved: Sequence[int], by: str, now: datetime
) -> None:
    """Keep who made one of two, when, and what moved."""
    who = {"merged_by": by, "merged_at": now}
    tx.add(merges, whole_id=whole_id, joined_id=joined_id, moved=list(moved), **who)


def merges_of(tx: Tx, whole_id: int) -> Sequence[Merge]:
    """What has joined a whole and was not taken apart again, newest first."""
    here = merges.c.whole_id == whole_id, merges.c.undone_at.is_(None)
    rows = tx.run(tx.select(merges).where(*here).order_by(merges.c.id.desc()))
    return [
        Merge(row.id, row.whole_id, row.joined_id, row.moved, row.merged_by, row.merged_at)
        for row in rows
    ]


def undo(tx: Tx, merge_id: int, by: str, now: datetime) -> None:
    """Keep who took a merge apart, and when."""
    undone = {"undone_by": by, "undone_at": now}
    tx.run(tx.update(merges).where(merges.c.id == merge_id).values(**undone))


def pms_among(tx: Tx, user_ids: Collection[str]) -> Collection[str]:
    """Those of some people who are PMs."""
    found = tx.select(pms, pms.c.user_id).where(pms.c.user_id.in_(user_ids))
    return set(tx.run(found).scalars())


def _move(tx: Tx, ids: Collection[int], whole_id: int | None) -> None:
    known = list(ids)
    for start in range(0, len(known), AT_ONCE):
        these = workarounds.c.id.in_(known[start : start + AT_ONCE])
        tx.run(tx.update(workarounds).where(these).values(whole_id=whole_id))


def _values(whole: Whole) -> dict[str, Any]:
    names = "state", "release", "fix", "version"
    return {name: getattr(whole, name) for name in names}


def _joined(tx: Tx) -> Select[Any]:
    columns = (
        *(workarounds.c.id, workarounds.c.what, workarounds.c.whole_id),
        *(debriefs.c.author_id, debriefs.c.sharing),
        *(visits.c.customer_id, visits.c.on, visits.c.kind),
        *(customers.c.name, customers.c.owner_id, customers.c.closed),
        *(wholes.c.state, wholes.c.release, wholes.c.fix, wholes.c.version),
    )
    source = workarounds.join(debriefs, workarounds.c.debrief_id == debriefs.c.id)
    source = source.join(visits, debriefs.c.visit_id == visits.c.id)
    source = source.join(customers, visits.c.customer_id == customers.c.id)
    source = source.outerjoin(wholes, workarounds.c.whole_id == wholes.c.id)
    return tx.select(workarounds, *columns).select_from(source)


def _read(tx: Tx, found: Select[Any]) -> Sequence[Seen]:
    return [_seen(row) for row in tx.run(found)]


def _seen(row: Row[Any]) -> Seen:
    release, fix, version = row.release, row.fix, row.version
    known = Whole(row.whole_id, State(row.state), release, fix, version) if row.state else None
    return Seen(
        id=row.id,
        what=row.what,
        author_id=row.author_id,
        sharing=Sharing(row.sharing),
        customer_id=row.customer_id,
        customer=row.name,
        on=row.on,
        kind=VisitKind(row.kind),
        owner_id=row.owner_id,
        closed=row.closed is not None,
        whole=known,
    )


def _whole(row: Row[Any]) -> Whole:
    return Whole(row.id, State(row.state), row.release, row.fix, row.version)
