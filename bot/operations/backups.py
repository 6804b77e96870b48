"""Back up the database while the bot runs, and restore it without sending anything twice."""

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, make_url

from bot.db import migrate, workspaces
from bot.db.engine import make_engine, transaction
from bot.db.outbox import restores
from bot.db.outbox.restores import Restore
from bot.domain.outbox.message_ref import MessageRef
from bot.errors import BackupRefused
from bot.platform import sqlite_files
from bot.services import Services

POSTGRESQL = (
    "This is PostgreSQL: back it up with pg_dump, restore it with pg_restore, then run "
    "`python -m bot restored`. docs/running.md has the commands."
)
RUNNING = "A bot, or another program, has {target} open. Stop it first."


@dataclass(frozen=True)
class Backup:
    """What a backup holds: bytes, rows, revision, and the newest instant that it knows (UTC)."""

    file: Path
    size: int
    rows: int
    revision: str
    until: datetime | None


@dataclass(frozen=True)
class RestoredDatabase:
    """A database restored from a backup.

    `kept` is the file it replaced, None if there was none, and `uncertain` how many messages are
    looked up in Slack before they are sent.
    """

    backup: Backup
    kept: Path | None
    uncertain: int


def back_up(database_url: str, file: Path, *, overwrite: bool = False) -> Backup:
    """Back up a SQLite database into a file, whoever uses it meanwhile. Raises `BackupRefused`."""
    source = _sqlite_file(database_url)
    if file.exists() and not overwrite:
        raise BackupRefused(f"{file} exists. Choose another name, or add --overwrite.")
    try:
        with sqlite_files.temporary_file(file) as copied:
            backup = _copy_checked(source, copied)
            sqlite_files.publish(copied, file, overwrite=overwrite)
    except OSError as error:
        raise BackupRefused(f"{file} can't be written: {error.strerror}.") from error
    return replace(backup, file=file)


def restore(database_url: str, file: Path, now: datetime) -> RestoredDatabase:
    """Replace a SQLite database by a backup of this version or an older one.

    The database is left alone until the backup is checked and upgraded, and is kept beside under a
    dated name. Raises `BackupRefused` and `UnknownRevision`.
    """
    target = _sqlite_file(database_url)
    if target.exists() and sqlite_files.is_in_use(target):
        raise BackupRefused(RUNNING.format(target=target))
    try:
        with sqlite_files.temporary_file(target) as copied:
            backup = _copy_checked(file, copied)
            engine = make_engine(f"sqlite:///{copied}")
            try:
                uncertain = mark_restored(engine, now)
            finally:
                engine.dispose()
            if target.exists() and sqlite_files.is_in_use(target):
                raise BackupRefused(RUNNING.format(target=target))
            kept = sqlite_files.replace(copied, target, now)
    except OSError as error:
        raise BackupRefused(f"{target} can't be replaced: {error.strerror}.") from error
    return RestoredDatabase(backup, kept, uncertain)


def mark_restored(engine: Engine, now: datetime) -> int:
    """Upgrade a restored database and save that it was restored.

    From then on what a lost database may have sent is looked up first. Returns how many messages
    that are now. Raises `UnknownRevision`.
    """
    migrate.upgrade(engine)
    newest = min(restores.find_newest_instant(engine) or now, now)
    return sum(
        _mark(engine, workspace_id, Restore(newest, now))
        for workspace_id in workspaces.list_ids(engine)
    )


def is_lost(services: Services, workspace_id: str, message_ref: MessageRef, user_id: str) -> bool:
    """Return whether a message that a user sees was posted by a database that is lost."""
    with services.reading(workspace_id) as tx:
        return restores.is_lost(tx, message_ref, user_id)


def _mark(engine: Engine, workspace_id: str, restore: Restore) -> int:
    with transaction(engine, workspace_id) as tx:
        return restores.mark(tx, restore)


def _copy_checked(source: Path, target: Path) -> Backup:
    if not source.is_file():
        raise BackupRefused(f"There is no {source}.")
    try:
        sqlite_files.copy(source, target)
        damage = sqlite_files.find_damage(target)
        rows = 0 if damage else sqlite_files.count_rows(target)
    except sqlite3.Error as error:
        raise BackupRefused(f"{source} can't be read: {error}.") from error
    if damage:
        raise BackupRefused(f"{source} is damaged: {damage}.")
    engine = make_engine(f"sqlite:///{target}")
    try:
        revision, _ = migrate.revisions(engine)
        if revision is None:
            raise BackupRefused(f"{source} is no database of Nihito's.")
        until = restores.find_newest_instant(engine)
    finally:
        engine.dispose()
    return Backup(source, target.stat().st_size, rows, revision, until)


def _sqlite_file(database_url: str) -> Path:
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        raise BackupRefused(POSTGRESQL)
    if not url.database or url.database == ":memory:":
        raise BackupRefused("A database in memory has no file.")
    return Path(url.database)
