"""Migrations: upgrade and check of the database schema."""

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from bot.errors import UnknownRevision


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Upgrade the database to the newest revision, or to a given one, from nothing or an older one.

    Raises `UnknownRevision` when the code has no way from the database's revision.
    """
    current, newest = revisions(engine)
    if current == newest:
        return
    known = _list_revisions()
    if current is not None and current not in known:
        raise UnknownRevision(current, known[0], known[-1])
    command.upgrade(_config(engine), revision)


def check(engine: Engine) -> None:
    """Raise if the tables in the code differ from those in the database."""
    command.check(_config(engine))


def revisions(engine: Engine) -> tuple[str | None, str]:
    """Return the database's revision (None if it has none) and the newest one."""
    with engine.connect().execution_options(reading=True) as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current, _list_revisions()[-1]


@lru_cache(maxsize=1)
def _list_revisions() -> Sequence[str]:
    """Return all revisions, oldest first."""
    scripts = ScriptDirectory(str(_scripts())).walk_revisions()
    return [each.revision for each in scripts][::-1]


def _scripts() -> Traversable:
    return files("bot.db") / "migrations"


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_scripts()))
    config.attributes["engine"] = engine
    return config
