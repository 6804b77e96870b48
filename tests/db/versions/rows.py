"""Read all rows of a database as plain values, and write them into an empty one.

Both go by the columns that the database has, not by those the code knows: it may be an old one.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

FOLDER = Path(__file__).parent
NOTE = "A made-up company: nobody in here is real."

Row = Mapping[str, Any]


@dataclass(frozen=True)
class StoredDatabase:
    """A filled database: its revision, and the rows of each table by the names in SQL."""

    revision: str
    tables: Mapping[str, Sequence[Row]]


def stored_versions() -> Sequence[str]:
    """Return the versions that have left a filled database."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def read_version(version: str) -> StoredDatabase:
    """Return the filled database that a version has left."""
    stored = json.loads((FOLDER / f"{version}.json").read_text(encoding="utf-8"))
    tables = {
        name: [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
        for name, table in stored["tables"].items()
    }
    return StoredDatabase(stored["revision"], tables)


def write_version(version: str, database: StoredDatabase) -> Path:
    """Write a filled database, a line for each row, and return its path."""
    tables = ",\n".join(_table_text(*each) for each in sorted(database.tables.items()))
    head = f'{{"note": {json.dumps(NOTE)}, "revision": {json.dumps(database.revision)}'
    path = FOLDER / f"{version}.json"
    path.write_text(f'{head}, "tables": {{\n{tables}\n}}}}\n', encoding="utf-8")
    return path


def _table_text(name: str, rows: Sequence[Row]) -> str:
    columns = list(rows[0]) if rows else []
    lines = ",\n".join(_json(list(row.values())) for row in rows)
    return f'{_json(name)}: {{"columns": {_json(columns)}, "rows": [\n{lines}\n]}}'


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def read_rows(connection: sa.Connection) -> Mapping[str, Sequence[Row]]:
    """Return all rows, sorted by their keys, with instants in UTC; the same on both engines."""
    return {table.name: list(_rows(connection, table)) for table in _tables(connection)}


def _rows(connection: sa.Connection, table: sa.Table) -> Iterator[Row]:
    keys = [column.name for column in table.primary_key]
    found = connection.execute(sa.select(table)).mappings()
    for row in sorted(found, key=lambda each: [each[key] for key in keys]):
        yield {name: to_plain(value) for name, value in row.items()}


def write_rows(connection: sa.Connection, tables: Mapping[str, Sequence[Row]]) -> None:
    """Insert rows into a database that has none."""
    for table in _tables(connection):
        rows = [_from_plain(table, row) for row in tables.get(table.name, ())]
        if rows:
            connection.execute(sa.insert(table), rows)
        if connection.dialect.name == "postgresql" and "id" in table.primary_key:
            _advance_ids(connection, table)


def _tables(connection: sa.Connection) -> Sequence[sa.Table]:
    metadata = sa.MetaData()
    metadata.reflect(connection)
    tables = [each for each in metadata.sorted_tables if each.name != "alembic_version"]
    for column in (column for table in tables for column in table.columns):
        if isinstance(column.type, sa.JSON):
            column.type.none_as_null = True
    return tables


def _advance_ids(connection: sa.Connection, table: sa.Table) -> None:
    """Number new rows after those that were inserted with their ids."""
    sequence = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(table.name, "id")))
    if sequence:
        highest = sa.select(sa.func.max(table.c.id)).scalar_subquery()
        connection.execute(sa.select(sa.func.setval(sequence, highest)))


def to_plain(value: Any) -> Any:
    """Return a value as JSON has it; an instant without a zone is in UTC."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date | time) else value


PARSERS: Sequence[tuple[type[Any], Callable[[str], Any]]] = (
    (sa.DateTime, datetime.fromisoformat),
    (sa.Date, date.fromisoformat),
    (sa.Time, time.fromisoformat),
)


def _from_plain(table: sa.Table, row: Row) -> Row:
    return {name: _parse(table.c[name].type, value) for name, value in row.items()}


def _parse(kind: sa.types.TypeEngine[Any], value: Any) -> Any:
    parse = next((parse for known, parse in PARSERS if isinstance(kind, known)), None)
    return value if value is None or parse is None else parse(value)
