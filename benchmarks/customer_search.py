"""Search ten thousand customers: how fast results come while typing, and what is found."""

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

from bot.db import customers
from bot.domain.customers import Stage, name_key
from bot.log import configure
from sandbox.person import Person
from sandbox.server import Sandbox
from tests.conftest import MANIFEST, ManualClock, Nihito, open_nihito
from tests.support.databases import SqliteFiles, postgres_server
from tests.times import T0

COUNT, SEARCHES, AT_ONCE = 10_000, 400, 4
# Slack waits three seconds; people who type don't.
SLACK_TIMEOUT_SECONDS, LONGEST_SECONDS, MOST = 3.0, 1.0, 100
# Made up.
FIRST = ("Ålund", "Brightwater", "Château", "Dvořák", "Élan", "Fernwick", "Göteborg", "Harrow")
LAST = ("Mühle", "Werke", "Señal", "Works", "Łódka", "Labs", "Post", "Høst")
DUPLICATE_NAME = "Brightwater Twins"


def main() -> int:
    """Print a line per database; return 1 if a response was late, too long or wrong."""
    wrong = False
    configure("error")
    with tempfile.TemporaryDirectory() as folder, postgres_server() as postgres:
        for name, source in (("SQLite", SqliteFiles(Path(folder))), ("PostgreSQL", postgres)):
            clock = ManualClock(T0)
            with (
                Sandbox(manifest=MANIFEST, now=clock.now) as slack,
                open_nihito(slack, clock, source.new_database()) as nihito,
            ):
                wrong |= _searched(name, nihito)
    return int(wrong)


def names() -> Sequence[str]:
    """Return all names: some with accents, and two that are the same."""
    made = [f"{FIRST[n % 8]} {LAST[n // 8 % 8]} {n}" for n in range(COUNT - 2)]
    return [*made, DUPLICATE_NAME, DUPLICATE_NAME]


def _searched(database: str, nihito: Nihito) -> bool:
    everybody = names()
    with nihito.services.transaction(nihito.workspace_id) as tx:
        for number, each in enumerate(everybody):
            customers.add(tx, each, Stage.CUSTOMER, region=f"Region {number % 7}")
    people = [nihito.slack.add_user(f"Person {number}") for number in range(AT_ONCE)]
    for person in people:
        nihito.join(person)
        nihito.open_form(person, "/debrief")
    random = Random(1)
    typed = [_part(random, everybody) for _ in range(SEARCHES)]
    with ThreadPoolExecutor(AT_ONCE) as typing:
        turns = (people[number % AT_ONCE] for number in range(SEARCHES))
        answers = list(typing.map(_search, turns, typed))
    took = sorted(seconds for seconds, _ in answers)
    faults = [each for each, (_, found) in zip(typed, answers, strict=True) if _fault(each, found)]
    twins = [each["text"]["text"] for each in _search(people[0], DUPLICATE_NAME)[1]]
    apart = len(set(twins)) == len(twins) == 2
    sys.stdout.write(
        f"{database}: {SEARCHES} searches among {COUNT:,} customers, {AT_ONCE} at once: median "
        f"{took[SEARCHES // 2] * 1000:.0f} ms, 99th percentile {took[-SEARCHES // 100] * 1000:.0f} "
        f"ms, slowest {took[-1] * 1000:.0f} ms of Slack's {SLACK_TIMEOUT_SECONDS:.0f} s; "
        f"longest answer "
        f"{max(len(found) for _, found in answers)} of {MOST} options, {len(faults)} not right; "
        f"two of one name: {' and '.join(twins)}\n"
    )
    return bool(faults) or not apart or took[-1] > LONGEST_SECONDS


def _part(random: Random, everybody: Sequence[str]) -> str:
    """Return a random part of a name as people type it: often without accents, in any case."""
    name = random.choice(everybody)
    start = random.randrange(len(name) - 3)
    part = name[start : start + random.randint(1, 12)]
    return random.choice((part, part.upper(), name_key(part) or part))


def _search(person: Person, typed: str) -> tuple[float, Sequence[dict[str, object]]]:
    started = time.perf_counter()
    found = person.options("customer.find", typed)
    return time.perf_counter() - started, found


def _fault(typed: str, found: Sequence[dict[str, object]]) -> bool:
    """Return whether there are too many results, none, or one without the typed text."""
    known = list(_known(found))
    holds = all(name_key(typed) in name_key(each) for each in known)
    return len(found) > MOST or not known or not holds


def _known(found: Sequence[dict[str, object]]) -> Iterator[str]:
    for each in found:
        text, value = each["text"], str(each["value"])
        if value.startswith("customer:") and isinstance(text, dict):
            yield str(text["text"])


if __name__ == "__main__":
    sys.exit(main())
