"""Many rows at once: handed to one statement as a table, whichever database it is."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import (
    Date,
    FromClause,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from bot.db.engine import Tx
from bot.db.tables.column_types import Instant

Kinds = Mapping[str, TypeEngine[Any]]


def as_table(tx: Tx, kinds: Kinds, rows: Sequence[Mapping[str, Any]]) -> FromClause:
    """The rows as a table with columns of these names and types.

    They travel as one JSON text: with a parameter for each value, drivers take longer to read the
    statement than databases take to run it.
    """
    postgresql = tx.connection.dialect.name == "postgresql"
    # Few dates and instants serve many rows.
    say = cache(partial(_said, postgresql))
    dated = {name for name, kind in kinds.items() if isinstance(kind, Date | Instant)}
    text = json.dumps(
        [[say(row[name]) if name in dated else row[name] for name in kinds] for row in rows]
    )
    given = bindparam("rows", text, Text)
    return _in_postgresql(given, kinds) if postgresql else _in_sqlite(given, kinds)


def adding(tx: Tx, table: Table, rows: Sequence[Mapping[str, Any]], same: Mapping[str, Any]) -> Any:
    """An insert of the rows, with columns that are the `same` in all, leaving out known keys."""
    given = as_table(tx, {name: table.c[name].type for name in rows[0]}, rows)
    alike = [literal(value, table.c[name].type) for name, value in same.items()]
    # SQLite takes what stands after a bare table for its alias: "ON CONFLICT" needs a WHERE before.
    chosen = select(*given.c, *alike).where(literal(1) == 1)
    return tx.upsert(table).from_select([*rows[0], *same], chosen).on_conflict_do_nothing()


def _in_postgresql(given: Any, kinds: Kinds) -> FromClause:
    # Not JSON, whose text would be read anew for each of a row's columns.
    rows = func.jsonb_array_elements(cast(given, JSONB))
    value = rows.table_valued(column("value", JSONB)).c.value
    return select(
        *(
            cast(value.op("->>")(place), kind).label(name)
            for place, (name, kind) in enumerate(kinds.items())
        )
    ).subquery()


def _in_sqlite(given: Any, kinds: Kinds) -> FromClause:
    value = func.json_each(given).table_valued("value").c.value
    rows = select(
        *(
            type_coerce(func.json_extract(value, f"$[{place}]"), kind).label(name)
            for place, (name, kind) in enumerate(kinds.items())
        )
    )
    # No limit, but one that has the rows read once: SQLite would look through them for each row
    # of what they are joined with.
    return rows.limit(-1).subquery()


def _said(postgresql: bool, value: Any) -> Any:
    """A value as JSON has it: dates and instants in the form in which SQLite keeps them."""
    if isinstance(value, datetime):
        at = value.astimezone(UTC)
        kept = at if postgresql else at.replace(tzinfo=None)
        return kept.isoformat(" ", "microseconds")
    return value.isoformat() if isinstance(value, date) else value
