"""Calendar feeds, of each maker and of none: what reading one takes, in seconds and megabytes."""

import sys
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from bot.domain.feeds import AHEAD, BACK
from bot.errors import FeedRefused
from bot.intake.feeds import read
from tests.intake.hostile import HOSTILE

FEEDS = Path(__file__).parent.parent / "tests" / "intake" / "feeds"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MOST_SECONDS, MOST_MEGABYTES = 2.0, 32.0
MEGABYTE = 2**20


def main() -> int:
    """Print a line for each feed; 1 when one takes too long, too much, or says something else."""
    wrong = [name for name, chunks, expected in _feeds() if not _line(name, chunks, expected)]
    sys.stdout.write(f"{len(wrong)} feeds are not as they should be\n")
    return bool(wrong)


def _feeds() -> Iterator[tuple[str, Callable[[], Iterable[bytes]], str | None]]:
    for path in sorted(FEEDS.glob("*.ics")):
        yield path.stem, lambda path=path: [path.read_bytes()], None
    for name, hostile in HOSTILE.items():
        said = f"{hostile.meetings} meetings, {hostile.left_out} left out"
        yield name, hostile.chunks, hostile.fault or said


def _line(name: str, chunks: Callable[[], Iterable[bytes]], expected: str | None) -> bool:
    # Made beforehand: what is measured is reading them.
    made = list(chunks())
    began = perf_counter()
    said = _said(made)
    seconds = perf_counter() - began
    # By itself: being watched, it takes several times as long.
    tracemalloc.start()
    _said(made)
    megabytes = tracemalloc.get_traced_memory()[1] / MEGABYTE
    tracemalloc.stop()
    size = sum(map(len, made)) / MEGABYTE
    within = seconds <= MOST_SECONDS and megabytes <= MOST_MEGABYTES
    well = within and expected in (None, said)
    mark = "" if well else "  <- not as it should be"
    sys.stdout.write(
        f"{name:36} {size:5.1f} MB: {seconds:5.2f} s, {megabytes:5.1f} MB, {said}{mark}\n"
    )
    return well


def _said(chunks: Iterable[bytes]) -> str:
    try:
        found = read(chunks, NOW - BACK, NOW + AHEAD, "Europe/Berlin", "ada@example.com")
    except FeedRefused as refused:
        return refused.fault
    return f"{len(found.meetings)} meetings, {found.left_out} left out"


if __name__ == "__main__":
    sys.exit(main())
