"""Queries on debriefs, with their sections."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Select

from bot.db.debriefs import sections as section_queries
from bot.db.debriefs.stored_drafts import VISIT_COLUMNS, from_columns, to_columns
from bot.db.engine import Tx
from bot.db.tables.customers import customers
from bot.db.tables.debriefs import debriefs
from bot.db.tables.visits import visits
from bot.db.visits import queries as visit_queries
from bot.domain.debriefs.rules import Debrief, Draft, Sharing


def add(
    tx: Tx, visit_id: int, author_id: str, draft: Draft, now: datetime, form_id: str = ""
) -> int | None:
    """Add a visit's debrief with its sections and return its id; None if the visit has one.

    `form_id` is the form it was written in.
    """
    known = {"visit_id": visit_id, "author_id": author_id, "created_at": now}
    # SQLite may reuse a deleted debrief's id: this start keeps old forms from matching the new one.
    known |= {"version": int(now.timestamp()) % 2**30, "form_id": form_id}
    known |= {"shared_at": None if draft.sharing is Sharing.PRIVATE else now}
    row = tx.upsert(debriefs).values(workspace_id=tx.workspace_id, **known, **to_columns(draft))
    added = row.on_conflict_do_nothing().returning(debriefs.c.id)
    debrief_id: int | None = tx.run(added).scalar()
    if debrief_id is not None:
        section_queries.save(tx, debrief_id, draft)
    return debrief_id


def set_shared_at(tx: Tx, debrief_id: int, at: datetime | None) -> None:
    """Set the instant from which a debrief may be shared; None if it may not."""
    tx.run(tx.update(debriefs).where(debriefs.c.id == debrief_id).values(shared_at=at))


def update(tx: Tx, debrief_id: int, draft: Draft, form_id: str) -> None:
    """Update a saved debrief with the draft of a form."""
    values = {**to_columns(draft), "form_id": form_id, "version": debriefs.c.version + 1}
    tx.run(tx.update(debriefs).where(debriefs.c.id == debrief_id).values(**values))
    section_queries.save(tx, debrief_id, draft)


def get(tx: Tx, debrief_id: int) -> Debrief | None:
    """Return the debrief, or None."""
    return next(iter(_read(tx, _select_joined(tx).where(debriefs.c.id == debrief_id))), None)


def remove(tx: Tx, debrief_id: int) -> None:
    """Delete a debrief and its sections."""
    section_queries.remove(tx, debrief_id)
    tx.run(tx.delete(debriefs).where(debriefs.c.id == debrief_id))


def get_by_visit(tx: Tx, visit_id: int) -> Debrief | None:
    """Return the debrief of a visit, or None."""
    return next(iter(_read(tx, _select_joined(tx).where(debriefs.c.visit_id == visit_id))), None)


def is_submitted(tx: Tx, author_id: str, form_id: str) -> bool:
    """Return whether a form of the author's has been submitted and saved."""
    mine = debriefs.c.author_id == author_id, debriefs.c.form_id == form_id
    return tx.run(tx.select(debriefs, debriefs.c.id).where(*mine).limit(1)).first() is not None


def find_duplicate(tx: Tx, author_id: str, draft: Draft) -> Debrief | None:
    """Return the author's debrief that is identical to the draft, or None."""
    mine = debriefs.c.author_id == author_id, debriefs.c.story == draft.story
    where = visits.c.customer_id == draft.customer_id, visits.c.on == draft.on
    found = _read(tx, _select_joined(tx).where(*mine, *where).order_by(debriefs.c.id))
    return next((each for each in found if each.draft == draft), None)


def list_latest(tx: Tx, author_id: str, limit: int) -> Sequence[Debrief]:
    """Return the author's newest debriefs."""
    mine = _select_joined(tx).where(debriefs.c.author_id == author_id)
    return _read(tx, mine.order_by(visits.c.on.desc(), debriefs.c.id.desc()).limit(limit))


def list_by_customer(tx: Tx, customer_id: int, limit: int) -> Sequence[Debrief]:
    """Return the newest debriefs of visits to a customer, by any author."""
    theirs = _select_joined(tx).where(visits.c.customer_id == customer_id)
    return _read(tx, theirs.order_by(visits.c.on.desc(), debriefs.c.id.desc()).limit(limit))


def list_unposted(
    tx: Tx, authors: Iterable[str], after: datetime, until: datetime
) -> Sequence[Debrief]:
    """Return the authors' stories cleared for sharing in (after, until] that are in no digest."""
    found = _select_joined(tx).where(
        debriefs.c.author_id.in_(list(authors)),
        debriefs.c.sharing != Sharing.PRIVATE,
        debriefs.c.digest_id.is_(None),
        debriefs.c.shared_at > after,
        debriefs.c.shared_at <= until,
    )
    return _read(tx, found.order_by(visits.c.on, debriefs.c.id))


def list_by_digest(tx: Tx, digest_id: int) -> Sequence[Debrief]:
    """Return the stories of a digest."""
    found = _select_joined(tx).where(debriefs.c.digest_id == digest_id)
    return _read(tx, found.order_by(visits.c.on, debriefs.c.id))


def assign_to_digest(tx: Tx, ids: Iterable[int], digest_id: int) -> None:
    """Assign stories to a digest."""
    chosen = debriefs.c.id.in_(list(ids))
    tx.run(tx.update(debriefs).where(chosen).values(digest_id=digest_id))


def remove_from_digest(tx: Tx, digest_id: int) -> None:
    """Release the stories of a digest that was never posted, for the next one."""
    tx.run(tx.update(debriefs).where(debriefs.c.digest_id == digest_id).values(digest_id=None))


def _select_joined(tx: Tx) -> Select[Any]:
    of_visit = [visits.c[name] for name in VISIT_COLUMNS]
    source = debriefs.join(visits, debriefs.c.visit_id == visits.c.id)
    source = source.join(customers, visits.c.customer_id == customers.c.id)
    name = customers.c.name.label("customer_name")
    return tx.select(debriefs, debriefs, *of_visit, name).select_from(source)


def _read(tx: Tx, found: Select[Any]) -> Sequence[Debrief]:
    rows = tx.run(found).all()
    sections, companions = (
        section_queries.list_by_debrief(tx, [row.id for row in rows]),
        visit_queries.list_companions(tx, [row.visit_id for row in rows]),
    )
    names = [each.name for each in fields(Debrief) if each.name != "draft"]
    return [
        Debrief(
            draft=from_columns(row, sections[row.id], companions.get(row.visit_id, ())),
            **{name: getattr(row, name) for name in names},
        )
        for row in rows
    ]
