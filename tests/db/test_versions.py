"""The database that each version has left is upgraded, and every value in it stays."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from bot.db import migrate
from bot.db.engine import make_engine
from tests.db.versions.comparing import Changes, Snapshot, find_differences, take_snapshot
from tests.db.versions.rows import (
    StoredDatabase,
    read_rows,
    read_version,
    stored_versions,
    write_rows,
)

ROOT = Path(__file__).parents[2]
EVERY_DATABASE = pytest.mark.parametrize(
    "bare_database", ["sqlite_files", "postgres"], indirect=True
)
EVERY_VERSION = pytest.mark.parametrize("version", stored_versions())
FIRST = "before-0.1.0"


def places(
    table: str, kind: str, columns: str, key: str, prefix: str = "message"
) -> dict[str, str]:
    """Return where the places of a table's messages are now: in the outbox, under a key."""
    source = f"FROM {table} AS old LEFT JOIN outbox ON outbox.workspace_id = old.workspace_id"
    where = f"outbox.kind = '{kind}' AND outbox.message_ts IS NOT NULL AND {key}"
    return {
        f"{table}.{prefix}_{name}": f"SELECT {columns}, outbox.message_{name} {source} AND {where}"
        for name in ("channel", "ts")
    }


BY_ID = "outbox.subject = CAST(old.id AS VARCHAR)"
# A migration that moves or deletes something adds it here, and only that is compared elsewhere.
CHANGES = Changes(
    moved={
        **places(
            "nudges",
            "nudge",
            "old.id",
            'outbox.subject = old.pm_id AND outbox.period = CAST(old."on" AS VARCHAR)',
        ),
        **places("digests", "digest", "old.id", BY_ID),
        **places("flags", "flag", "old.id", BY_ID),
        **places(
            "prompts",
            "prompt",
            "old.workspace_id, old.visit_id",
            "outbox.subject = CAST(old.visit_id AS VARCHAR)",
        ),
        **places(
            "notes",
            "note",
            "old.id",
            "outbox.subject = old.pm_id AND outbox.period = old.month",
        ),
        **places("errands", "fixed", "old.id", BY_ID),
        **places("errands", "fixed_late", "old.id", BY_ID, "late"),
    },
    deleted={"outbox": lambda row: str(row["kind"]).endswith(("_changed", "_gone"))},
)
# As left by a story that was changed just before the upgrade.
PENDING_EDIT = """
    INSERT INTO outbox (id, workspace_id, kind, subject, period, destination, state, created_at,
        due_at, next_at, attempts)
    SELECT 'edit', workspace_id, 'digest_changed', subject, '', destination, 'pending', created_at,
        due_at, next_at, 0
    FROM outbox WHERE kind = 'digest' AND subject = :about
"""
DIGEST = "SELECT kind, state FROM outbox WHERE subject = :about AND kind LIKE 'digest%'"


@pytest.fixture
def bare_database(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Yield an engine for a new database without tables: SQLite, unless parametrized otherwise."""
    source = request.getfixturevalue(getattr(request, "param", "sqlite_files"))
    engine = make_engine(source.bare_database())
    yield engine
    engine.dispose()


def load(engine: Engine, stored: StoredDatabase) -> Snapshot:
    """Fill a database without tables, at the revision of its rows, and return what is in it."""
    migrate.upgrade(engine, stored.revision)
    with engine.begin() as connection:
        write_rows(connection, stored.tables)
        return take_snapshot(connection)


@EVERY_DATABASE
@EVERY_VERSION
def test_every_value_of_a_version_is_there_after_the_upgrade(
    bare_database: Engine, version: str
) -> None:
    before = load(bare_database, read_version(version))
    migrate.upgrade(bare_database)
    migrate.check(bare_database)
    with bare_database.connect() as connection:
        assert find_differences(before, connection, CHANGES) == []


@EVERY_DATABASE
def test_an_edit_that_was_still_to_be_delivered_is_made_after_the_upgrade(
    bare_database: Engine,
) -> None:
    load(bare_database, read_version(FIRST))
    with bare_database.begin() as connection:
        digest_id = connection.execute(text("SELECT MAX(id) FROM digests")).scalar()
        about = {"about": str(digest_id)}
        connection.execute(text(PENDING_EDIT), about)
    migrate.upgrade(bare_database)
    with bare_database.connect() as connection:
        found = connection.execute(text(DIGEST), about).all()
    assert [tuple(row) for row in found] == [("digest", "pending")]


@EVERY_DATABASE
@EVERY_VERSION
def test_what_is_stored_for_a_version_is_what_its_database_holds(
    bare_database: Engine, version: str
) -> None:
    stored = read_version(version)
    load(bare_database, stored)
    with bare_database.connect() as connection:
        assert read_rows(connection) == stored.tables
    assert [name for name, rows in stored.tables.items() if not rows] == []


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("ALTER TABLE barriers DROP COLUMN count", "barriers {key}: count is gone"),
        ("DROP TABLE barriers", "barriers {key}: count is gone"),
        ("DELETE FROM barriers WHERE barrier = 'no_time'", "barriers {key}: count is gone"),
        ("UPDATE barriers SET count = 7", "barriers {key}: count was 1 and is 7"),
    ],
)
def test_what_an_upgrade_loses_or_changes_is_found(
    bare_database: Engine, statement: str, told: str
) -> None:
    before = load(bare_database, read_version(FIRST))
    key = ("T0000001", "2026-03", "no_time")
    with bare_database.begin() as connection:
        connection.execute(text(statement))
        found = find_differences(before, connection, Changes())
    assert told.format(key=key) in found


def move_barriers(connection: Connection) -> None:
    """Move a column of barriers into a table of its own, as a migration would."""
    connection.execute(
        text("CREATE TABLE counts AS SELECT workspace_id, month, barrier, count FROM barriers")
    )
    connection.execute(text("ALTER TABLE barriers DROP COLUMN count"))


MOVED = Changes({"barriers.count": "SELECT workspace_id, month, barrier, count FROM counts"})


def test_a_column_that_was_moved_is_compared_where_it_is_now(bare_database: Engine) -> None:
    before = load(bare_database, read_version(FIRST))
    with bare_database.begin() as connection:
        move_barriers(connection)
        assert find_differences(before, connection, MOVED) == []
        connection.execute(text("UPDATE counts SET count = 7 WHERE barrier = 'no_time'"))
        (found,) = find_differences(before, connection, MOVED)
    assert found.endswith("count was 1 and is 7")


def test_rows_that_were_deleted_on_purpose_are_not_missed(bare_database: Engine) -> None:
    before = load(bare_database, read_version(FIRST))
    meant = Changes(deleted={"barriers": lambda row: row["barrier"] == "no_time"})
    with bare_database.begin() as connection:
        connection.execute(text("DELETE FROM barriers WHERE barrier = 'no_time'"))
        assert find_differences(before, connection, meant) == []
        connection.execute(text("DELETE FROM barriers"))
        assert find_differences(before, connection, meant) != []


def without_database(changelog: str, stored: Sequence[str]) -> Sequence[str]:
    """Return the versions of a changelog that have left no database."""
    versions = re.findall(r"^## (\S+)", changelog, re.MULTILINE)
    return [each for each in versions if each not in ("Unreleased", *stored)]


def test_every_released_version_has_left_a_database() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    missing = without_database(changelog, stored_versions())
    assert missing == [], (
        "`python -m tests.db.versions VERSION` writes it, with that version's code"
    )


def test_a_version_that_left_no_database_is_missed() -> None:
    changelog = "# Changelog\n\n## Unreleased\n\n## 0.2.0 (2027-01-04)\n\n- One.\n\n## 0.1.0\n"
    assert without_database(changelog, ["before-0.1.0", "0.1.0"]) == ["0.2.0"]
