"""Run seeded mutants against their tests: `python -m tests.checks.mutants [--map FILE]`.

The code under test is a copy of the working tree, which is not touched.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import unified_diff
from itertools import count
from pathlib import Path
from time import perf_counter

from tests.checks.mutant_table import MUTANTS, Mutant
from tests.checks.mutating import NoSuchNode, mutated
from tests.checks.renames import IDENTIFIER, Renames, load

PASSED, FAILED = 0, 1
LONGEST_SECONDS = 120
PYTEST = ("-x", "-q", "-p", "no:cacheprovider", "-n", "0")


@dataclass
class Copy:
    """A copy of the working tree to change and to run tests in."""

    root: Path
    # Python compares whole seconds to tell whether its compiled file is stale.
    _seconds: Iterator[int] = field(default_factory=lambda: count(2_000_000_000))

    def write(self, path: str, text: str) -> None:
        """Replace the text of a module."""
        (self.root / path).write_text(text, encoding="utf-8")
        seconds = next(self._seconds)
        os.utime(self.root / path, (seconds, seconds))

    def outcome(self, selection: tuple[str, str]) -> int:
        """Run tests; return pytest's exit code, or 1 if it takes too long."""
        path, expression = selection
        command = [sys.executable, "-m", "pytest", *PYTEST, path, "-k", expression]
        try:
            done = subprocess.run(
                command, cwd=self.root, capture_output=True, timeout=LONGEST_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return FAILED
        return done.returncode


def translated(mutant: Mutant, renames: Renames, root: Path) -> Mutant:
    """Return a mutant with the names it uses replaced by the map."""
    module, tests = (_path(renames, each, root) for each in (mutant.module, mutant.tests))
    source, asked = ((root / each).read_text(encoding="utf-8") for each in (module, tests))
    parts = [_name(renames, each, source) for each in mutant.function.split(".")]
    only = tuple(_name(renames, each, asked) for each in mutant.only)
    return replace(mutant, module=module, function=".".join(parts), tests=tests, only=only)


def _path(renames: Renames, old: str, root: Path) -> str:
    found = (each for each in (*renames.paths(old), old) if (root / each).is_file())
    path = next(found, None)
    if path is None:
        raise NoSuchNode(f"{old} is no file, nor is what the map gives for it")
    return path


def _name(renames: Renames, old: str, source: str) -> str:
    known = set(IDENTIFIER.findall(source))
    return next((each for each in renames.candidates(old) if each in known), old)


def copied(root: Path) -> Copy:
    """Copy the files that Git knows or would add."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    printed = subprocess.run(listed, capture_output=True, check=True).stdout.decode()
    for path in filter(None, printed.split("\0")):
        if Path(path).is_file():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, root / path)
    return Copy(root)


def verdict(copy: Copy, mutant: Mutant, *, sound: bool) -> str:
    """Apply a mutant, run its tests and undo it; return the result."""
    source = (copy.root / mutant.module).read_text(encoding="utf-8")
    try:
        changed = mutated(source, mutant.function, mutant.kind, mutant.index)
    except NoSuchNode as error:
        return f"NOT FOUND ({error})"
    if not sound:
        return "its tests fail without it"
    copy.write(mutant.module, changed)
    outcome = copy.outcome(mutant.selection)
    copy.write(mutant.module, source)
    return {FAILED: "killed", PASSED: "SURVIVED"}.get(outcome, f"NOT RUN ({outcome})")


def change(copy: Copy, mutant: Mutant) -> str:
    """Return the lines that a mutant changes."""
    source = (copy.root / mutant.module).read_text(encoding="utf-8")
    texts = source, mutated(source, mutant.function, mutant.kind, mutant.index)
    lines = list(unified_diff(*(each.splitlines() for each in texts), n=0))[3:]
    return "\n".join(f"      {line}" for line in lines)


def run(copy: Copy, chosen: Sequence[tuple[int, Mutant]], *, show: bool) -> int:
    """Run mutants and print a line for each; return how many were killed."""
    killed = 0
    sound: dict[tuple[str, str], bool] = {}
    for number, mutant in chosen:
        began = perf_counter()
        if mutant.selection not in sound:
            sound[mutant.selection] = copy.outcome(mutant.selection) == PASSED
        found = verdict(copy, mutant, sound=sound[mutant.selection])
        killed += found == "killed"
        took = perf_counter() - began
        where = f"{mutant.module} {mutant.function}: {mutant.kind} {mutant.index}"
        sys.stdout.write(f"{number:>2}  {found:<9} {took:4.0f} s  {where}\n")
        if show and "NOT FOUND" not in found:
            sys.stdout.write(f"{change(copy, mutant)}\n")
        sys.stdout.flush()
    return killed


def main() -> int:
    """Print the result of each mutant; return 1 unless all were killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--map")
    parser.add_argument("--only", type=int, action="append", help="the number of a mutant")
    parser.add_argument("--show", action="store_true", help="print the lines that are changed")
    given = parser.parse_args()
    renames = load(given.map)
    numbered = [(n, each) for n, each in enumerate(MUTANTS, 1) if n in (given.only or [n])]
    with tempfile.TemporaryDirectory(prefix="mutants") as folder:
        copy = copied(Path(folder))
        chosen = [(number, translated(each, renames, copy.root)) for number, each in numbered]
        killed = run(copy, chosen, show=given.show)
    sys.stdout.write(f"{killed} of {len(chosen)} killed\n")
    return 0 if chosen and killed == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
