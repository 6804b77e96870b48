"""Compare an upgraded database with the rows it had before, value by value."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from tests.db.versions.rows import Row, read_rows, to_plain

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Changes:
    """What migrations have moved and deleted since the oldest stored version.

    `moved` maps a column that is gone, such as "nudges.message_ts", to a query of where its values
    are now: first the columns of the old row's key, then the value. `deleted` maps a table to a
    condition on its old rows.
    """

    moved: Mapping[str, str] = field(default_factory=dict)
    deleted: Mapping[str, Callable[[Row], bool]] = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """All rows of a database, by table and by key, and the columns of each key."""

    keys: Mapping[str, Sequence[str]]
    rows: Mapping[str, Mapping[Key, Row]]


def take_snapshot(connection: sa.Connection) -> Snapshot:
    """Return all rows of a database as they are now."""
    seen = sa.inspect(connection)
    rows = read_rows(connection)
    keys = {name: seen.get_pk_constraint(name)["constrained_columns"] for name in rows}
    by_key = {
        name: {tuple(row[column] for column in keys[name]): row for row in table}
        for name, table in rows.items()
    }
    return Snapshot(keys, by_key)


def find_differences(before: Snapshot, connection: sa.Connection, changes: Changes) -> list[str]:
    """Return a line for each value that is neither where it was nor where it was moved."""
    after = take_snapshot(connection)
    return [
        line
        for table, rows in before.rows.items()
        for line in _compare_table(table, rows, after, connection, changes)
    ]


def _compare_table(
    table: str,
    rows: Mapping[Key, Row],
    after: Snapshot,
    connection: sa.Connection,
    changes: Changes,
) -> Iterator[str]:
    is_deleted = changes.deleted.get(table, lambda _: False)
    left = {key: row for key, row in rows.items() if not is_deleted(row)}
    for column in next(iter(rows.values()), {}):
        query = changes.moved.get(f"{table}.{column}")
        now = _find_moved(connection, query) if query else _find_values(after, table, column)
        for key, row in left.items():
            if key not in now:
                yield f"{table} {key}: {column} is gone"
            elif now[key] != row[column]:
                yield f"{table} {key}: {column} was {row[column]!r} and is {now[key]!r}"


def _find_values(after: Snapshot, table: str, column: str) -> Mapping[Key, Any]:
    rows = after.rows.get(table, {})
    return {key: row[column] for key, row in rows.items() if column in row}


def _find_moved(connection: sa.Connection, query: str) -> Mapping[Key, Any]:
    found = connection.execute(sa.text(query))
    return {tuple(key): to_plain(value) for *key, value in found}
