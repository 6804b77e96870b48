"""Queries on the sections of a debrief beside its story, each entry a row of its own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Table, or_

from bot.db.engine import Tx
from bot.db.tables.debriefs import answers, debriefs, pains, promises
from bot.db.tables.workarounds import sightings
from bot.domain.customers import name_key
from bot.domain.debriefs.rules import ENTRIES, Draft, Sharing
from bot.domain.debriefs.sections import Pain
from bot.domain.similarity import MIN_SIMILARITY, similarity

TABLES = {"workarounds": sightings, "pains": pains, "promises": promises, "answers": answers}
# The column that identifies a row when its debrief is saved again.
KEY_COLUMNS = {"workarounds": "what", "pains": "what", "promises": "what", "answers": "subject"}

Values = Mapping[str, Any]


def save(tx: Tx, debrief_id: int, draft: Draft) -> None:
    """Save a draft's sections, replacing those of the debrief.

    A sighting is a workaround as this debrief reports it.

    A row whose text stays the same, or nearly so, keeps its id and its state.
    """
    for name, table in TABLES.items():
        _replace(tx, table, KEY_COLUMNS[name], debrief_id, _rows(name, draft))


def remove(tx: Tx, debrief_id: int) -> None:
    """Delete all sections of a debrief."""
    for name, table in TABLES.items():
        _replace(tx, table, KEY_COLUMNS[name], debrief_id, ())


def list_sighting_ids(tx: Tx, debrief_id: int) -> Sequence[int]:
    """Return the ids of a debrief's sightings."""
    return [row_id for row_id, _ in _list_stored(tx, sightings, "what", debrief_id)]


def list_dropped_sightings(tx: Tx, debrief_id: int, draft: Draft) -> Sequence[int]:
    """Return the ids of sightings that a debrief loses when this draft is saved."""
    stored = _list_stored(tx, sightings, "what", debrief_id)
    matched = _match_rows(stored, [each.what for each in draft.workarounds])
    return [row_id for row_id, _ in stored if row_id not in matched]


def list_by_debrief(
    tx: Tx, debrief_ids: Sequence[int]
) -> Mapping[int, Mapping[str, Sequence[Values]]]:
    """Return the values of the entries of debriefs, by debrief id and field of a draft."""
    sections: dict[int, dict[str, list[Values]]] = {
        each: {name: [] for name in TABLES} for each in debrief_ids
    }
    for name, table in TABLES.items() if debrief_ids else ():
        columns = [each.name for each in fields(ENTRIES[name])]
        found = tx.select(table).where(table.c.debrief_id.in_(debrief_ids)).order_by(table.c.id)
        for row in tx.run(found):
            values = {column: getattr(row, column) for column in columns}
            sections[row.debrief_id][name].append(values)
    return sections


def search_themes(tx: Tx, reader_id: str, typed: str, limit: int) -> Sequence[str]:
    """Return themes of pains that contain what was typed, sorted, if this reader may see them."""
    column = pains.c.theme_key
    readable = or_(debriefs.c.sharing == Sharing.SHARE, debriefs.c.author_id == reader_id)
    found = (
        tx.select(pains, pains.c.theme)
        .select_from(pains.join(debriefs, pains.c.debrief_id == debriefs.c.id))
        .where(column != "", column.contains(name_key(typed), autoescape=True), readable)
        .distinct()
        .order_by(pains.c.theme)
    )
    return tx.run(found.limit(limit)).scalars().all()


def _rows(name: str, draft: Draft) -> Sequence[Values]:
    return [
        _pain_row(each) if isinstance(each, Pain) else vars(each) for each in getattr(draft, name)
    ]


def _pain_row(pain: Pain) -> Values:
    theme = " ".join(pain.theme.split())
    return {**vars(pain), "theme": theme, "theme_key": name_key(theme)[:120]}


def _list_stored(tx: Tx, table: Table, name: str, debrief_id: int) -> Sequence[tuple[int, str]]:
    mine = tx.select(table).where(table.c.debrief_id == debrief_id).order_by(table.c.id)
    return [(row.id, getattr(row, name)) for row in tx.run(mine)]


def _replace(tx: Tx, table: Table, name: str, debrief_id: int, rows: Sequence[Values]) -> None:
    stored = _list_stored(tx, table, name, debrief_id)
    matched = _match_rows(stored, [row[name] for row in rows])
    for row, row_id in zip(rows, matched, strict=True):
        if row_id is None:
            tx.add(table, debrief_id=debrief_id, **row)
        else:
            _update(tx, table, row_id, row)
    removed = [row_id for row_id, _ in stored if row_id not in matched]
    if removed:
        tx.run(tx.delete(table).where(table.c.id.in_(removed)))


def _update(tx: Tx, table: Table, row_id: int, row: Values) -> None:
    where = table.c.id == row_id
    if table is promises:
        # A promise with a new date is open again.
        tx.run(tx.update(table).where(where, table.c.on != row["on"]).values(kept_on=None))
    tx.run(tx.update(table).where(where).values(**row))


def _match_rows(stored: Iterable[tuple[int, str]], names: Sequence[str]) -> list[int | None]:
    """Return, for each name, the id of the row with that text, else of a similar one, else None.

    A different promise or workaround must not inherit the state of an old row.
    """
    unmatched = list(stored)
    matched: list[int | None] = []
    for name in names:
        same = next((each for each in unmatched if each[1] == name), None)
        if same:
            unmatched.remove(same)
        matched.append(same[0] if same else None)
    for at, name in enumerate(names):
        similar = next(
            (each for each in unmatched if similarity(each[1], name) >= MIN_SIMILARITY), None
        )
        if matched[at] is None and similar:
            unmatched.remove(similar)
            matched[at] = similar[0]
    return matched
