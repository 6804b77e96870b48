"""Migrations: upgrade, downgrade and check of the database schema."""

from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Upgrade the database to the newest revision, or to a given one."""
    current, newest = revisions(engine)
    if current != newest:
        command.upgrade(_config(engine), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Downgrade the database to an older revision; data that only newer ones have is lost."""
    command.downgrade(_config(engine), revision)


def check(engine: Engine) -> None:
    """Raise if the tables in the code differ from those in the database."""
    command.check(_config(engine))


def revisions(engine: Engine) -> tuple[str | None, str | None]:
    """Return the database's revision (None if it has none) and the newest one."""
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current, _newest()


@lru_cache(maxsize=1)
def _newest() -> str | None:
    return ScriptDirectory(str(_scripts())).get_current_head()


def _scripts() -> Traversable:
    return files("bot.db") / "migrations"


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_scripts()))
    config.attributes["engine"] = engine
    return config
