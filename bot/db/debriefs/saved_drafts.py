"""Queries on saved drafts: debriefs typed but not submitted."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from bot.db.engine import Tx
from bot.db.tables.debriefs import saved_drafts
from bot.domain.debriefs.rules import (
    Draft,
    Frequency,
    Mood,
    ReportedWorkaround,
    SavedDraft,
    Sharing,
)
from bot.domain.debriefs.sections import (
    Answer,
    DealDecision,
    DealReason,
    HypothesisVerdict,
    Pain,
    PainWeight,
    Promise,
)
from bot.domain.visits.rules import VisitKind

# What drafts call companions that were saved under an older name.
STORED_COMPANIONS = "fellows"


def save(tx: Tx, author_id: str, saved: SavedDraft) -> None:
    """Save what an author has typed so far, unless a later version is saved already."""
    key = {"workspace_id": tx.workspace_id, "author_id": author_id, "key": saved.key}
    fresh = {
        "visit_id": saved.visit_id,
        "nudge_id": saved.nudge_id,
        "debrief_id": saved.debrief_id,
        "form_id": saved.form_id,
        "draft": _to_json(saved.draft),
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


def _to_json(draft: Draft) -> Mapping[str, Any]:
    data = {**asdict(draft), "on": _day(draft.on)}
    data[STORED_COMPANIONS] = data.pop("companions")
    data["promises"] = [{**asdict(each), "on": _day(each.on)} for each in draft.promises]
    return data


def _day(on: date | None) -> str | None:
    return on.isoformat() if on else None


def _saved_draft(row: Row[Any]) -> SavedDraft:
    names = set(SavedDraft.__dataclass_fields__) - {"draft"}
    return SavedDraft(draft=_from_json(row.draft), **{name: getattr(row, name) for name in names})


def _from_json(data: Mapping[str, Any]) -> Draft:
    values = {
        **{name: each for name, each in data.items() if name != STORED_COMPANIONS},
        "on": date.fromisoformat(data["on"]) if data["on"] else None,
        "kind": VisitKind(data["kind"]),
        "mood": Mood(data["mood"]) if data["mood"] else None,
        "sharing": Sharing(data["sharing"]),
        "workarounds": tuple(_reported_workaround(each) for each in data["workarounds"]),
        "pains": tuple(_pain(each) for each in data["pains"]),
        "promises": tuple(_promise(each) for each in data["promises"]),
        "answers": tuple(Answer(**each) for each in data["answers"]),
        "decision": DealDecision(data["decision"]) if data["decision"] else None,
        "reasons": tuple(DealReason(each) for each in data["reasons"]),
        "companions": tuple(data[STORED_COMPANIONS]),
        # Drafts saved before verdicts existed have no such key.
        "verdict": HypothesisVerdict(data["verdict"]) if data.get("verdict") else None,
    }
    return Draft(**values)


def _pain(data: Mapping[str, Any]) -> Pain:
    weight = PainWeight(data["weight"]) if data["weight"] else None
    return Pain(data["what"], weight, data["theme"])


def _promise(data: Mapping[str, Any]) -> Promise:
    on = date.fromisoformat(data["on"]) if data["on"] else None
    return Promise(data["what"], data["owner_id"], on)


def _reported_workaround(data: Mapping[str, Any]) -> ReportedWorkaround:
    often = Frequency(data["how_often"]) if data["how_often"] else None
    return ReportedWorkaround(data["what"], data["why"], often)
