"""Heard: what stands in a debrief beside the story, each a row of its own. Queries."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Table, or_

from bot.db.engine import Tx
from bot.db.tables.debriefs import answers, debriefs, pains, promises
from bot.db.tables.workarounds import workarounds
from bot.domain.customers import name_key
from bot.domain.debriefs.rules import Draft, Frequency, Sharing, Workaround
from bot.domain.debriefs.sections import Answer, Pain, Promise, Weight
from bot.domain.similarity import ENOUGH, likeness

TABLES = {"workarounds": workarounds, "pains": pains, "promises": promises, "answers": answers}
# What tells one row of a debrief from another when the debrief is written anew.
NAMES = {"workarounds": "what", "pains": "what", "promises": "what", "answers": "subject"}

Values = Mapping[str, Any]


def keep(tx: Tx, debrief_id: int, draft: Draft) -> None:
    """Keep what a draft holds, and nothing else of this debrief.

    A row that is written anew stays the row that it is, with what has become of it since.
    """
    for name, table in TABLES.items():
        _replace(tx, table, NAMES[name], debrief_id, _rows(name, draft))


def remove(tx: Tx, debrief_id: int) -> None:
    """Forget what a debrief holds."""
    for name, table in TABLES.items():
        _replace(tx, table, NAMES[name], debrief_id, ())


def workaround_ids(tx: Tx, debrief_id: int) -> Sequence[int]:
    """The ids of a debrief's workarounds."""
    return [row_id for row_id, _ in _kept(tx, workarounds, "what", debrief_id)]


def leaving(tx: Tx, debrief_id: int, draft: Draft) -> Sequence[int]:
    """The ids of workarounds that a debrief holds no more once this draft is kept."""
    kept = _kept(tx, workarounds, "what", debrief_id)
    paired = _paired(kept, [each.what for each in draft.workarounds])
    return [row_id for row_id, _ in kept if row_id not in paired]


def of(tx: Tx, debrief_ids: Sequence[int]) -> Mapping[int, Mapping[str, tuple[Any, ...]]]:
    """What these debriefs hold, by debrief and by field of a draft."""
    held: dict[int, dict[str, tuple[Any, ...]]] = {
        each: dict.fromkeys(TABLES, ()) for each in debrief_ids
    }
    for name, table in TABLES.items() if debrief_ids else ():
        found = tx.select(table).where(table.c.debrief_id.in_(debrief_ids)).order_by(table.c.id)
        for row in tx.run(found):
            parts = held[row.debrief_id]
            parts[name] = (*parts[name], READERS[name](row))
    return held


def themes(tx: Tx, reader_id: str, typed: str, limit: int) -> Sequence[str]:
    """Themes of pains that hold what was typed, by name, of what this reader may read."""
    column = pains.c.theme_key
    read = or_(debriefs.c.sharing == Sharing.SHARE, debriefs.c.author_id == reader_id)
    found = (
        tx.select(pains, pains.c.theme)
        .select_from(pains.join(debriefs, pains.c.debrief_id == debriefs.c.id))
        .where(column != "", column.contains(name_key(typed), autoescape=True), read)
        .distinct()
        .order_by(pains.c.theme)
    )
    return tx.run(found.limit(limit)).scalars().all()


def _rows(name: str, draft: Draft) -> Sequence[Values]:
    return [WRITERS[name](each) for each in getattr(draft, name)]


def _kept(tx: Tx, table: Table, name: str, debrief_id: int) -> Sequence[tuple[int, str]]:
    mine = tx.select(table).where(table.c.debrief_id == debrief_id).order_by(table.c.id)
    return [(row.id, getattr(row, name)) for row in tx.run(mine)]


def _replace(tx: Tx, table: Table, name: str, debrief_id: int, rows: Sequence[Values]) -> None:
    kept = _kept(tx, table, name, debrief_id)
    paired = _paired(kept, [row[name] for row in rows])
    for row, row_id in zip(rows, paired, strict=True):
        if row_id is None:
            tx.add(table, debrief_id=debrief_id, **row)
        else:
            _write(tx, table, row_id, row)
    gone = [row_id for row_id, _ in kept if row_id not in paired]
    if gone:
        tx.run(tx.delete(table).where(table.c.id.in_(gone)))


def _write(tx: Tx, table: Table, row_id: int, row: Values) -> None:
    where = table.c.id == row_id
    if table is promises:
        # What is promised for another day is owed anew.
        tx.run(tx.update(table).where(where, table.c.on != row["on"]).values(kept_on=None))
    tx.run(tx.update(table).where(where).values(**row))


def _paired(kept: Iterable[tuple[int, str]], names: Sequence[str]) -> list[int | None]:
    """The row that each is written to: the one of that name, else one that says nearly the same.

    What has become of a promise or a workaround is not handed on to another one.
    """
    left = list(kept)
    paired: list[int | None] = []
    for name in names:
        same = next((each for each in left if each[1] == name), None)
        if same:
            left.remove(same)
        paired.append(same[0] if same else None)
    for at, name in enumerate(names):
        near = next((each for each in left if likeness(each[1], name) >= ENOUGH), None)
        if paired[at] is None and near:
            left.remove(near)
            paired[at] = near[0]
    return paired


def _pain(pain: Pain) -> Values:
    theme = " ".join(pain.theme.split())
    return {
        "what": pain.what,
        "weight": pain.weight,
        "theme": theme,
        "theme_key": name_key(theme)[:120],
    }


WRITERS: Mapping[str, Any] = {
    "workarounds": lambda each: {
        "what": each.what,
        "why": each.why,
        "how_often": each.how_often,
    },
    "pains": _pain,
    "promises": lambda each: {"what": each.what, "owner_id": each.owner_id, "on": each.on},
    "answers": lambda each: {"subject": each.subject, "said": each.said},
}


def _read_workaround(row: Row[Any]) -> Workaround:
    often = Frequency(row.how_often) if row.how_often else None
    return Workaround(row.what, row.why, often)


READERS: Mapping[str, Any] = {
    "workarounds": _read_workaround,
    "pains": lambda row: Pain(row.what, Weight(row.weight) if row.weight else None, row.theme),
    "promises": lambda row: Promise(row.what, row.owner_id, row.on),
    "answers": lambda row: Answer(row.subject, row.said),
}
