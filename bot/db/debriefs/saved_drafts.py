"""Queries on saved drafts: debriefs typed but not submitted."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from bot.db.debriefs.stored_drafts import from_json, to_json
from bot.db.engine import Tx
from bot.db.tables.debriefs import saved_drafts
from bot.domain.debriefs.rules import SavedDraft


def save(tx: Tx, author_id: str, saved: SavedDraft) -> None:
    """Save what an author has typed so far, unless a later version is saved already."""
    key = {"workspace_id": tx.workspace_id, "author_id": author_id, "key": saved.key}
    fresh = {
        "visit_id": saved.visit_id,
        "nudge_id": saved.nudge_id,
        "debrief_id": saved.debrief_id,
        "form_id": saved.form_id,
        "draft": to_json(saved.draft),
        "typed_at": saved.typed_at,
        "since": saved.since,
    }
    # The text that did not fit is shown beside the form, not typed again: don't clear it.
    fresh |= {"rest": saved.rest} if saved.rest else {}
    row = tx.upsert(saved_drafts).values(**key, **{"rest": "", **fresh})
    later = saved_drafts.c.typed_at <= saved.typed_at
    tx.run(row.on_conflict_do_update(index_elements=list(key), set_=fresh, where=later))


def get(tx: Tx, author_id: str, key: str) -> SavedDraft | None:
    """Return an author's saved draft under a key, or None."""
    mine = saved_drafts.c.author_id == author_id, saved_drafts.c.key == key
    row = tx.run(tx.select(saved_drafts).where(*mine)).first()
    return _saved_draft(row) if row else None


def list_new_by_author(tx: Tx, author_id: str, since: datetime) -> Sequence[SavedDraft]:
    """Return an author's saved drafts of new debriefs since an instant, newest first."""
    mine = saved_drafts.c.author_id == author_id, saved_drafts.c.since >= since
    is_new = saved_drafts.c.debrief_id.is_(None)
    found = tx.select(saved_drafts).where(*mine, is_new).order_by(saved_drafts.c.typed_at.desc())
    return [_saved_draft(row) for row in tx.run(found)]


def detach_form(tx: Tx, author_id: str, key: str) -> None:
    """Detach a saved draft from its form, to continue it in another."""
    mine = saved_drafts.c.author_id == author_id, saved_drafts.c.key == key
    tx.run(tx.update(saved_drafts).where(*mine).values(form_id=""))


def remove(tx: Tx, author_id: str, key: str, form_id: str | None = None) -> None:
    """Delete a saved draft: that of a submitted form, or, with `form_id` None, of any form.

    A draft that belongs to another form stays.
    """
    mine = saved_drafts.c.author_id == author_id, saved_drafts.c.key == key
    deletion = tx.delete(saved_drafts).where(*mine)
    if form_id is not None:
        deletion = deletion.where(saved_drafts.c.form_id.in_(["", form_id]))
    tx.run(deletion)


def remove_before(tx: Tx, before: datetime) -> int:
    """Delete drafts not saved again since before an instant and return how many."""
    return tx.run(tx.delete(saved_drafts).where(saved_drafts.c.since < before)).rowcount


def _saved_draft(row: Row[Any]) -> SavedDraft:
    names = [each.name for each in fields(SavedDraft) if each.name != "draft"]
    return SavedDraft(draft=from_json(row.draft), **{name: getattr(row, name) for name in names})
