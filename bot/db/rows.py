"""Rows as values, one at a time, and many of them in one statement on SQLite and PostgreSQL."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from functools import cache, partial
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Row,
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

ColumnTypes = Mapping[str, TypeEngine[Any]]
Value = TypeVar("Value")


def parse_row(row: Row[Any], value_type: type[Value], **parsed: object) -> Value:
    """Parse a row into a dataclass; fields whose column needs more than its value are `parsed`."""
    names = _field_names(value_type)  # type: ignore[arg-type]
    columns = {name: getattr(row, name) for name in names if name not in parsed}
    return value_type(**columns, **parsed)


@cache
def _field_names(value_type: type[Any]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(value_type))


def as_table(tx: Tx, column_types: ColumnTypes, rows: Sequence[Mapping[str, Any]]) -> FromClause:
    """Return the rows as a table with columns of these names and types.

    They are sent as one JSON text: with a parameter for each value, drivers take longer to parse
    the statement than databases take to run it.
    """
    postgresql = tx.connection.dialect.name == "postgresql"
    # Many rows share a few dates and instants.
    encode = cache(partial(_encode, postgresql))
    date_columns = {
        name
        for name, column_type in column_types.items()
        if isinstance(column_type, Date | Instant)
    }
    text = json.dumps(
        [
            [encode(row[name]) if name in date_columns else row[name] for name in column_types]
            for row in rows
        ]
    )
    rows_parameter = bindparam("rows", text, Text)
    return (
        _postgresql_table(rows_parameter, column_types)
        if postgresql
        else _sqlite_table(rows_parameter, column_types)
    )


def insert_new(
    tx: Tx, table: Table, rows: Sequence[Mapping[str, Any]], shared: Mapping[str, Any]
) -> Any:
    """Build an insert of the rows with the `shared` values in each, skipping keys that exist."""
    given = as_table(tx, {name: table.c[name].type for name in rows[0]}, rows)
    shared_columns = [
        value if isinstance(value, ColumnElement) else literal(value, table.c[name].type)
        for name, value in shared.items()
    ]
    # SQLite reads a word after a bare table as its alias: "ON CONFLICT" needs a WHERE before it.
    chosen = select(*given.c, *shared_columns).where(literal(1) == 1)
    return tx.upsert(table).from_select([*rows[0], *shared], chosen).on_conflict_do_nothing()


def _postgresql_table(given: Any, column_types: ColumnTypes) -> FromClause:
    # Not JSON, whose text would be parsed again for each of a row's columns.
    rows = func.jsonb_array_elements(cast(given, JSONB))
    value = rows.table_valued(column("value", JSONB)).c.value
    return select(
        *(
            cast(value.op("->>")(index), column_type).label(name)
            for index, (name, column_type) in enumerate(column_types.items())
        )
    ).subquery()


def _sqlite_table(given: Any, column_types: ColumnTypes) -> FromClause:
    value = func.json_each(given).table_valued("value").c.value
    rows = select(
        *(
            type_coerce(func.json_extract(value, f"$[{index}]"), column_type).label(name)
            for index, (name, column_type) in enumerate(column_types.items())
        )
    )
    # LIMIT -1 limits nothing, but makes SQLite read the rows once instead of scanning them for
    # each row of the table they are joined with.
    return rows.limit(-1).subquery()


def _encode(postgresql: bool, value: Any) -> Any:
    """Encode a value for JSON: dates and instants in the form in which SQLite stores them."""
    if isinstance(value, datetime):
        at = value.astimezone(UTC)
        stored = at if postgresql else at.replace(tzinfo=None)
        return stored.isoformat(" ", "microseconds")
    return value.isoformat() if isinstance(value, date) else value
