"""A second process on one SQLite file: reading and imports work, a second clock does not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.platform import process_lock
from sandbox.server import Sandbox
from tests.cli.conftest import Command
from tests.cli.forks import Fork
from tests.cli.test_run import environment, running

SETTINGS = ("DATABASE_URL", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_API_URL")


@pytest.fixture
def settings(slack: Sandbox, folder: Path) -> Iterator[dict[str, str]]:
    """Yield the settings of a bot that runs."""
    known = environment(slack, folder)
    with running(slack, folder):
        slack.wait_for_connection(20)
        yield {name: known[name] for name in SETTINGS}


def test_a_second_bot_on_the_file_is_refused_in_a_line(
    slack: Sandbox, settings: dict[str, str], folder: Path
) -> None:
    second = folder / "second"
    second.mkdir()
    process = Fork(["run"], environment(slack, second, **settings), second)
    out, errors = process.communicate(timeout=20)
    assert (process.returncode, out) == (1, "")
    [line] = errors.splitlines()
    assert line.startswith("nihito.db is in use by `run` (process ")


def test_beside_a_bot_that_runs_commands_work_but_for_a_tick(
    command: Command, settings: dict[str, str], folder: Path
) -> None:
    (folder / "customers.csv").write_text("name\nBrightwater Mill\n")
    imported = command("import", "customers", "customers.csv", **settings)
    assert (imported.code, imported.err) == (0, "")
    assert "database: sqlite:///" in command("doctor").out
    assert command("tick", "--dry-run").code == 0
    assert command("migrate").code == 0
    ended = command("tick")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("nihito.db is in use by `run` (process ")


def test_a_tick_waits_for_another_and_says_so(
    command: Command, slack: Sandbox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.cli.TICK_WAIT_SECONDS", 0.2)
    known = environment(slack, folder)
    settings = {name: known[name] for name in SETTINGS}
    with process_lock.hold(settings["DATABASE_URL"], "tick", 0, print):
        ended = command("tick", **settings)
    told, refused = ended.err.splitlines()
    assert told.startswith("Another process (tick ")
    assert refused.startswith("nihito.db is in use by `tick` ")
    assert (ended.code, ended.out) == (1, "")
    assert command("tick").code == 0
