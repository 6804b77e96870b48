"""The commands as a shell runs them: arguments and environment in, output and exit code out."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.cli import main
from bot.db.engine import make_engine
from bot.log import configure
from sandbox.server import Sandbox
from tests.operations.conftest import workspace

__all__ = ["workspace"]

OWN_VARIABLES = ("SLACK_", "NIHITO_", "DATABASE_URL", "HOST", "PORT")


@dataclass(frozen=True)
class CommandResult:
    """The exit code and output of a command."""

    code: int
    out: str
    err: str


Command = Callable[..., CommandResult]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Change to an empty folder, and clear the settings in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in [each for each in os.environ if each.startswith(OWN_VARIABLES)]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def command(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Command]:
    """Yield a function that runs a command; keywords are settings for it and the following ones."""
    assert folder == Path.cwd()

    def run(*arguments: str, **settings: str) -> CommandResult:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["nihito", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        code = ended.value.code
        return CommandResult(code if isinstance(code, int) else 0, said.out, said.err)

    yield run
    # The commands configured logging to what was the standard error of a test.
    configure("error")


def settings_for(slack: Sandbox, database: str) -> dict[str, str]:
    """Return settings for a sandbox and a database."""
    return {
        "DATABASE_URL": database,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
    }


def set_revision(database: str, revision: str) -> None:
    """Let a database say that it is at another revision."""
    engine = make_engine(database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
    engine.dispose()
