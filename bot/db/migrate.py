"""Migrations: the database brought to what the code expects."""

from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest revision, from nothing or from any older one."""
    current, newest = revisions(engine)
    if current != newest:
        command.upgrade(_config(engine), "head")


def downgrade(engine: Engine, revision: str) -> None:
    """Bring the database back to an older revision; what only newer ones know is lost."""
    command.downgrade(_config(engine), revision)


def check(engine: Engine) -> None:
    """Raise when the tables in the code and those in the database differ."""
    command.check(_config(engine))


def revisions(engine: Engine) -> tuple[str | None, str | None]:
    """The revision that the database has, and the newest there is."""
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
