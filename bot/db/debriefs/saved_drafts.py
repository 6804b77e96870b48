"""Debriefs that nobody has submitted yet: queries."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from bot.db.engine import Tx
from bot.db.tables.debriefs import unfinished
from bot.domain.debriefs.rules import Draft, Frequency, Mood, Sharing, Unfinished, Workaround
from bot.domain.debriefs.sections import Answer, Decision, Pain, Promise, Reason, Verdict, Weight
from bot.domain.visits.rules import VisitKind


def keep(tx: Tx, author_id: str, words: Unfinished) -> None:
    """Keep what somebody has typed so far, unless something typed later is kept already."""
    key = {"workspace_id": tx.workspace_id, "author_id": author_id, "key": words.key}
    fresh = {
        "visit_id": words.visit_id,
        "nudge_id": words.nudge_id,
        "debrief_id": words.debrief_id,
        "form_id": words.form_id,
        "draft": _written(words.draft),
        "typed_at": words.typed_at,
        "since": words.since,
    }
    # What did not fit stands beside the form, and is not typed again.
    fresh |= {"rest": words.rest} if words.rest else {}
    row = tx.upsert(unfinished).values(**key, **{"rest": "", **fresh})
    later = unfinished.c.typed_at <= words.typed_at
    tx.run(row.on_conflict_do_update(index_elements=list(key), set_=fresh, where=later))


def get(tx: Tx, author_id: str, key: str) -> Unfinished | None:
    """What somebody has left unfinished under a key."""
    mine = unfinished.c.author_id == author_id, unfinished.c.key == key
    row = tx.run(tx.select(unfinished).where(*mine)).first()
    return _unfinished(row) if row else None


def of(tx: Tx, author_id: str, since: datetime) -> Sequence[Unfinished]:
    """The debriefs that somebody has begun since an instant and left unfinished, newest first."""
    mine = unfinished.c.author_id == author_id, unfinished.c.since >= since
    new = unfinished.c.debrief_id.is_(None)
    found = tx.select(unfinished).where(*mine, new).order_by(unfinished.c.typed_at.desc())
    return [_unfinished(row) for row in tx.run(found)]


def take_over(tx: Tx, author_id: str, key: str) -> None:
    """What was left in one window is gone on with in another."""
    mine = unfinished.c.author_id == author_id, unfinished.c.key == key
    tx.run(tx.update(unfinished).where(*mine).values(form_id=""))


def forget(tx: Tx, author_id: str, key: str, form_id: str | None = None) -> None:
    """What was kept under a key is submitted in a window, or thrown away wherever it stands.

    The words of another window are its own.
    """
    mine = unfinished.c.author_id == author_id, unfinished.c.key == key
    gone = tx.delete(unfinished).where(*mine)
    if form_id is not None:
        gone = gone.where(unfinished.c.form_id.in_(["", form_id]))
    tx.run(gone)


def tidy(tx: Tx, before: datetime) -> int:
    """Forget what has been left alone since before an instant; gives how many."""
    return tx.run(tx.delete(unfinished).where(unfinished.c.since < before)).rowcount


def _written(draft: Draft) -> Mapping[str, Any]:
    written = {**asdict(draft), "on": _day(draft.on)}
    written["promises"] = [{**asdict(each), "on": _day(each.on)} for each in draft.promises]
    return written


def _day(on: date | None) -> str | None:
    return on.isoformat() if on else None


def _unfinished(row: Row[Any]) -> Unfinished:
    names = set(Unfinished.__dataclass_fields__) - {"draft"}
    return Unfinished(draft=_read(row.draft), **{name: getattr(row, name) for name in names})


def _read(kept: Mapping[str, Any]) -> Draft:
    typed = {
        **kept,
        "on": date.fromisoformat(kept["on"]) if kept["on"] else None,
        "kind": VisitKind(kept["kind"]),
        "mood": Mood(kept["mood"]) if kept["mood"] else None,
        "sharing": Sharing(kept["sharing"]),
        "workarounds": tuple(_workaround(each) for each in kept["workarounds"]),
        "pains": tuple(_pain(each) for each in kept["pains"]),
        "promises": tuple(_promise(each) for each in kept["promises"]),
        "answers": tuple(Answer(**each) for each in kept["answers"]),
        "decision": Decision(kept["decision"]) if kept["decision"] else None,
        "reasons": tuple(Reason(each) for each in kept["reasons"]),
        "fellows": tuple(kept["fellows"]),
        # What was kept before there were any does not name it.
        "verdict": Verdict(kept["verdict"]) if kept.get("verdict") else None,
    }
    return Draft(**typed)


def _pain(kept: Mapping[str, Any]) -> Pain:
    weight = Weight(kept["weight"]) if kept["weight"] else None
    return Pain(kept["what"], weight, kept["theme"])


def _promise(kept: Mapping[str, Any]) -> Promise:
    on = date.fromisoformat(kept["on"]) if kept["on"] else None
    return Promise(kept["what"], kept["owner_id"], on)


def _workaround(kept: Mapping[str, Any]) -> Workaround:
    often = Frequency(kept["how_often"]) if kept["how_often"] else None
    return Workaround(kept["what"], kept["why"], often)
