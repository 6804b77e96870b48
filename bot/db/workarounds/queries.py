"""Queries on workarounds, their sightings and merges."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, or_

from bot.db.engine import Tx
from bot.db.staff.membership import may_get_messages
from bot.db.tables.customers import customers
from bot.db.tables.debriefs import debriefs
from bot.db.tables.staff import pms
from bot.db.tables.visits import visits
from bot.db.tables.workarounds import merges, sightings, workarounds
from bot.domain.debriefs.rules import Sharing
from bot.domain.visits.rules import VisitKind
from bot.domain.workarounds import Sighting, Workaround, WorkaroundState

# Databases limit the number of values in one statement.
MAX_IDS_A_STATEMENT = 1000


@dataclass(frozen=True)
class Merge:
    """A merge that moved `sighting_ids` from the workaround `joined_id` to `workaround_id`.

    `by` is a Slack id, `at` aware UTC.
    """

    id: int
    workaround_id: int
    merged_id: int
    sighting_ids: Sequence[int]
    by: str
    at: datetime


def get_sighting(tx: Tx, sighting_id: int) -> Sighting | None:
    """Return the sighting, or None."""
    return next(iter(_read(tx, _select_joined(tx).where(sightings.c.id == sighting_id))), None)


def list_latest(tx: Tx, limit: int, *, include_told: bool) -> Sequence[Sighting]:
    """Return the newest sightings; those of told workarounds only with `include_told`."""
    is_untold = or_(workarounds.c.state.is_(None), workarounds.c.state != WorkaroundState.TOLD)
    found = _select_joined(tx) if include_told else _select_joined(tx).where(is_untold)
    return _read(tx, found.order_by(sightings.c.id.desc()).limit(limit))


def list_by_workaround(tx: Tx, workaround_id: int) -> Sequence[Sighting]:
    """Return all sightings of a workaround, newest first."""
    theirs = _select_joined(tx).where(sightings.c.workaround_id == workaround_id)
    return _read(tx, theirs.order_by(sightings.c.id.desc()))


def list_by_customer(tx: Tx, customer_id: int, limit: int) -> Sequence[Sighting]:
    """Return the sightings at a customer, newest first."""
    theirs = _select_joined(tx).where(visits.c.customer_id == customer_id)
    return _read(tx, theirs.order_by(sightings.c.id.desc()).limit(limit))


def get_workaround(tx: Tx, workaround_id: int) -> Workaround | None:
    """Return the workaround, or None."""
    row = tx.run(tx.select(workarounds).where(workarounds.c.id == workaround_id)).first()
    return _workaround(row) if row else None


def add_workaround(tx: Tx, sighting_id: int, by: str, now: datetime) -> Workaround:
    """Add a workaround for a sighting that has none, and return it."""
    empty = Workaround(0)
    id = tx.add(workarounds, **_values(empty), changed_by=by, changed_at=now)
    assign_to_workaround(tx, [sighting_id], id)
    return Workaround(id)


def save(tx: Tx, workaround: Workaround) -> None:
    """Save a workaround as given."""
    tx.run(
        tx.update(workarounds)
        .where(workarounds.c.id == workaround.id)
        .values(**_values(workaround))
    )


def mark_changed(tx: Tx, workaround_id: int, by: str, now: datetime) -> None:
    """Save who changed a workaround last and when, and count up its version."""
    who = {"changed_by": by, "changed_at": now, "version": workarounds.c.version + 1}
    tx.run(tx.update(workarounds).where(workarounds.c.id == workaround_id).values(**who))


def assign_to_workaround(tx: Tx, ids: Collection[int], workaround_id: int) -> None:
    """Assign sightings to a workaround."""
    _set_workaround(tx, ids, workaround_id)


def detach(tx: Tx, ids: Collection[int]) -> None:
    """Detach sightings from their workarounds."""
    _set_workaround(tx, ids, None)


def list_workaround_ids(tx: Tx, ids: Collection[int]) -> Sequence[int]:
    """Return the ids, sorted, of the workarounds of some sightings."""
    known, found = list(ids), set()
    for start in range(0, len(known), MAX_IDS_A_STATEMENT):
        these = sightings.c.id.in_(known[start : start + MAX_IDS_A_STATEMENT])
        rows = tx.select(sightings, sightings.c.workaround_id).where(these)
        found |= set(tx.run(rows.distinct()).scalars())
    return sorted(each for each in found if each is not None)


def add_merge(
    tx: Tx, workaround_id: int, merged_id: int, sighting_ids: Sequence[int], by: str, now: datetime
) -> None:
    """Add a merge: who merged two workarounds, when, and the sightings moved."""
    who = {"merged_by": by, "merged_at": now}
    tx.add(
        merges, workaround_id=workaround_id, merged_id=merged_id, moved=list(sighting_ids), **who
    )


def list_merges(tx: Tx, workaround_id: int) -> Sequence[Merge]:
    """Return the merges into a workaround that weren't undone, newest first."""
    here = merges.c.workaround_id == workaround_id, merges.c.undone_at.is_(None)
    rows = tx.run(tx.select(merges).where(*here).order_by(merges.c.id.desc()))
    return [
        Merge(row.id, row.workaround_id, row.merged_id, row.moved, row.merged_by, row.merged_at)
        for row in rows
    ]


def undo_merge(tx: Tx, merge_id: int, by: str, now: datetime) -> None:
    """Mark a merge as undone: by which user and when."""
    undone = {"undone_by": by, "undone_at": now}
    tx.run(tx.update(merges).where(merges.c.id == merge_id).values(**undone))


def list_pms_among(tx: Tx, user_ids: Collection[str]) -> Collection[str]:
    """Return those of the users who are PMs."""
    found = tx.select(pms, pms.c.user_id).where(
        pms.c.user_id.in_(user_ids), may_get_messages(tx, pms.c.user_id, pms)
    )
    return set(tx.run(found).scalars())


def _set_workaround(tx: Tx, ids: Collection[int], workaround_id: int | None) -> None:
    known = list(ids)
    for start in range(0, len(known), MAX_IDS_A_STATEMENT):
        these = sightings.c.id.in_(known[start : start + MAX_IDS_A_STATEMENT])
        tx.run(tx.update(sightings).where(these).values(workaround_id=workaround_id))


def _values(workaround: Workaround) -> dict[str, Any]:
    names = "state", "release", "fix", "version"
    return {name: getattr(workaround, name) for name in names}


def _select_joined(tx: Tx) -> Select[Any]:
    columns = (
        *(sightings.c.id, sightings.c.what, sightings.c.workaround_id),
        *(debriefs.c.author_id, debriefs.c.sharing),
        *(visits.c.customer_id, visits.c.on, visits.c.kind),
        *(customers.c.name, customers.c.owner_id, customers.c.closed),
        *(workarounds.c.state, workarounds.c.release, workarounds.c.fix, workarounds.c.version),
    )
    source = sightings.join(debriefs, sightings.c.debrief_id == debriefs.c.id)
    source = source.join(visits, debriefs.c.visit_id == visits.c.id)
    source = source.join(customers, visits.c.customer_id == customers.c.id)
    source = source.outerjoin(workarounds, sightings.c.workaround_id == workarounds.c.id)
    return tx.select(sightings, *columns).select_from(source)


def _read(tx: Tx, found: Select[Any]) -> Sequence[Sighting]:
    return [_sighting(row) for row in tx.run(found)]


def _sighting(row: Row[Any]) -> Sighting:
    release, fix, version = row.release, row.fix, row.version
    workaround = (
        Workaround(row.workaround_id, WorkaroundState(row.state), release, fix, version)
        if row.state
        else None
    )
    return Sighting(
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
        workaround=workaround,
    )


def _workaround(row: Row[Any]) -> Workaround:
    return Workaround(row.id, WorkaroundState(row.state), row.release, row.fix, row.version)
