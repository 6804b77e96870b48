"""Debriefs and their workarounds: queries."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select

from bot.db.engine import Tx
from bot.db.market import customers
from bot.db.tables import debriefs, visits, workarounds
from bot.domain.debriefs import Debrief, Draft, Frequency, Mood, Sharing, Workaround
from bot.domain.visits import VisitKind


def add(tx: Tx, visit_id: int, author_id: str, draft: Draft, now: datetime) -> int | None:
    """A debrief of a visit, with its workarounds; None when the visit has one."""
    known = {"visit_id": visit_id, "author_id": author_id, "created_at": now}
    row = tx.upsert(debriefs).values(workspace_id=tx.workspace_id, **known, **_texts(draft))
    added = row.on_conflict_do_nothing().returning(debriefs.c.id)
    debrief_id: int | None = tx.run(added).scalar()
    if debrief_id is not None:
        _add_workarounds(tx, debrief_id, draft)
    return debrief_id


def rewrite(tx: Tx, debrief_id: int, draft: Draft) -> None:
    """Other words for a debrief that is kept."""
    tx.run(tx.update(debriefs).where(debriefs.c.id == debrief_id).values(**_texts(draft)))
    tx.run(tx.delete(workarounds).where(workarounds.c.debrief_id == debrief_id))
    _add_workarounds(tx, debrief_id, draft)


def of_visit(tx: Tx, visit_id: int) -> Debrief | None:
    """The debrief of a visit."""
    return next(iter(_read(tx, _joined(tx).where(debriefs.c.visit_id == visit_id))), None)


def latest(tx: Tx, author_id: str, limit: int) -> Sequence[Debrief]:
    """The author's newest debriefs."""
    mine = _joined(tx).where(debriefs.c.author_id == author_id)
    return _read(tx, mine.order_by(visits.c.on.desc(), debriefs.c.id.desc()).limit(limit))


def of_customer(tx: Tx, customer_id: int, limit: int) -> Sequence[Debrief]:
    """The newest debriefs of visits to a customer, by anybody."""
    theirs = _joined(tx).where(visits.c.customer_id == customer_id)
    return _read(tx, theirs.order_by(visits.c.on.desc(), debriefs.c.id.desc()).limit(limit))


def untold(tx: Tx, authors: Iterable[str], after: datetime, until: datetime) -> Sequence[Debrief]:
    """Stories of those authors that may be shared, written in (after, until] and in no digest."""
    found = _joined(tx).where(
        debriefs.c.author_id.in_(list(authors)),
        debriefs.c.sharing != Sharing.PRIVATE,
        debriefs.c.told_in.is_(None),
        debriefs.c.created_at > after,
        debriefs.c.created_at <= until,
    )
    return _read(tx, found.order_by(visits.c.on, debriefs.c.id))


def told(tx: Tx, digest_id: int) -> Sequence[Debrief]:
    """The stories of a digest."""
    found = _joined(tx).where(debriefs.c.told_in == digest_id)
    return _read(tx, found.order_by(visits.c.on, debriefs.c.id))


def tell(tx: Tx, ids: Iterable[int], digest_id: int) -> None:
    """These stories stand in that digest."""
    chosen = debriefs.c.id.in_(list(ids))
    tx.run(tx.update(debriefs).where(chosen).values(told_in=digest_id))


def _texts(draft: Draft) -> Mapping[str, Any]:
    names = ("story", "quote", "mood", "nps", "nps_why", "sharing")
    return {name: getattr(draft, name) for name in names}


def _add_workarounds(tx: Tx, debrief_id: int, draft: Draft) -> None:
    for each in draft.workarounds:
        known = {"what": each.what, "why": each.why, "how_often": each.how_often}
        tx.add(workarounds, debrief_id=debrief_id, **known)


def untell(tx: Tx, digest_id: int) -> None:
    """The stories of a digest that was never posted wait for the next one."""
    tx.run(tx.update(debriefs).where(debriefs.c.told_in == digest_id).values(told_in=None))


def _joined(tx: Tx) -> Select[Any]:
    columns = (
        debriefs,
        visits.c.customer_id,
        visits.c.on,
        visits.c.kind,
        customers.c.name.label("customer_name"),
    )
    source = debriefs.join(visits, debriefs.c.visit_id == visits.c.id)
    source = source.join(customers, visits.c.customer_id == customers.c.id)
    return tx.select(debriefs, *columns).select_from(source)


def _read(tx: Tx, found: Select[Any]) -> Sequence[Debrief]:
    rows = tx.run(found).all()
    around = _workarounds(tx, [row.id for row in rows])
    return [_debrief(row, around.get(row.id, ())) for row in rows]


def _workarounds(tx: Tx, ids: Sequence[int]) -> Mapping[int, tuple[Workaround, ...]]:
    found = tx.select(workarounds).where(workarounds.c.debrief_id.in_(ids))
    kept: dict[int, tuple[Workaround, ...]] = {}
    for row in tx.run(found.order_by(workarounds.c.id)) if ids else ():
        often = Frequency(row.how_often) if row.how_often else None
        each = Workaround(row.what, row.why, often)
        kept[row.debrief_id] = (*kept.get(row.debrief_id, ()), each)
    return kept


def _debrief(row: Row[Any], around: tuple[Workaround, ...]) -> Debrief:
    names = set(Debrief.__dataclass_fields__) - {"workarounds"}
    known = {
        **{name: getattr(row, name) for name in names},
        "kind": VisitKind(row.kind),
        "mood": Mood(row.mood) if row.mood else None,
        "sharing": Sharing(row.sharing),
        "workarounds": around,
    }
    return Debrief(**known)
