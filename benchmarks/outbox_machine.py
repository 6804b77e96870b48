"""Run the outbox's state machine for many more runs than the tests have time for."""

import argparse
import sys
import tempfile
from pathlib import Path
from time import monotonic

from bot.log import configure
from tests.operations.outbox.test_outbox_machine import drive
from tests.support.databases import SqliteFiles, postgres_server

EXAMPLES, STEPS = 150, 20


def main(examples: int, steps: int) -> int:
    """Print a line per database; raise what the first failing run raises."""
    # Faults on order are logged by the hundred.
    configure("critical")
    with tempfile.TemporaryDirectory() as name, postgres_server() as postgres:
        for title, source in (("SQLite", SqliteFiles(Path(name))), ("PostgreSQL", postgres)):
            began = monotonic()
            drive(source, examples, steps)
            took = monotonic() - began
            sys.stdout.write(f"{title}: {examples} runs of {steps} steps, {took:.0f} s, all well\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=EXAMPLES)
    parser.add_argument("--steps", type=int, default=STEPS)
    given = parser.parse_args()
    sys.exit(main(given.examples, given.steps))
