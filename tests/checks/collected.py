"""Pair the tests before and after a rename: `python -m tests.checks.collected OLD NEW`.

The two files hold what `pytest --collect-only -q` printed.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tests.checks.renames import Renames, load
from tests.checks.sources import dotted

Match = Callable[[Renames, str, str], bool]


def ids(printed: str) -> Sequence[str]:
    """Return the ids of tests that pytest has printed."""
    return [line for line in printed.splitlines() if ".py::" in line and line.startswith("tests/")]


def partnerless(
    renames: Renames, old: Iterable[str], new: Iterable[str]
) -> tuple[Sequence[str], Sequence[str]]:
    """Return the tests that have no partner: first the old ones, then the new ones.

    A test is paired with the one of the same mapped file and name first, then with one of that file
    whose name the map allows, and then with one of any file.
    """
    left = list(old)
    free: dict[str, list[str]] = defaultdict(list)
    for each in new:
        path, _, name = each.partition("::")
        free[path].append(name)
    for matches, anywhere in ((_is_same, False), (_is_allowed, False), (_is_allowed, True)):
        left = [each for each in left if not _take(renames, each, free, matches, anywhere)]
    return left, [f"{path}::{name}" for path, names in free.items() for name in names]


def _take(
    renames: Renames, test: str, free: dict[str, list[str]], matches: Match, anywhere: bool
) -> bool:
    path, _, name = test.partition("::")
    for place in list(free) if anywhere else renames.paths(path):
        partner = next((each for each in free[place] if matches(renames, name, each)), None)
        if partner is not None:
            free[place].remove(partner)
            return True
    return False


def _is_same(_: Renames, old: str, new: str) -> bool:
    return old == new


def _is_allowed(renames: Renames, old: str, new: str) -> bool:
    return renames.allows_text(old, new) or renames.allows_text(_moved(renames, old), new)


def _moved(renames: Renames, text: str) -> str:
    """Return an id with its paths and modules renamed."""
    for before, several in renames.modules.items():
        for after in several[:1]:
            text = text.replace(before, after).replace(dotted(before), dotted(after))
    return text


def main() -> int:
    """Print the tests that have no partner; return 1 if any has none."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--map")
    given = parser.parse_args()
    old, new = (ids(path.read_text(encoding="utf-8")) for path in (given.old, given.new))
    lost, added = partnerless(load(given.map), old, new)
    lines = [*(f"lost: {each}" for each in lost), *(f"added: {each}" for each in added)]
    lines.append(f"{len(old) - len(lost)} of {len(old)} tests have a partner among {len(new)}")
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 1 if lost or added or not old else 0


if __name__ == "__main__":
    sys.exit(main())
