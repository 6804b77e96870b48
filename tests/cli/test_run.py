"""The bot as a process: it serves, and shuts down in order when asked to."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from sandbox.server import Sandbox
from tests.cli.forks import ROOT, Fork


@contextmanager
def running(slack: Sandbox, folder: Path, **settings: str) -> Iterator[Fork]:
    """Run `run` against the sandbox, as a fork."""
    with closing(Fork(["run"], environment(slack, folder, **settings), folder)) as process:
        yield process


@contextmanager
def started(slack: Sandbox, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Run `python -m bot run` against the sandbox, from a cold start."""
    with subprocess.Popen(
        (sys.executable, "-m", "bot", "run"),
        cwd=ROOT,
        env=environment(slack, folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        if process.poll() is None:
            process.kill()


def environment(slack: Sandbox, folder: Path, **settings: str) -> dict[str, str]:
    """Return the environment of a process that serves the sandbox."""
    known = {
        "DATABASE_URL": f"sqlite:///{folder}/nihito.db",
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "PORT": str(free_port()),
    }
    return {**os.environ, **known, **settings}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_and_leaves_in_order_when_asked(
    slack: Sandbox, tmp_path: Path, asked: signal.Signals
) -> None:
    with started(slack, tmp_path) as process:
        slack.wait_for_connection(20)
        ada = slack.add_user("Ada")
        ada.run("/visit", "help")
        slack.expect_message(to=ada, containing="/visit join")
        process.send_signal(asked)
        _, log = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Traceback" not in log
    assert not slack.hub.wait_for_connection(0)


def test_what_was_acknowledged_is_finished_before_it_leaves(slack: Sandbox, tmp_path: Path) -> None:
    with running(slack, tmp_path) as process:
        slack.wait_for_connection(20)
        slack.faults.hang_seconds = 1.0
        slack.fail("users.info", "hang")
        ada = slack.add_user("Ada")
        assert ada.run("/visit", "help").acked
        process.send_signal(signal.SIGTERM)
        slack.expect_message(to=ada, containing="/visit join")
        _, log = process.communicate(timeout=20)
    assert (process.returncode, "Traceback" in log) == (0, False)


def test_what_was_typed_before_the_process_was_killed_is_there_when_it_runs_again(
    slack: Sandbox, tmp_path: Path
) -> None:
    ada = slack.add_user("Ada")
    with running(slack, tmp_path) as process:
        slack.wait_for_connection(20)
        ada.run("/visit", "join")
        ada.wait_for_view()
        ada.submit()
        slack.expect_message(to=ada, containing="Welcome")
        ada.run("/debrief", "Brightwater Mill")
        form = ada.wait_for_view()
        ada.fill(story="They print every order.")
        ada.press(form, "debrief.more")
        assert slack.workspace.wait_until(lambda: "quote" in form.state_values or None, 5.0)
        process.kill()
        process.communicate(timeout=20)
    while slack.hub.wait_for_connection(0):
        time.sleep(0.02)
    with running(slack, tmp_path) as process:
        slack.wait_for_connection(20)
        ada.run("/debrief")
        assert slack.workspace.wait_until(lambda: ada.view is not form or None, 5.0)
        assert ada.view.state_values["story"]["debrief.typed"]["value"] == "They print every order."
        ada.submit()
        slack.expect_message(to=ada, containing="is kept")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


@pytest.mark.parametrize("setting", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
def test_a_token_that_slack_does_not_know_is_said_in_a_line(
    slack: Sandbox, tmp_path: Path, setting: str
) -> None:
    with running(slack, tmp_path, NIHITO_LOG="error", **{setting: "xoxb-wrong"}) as process:
        out, errors = process.communicate(timeout=20)
    assert (process.returncode, out) == (1, "")
    assert "Traceback" not in errors
    said = errors.splitlines()[-1]
    assert said == "Slack refused: invalid_auth. `python -m bot doctor` says what to mend."
