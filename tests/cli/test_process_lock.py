"""The lock under which one process does what is due in a SQLite file."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from bot.errors import DatabaseInUse
from bot.platform import process_lock

HOLDER = """
import sys, time
from bot.platform import process_lock
with process_lock.hold(sys.argv[1], "run", 0, print):
    print("held", flush=True)
    time.sleep(60)
"""


def hold_until(url: str, command: str, held: Event, free: Event) -> None:
    with process_lock.hold(url, command, 0, print):
        held.set()
        free.wait(20)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/nihito.db"


def held_by(url: str, command: str, stack: ExitStack) -> Callable[[], None]:
    """Hold the lock elsewhere until the result is called, or the stack is closed."""
    held, free = Event(), Event()
    pool = stack.enter_context(ThreadPoolExecutor(1))
    stack.callback(free.set)
    pool.submit(hold_until, url, command, held, free)
    assert held.wait(5)
    return free.set


def test_a_second_tick_is_told_and_waits_for_the_first(url: str) -> None:
    told: list[str] = []
    with ExitStack() as stack:
        free = held_by(url, "tick", stack)

        def tell(sentence: str) -> None:
            told.append(sentence)
            free()

        with process_lock.hold(url, "tick", 5, tell):
            pass
    [sentence] = told
    assert sentence.startswith("Another process (tick ")
    assert sentence.endswith(") is at work on nihito.db: waiting for it.")


def test_nobody_waits_for_longer_than_they_said(url: str) -> None:
    started = monotonic()
    with ExitStack() as stack:
        held_by(url, "tick", stack)
        with pytest.raises(DatabaseInUse, match="in use by `tick`"):
            stack.enter_context(process_lock.hold(url, "tick", 0.3, lambda _: None))
    assert 0.3 < monotonic() - started < 3


@pytest.mark.parametrize("command", ["run", "tick"])
def test_nobody_waits_for_a_bot_that_runs(url: str, command: str) -> None:
    started = monotonic()
    with ExitStack() as stack:
        held_by(url, "run", stack)
        with pytest.raises(DatabaseInUse, match=r"nihito.db is in use by `run` \(process \d+\)"):
            stack.enter_context(process_lock.hold(url, command, 60, print))
    assert monotonic() - started < 3


def test_the_lock_ends_with_its_process_however_that_ends(url: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, url], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(DatabaseInUse), process_lock.hold(url, "run", 0, print):
            pass
        process.kill()
    with process_lock.hold(url, "run", 0, print):
        pass


@pytest.mark.parametrize("name", ["a b.db", "./a b.db", "link.db", "folder/../a b.db"])
def test_one_file_has_one_lock_by_whatever_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.db").symlink_to("a b.db")
    with (
        process_lock.hold(f"sqlite:///{tmp_path}/a b.db", "run", 0, print),
        pytest.raises(DatabaseInUse),
        process_lock.hold(f"sqlite:///{name}", "run", 0, print),
    ):
        pass


def test_files_have_locks_of_their_own(tmp_path: Path) -> None:
    with (
        process_lock.hold(f"sqlite:///{tmp_path}/one.db", "run", 0, print),
        process_lock.hold(f"sqlite:///{tmp_path}/other.db", "run", 0, print),
    ):
        pass


@pytest.mark.parametrize(
    "url", ["postgresql://127.0.0.1:9/none", "sqlite://", "sqlite:///:memory:"]
)
def test_only_files_are_locked(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with process_lock.hold(url, "run", 0, print), process_lock.hold(url, "run", 0, print):
        assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_locked_it_says_so_and_goes_on() -> None:
    told: list[str] = []
    with process_lock.hold("sqlite:////nowhere/at/all.db", "run", 0, told.append):
        pass
    assert told == [
        "all.db can't be locked (No such file or directory): make sure that no other process runs "
        "on this file."
    ]
