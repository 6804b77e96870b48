"""Prove that a rename is mechanical: `python -m tests.checks.mechanical OLD NEW --map FILE`."""

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from tests.checks.comparing import Scope, compare
from tests.checks.renames import Renames, load
from tests.checks.sources import Origin, Sources, Unit, contents, dotted, files

MOST_SHOWN = 40
MOST_REASONS = 3


@dataclass
class Difference:
    """Two partners that differ by more than the map: why, and a short diff."""

    old: Unit
    new: Unit
    reasons: Sequence[str]
    diff: str


@dataclass
class Report:
    """The result of comparing two revisions."""

    identical: Counter[str] = field(default_factory=Counter)
    renamed: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    lost: list[Unit] = field(default_factory=list)
    added: list[Unit] = field(default_factory=list)
    respelt: Counter[str] = field(default_factory=Counter)

    @property
    def mechanical(self) -> bool:
        """Return whether nothing differs, is lost or was added."""
        return not (self.differences or self.lost or self.added)


class Pairing:
    """The pairs of old and new definitions."""

    def __init__(self, renames: Renames, old: Sources, new: Sources) -> None:
        self.renames, self.sides = renames, (old, new)
        self.pairs: list[tuple[Unit, Unit]] = []
        self._left = list(old.units())
        self._free: dict[str, list[Unit]] = defaultdict(list)
        for unit in new.units():
            self._free[unit.name].append(unit)
        self._became: dict[tuple[str, str], tuple[str, str]] = {}
        self._modules = set(self._moved())

    def run(self) -> tuple[list[Unit], list[Unit]]:
        """Pair all definitions that can be; return those left over on either side."""
        for places in (self._mapped, self._anywhere, self._alike):
            self._left = [unit for unit in self._left if not self._paired(unit, places(unit))]
        for old, new in list(self.pairs):
            self._pair_methods(old, new)
        free = [unit for units in self._free.values() for unit in units]
        return self._left, free

    def same(self, old: Origin, new: Origin) -> bool:
        """Return whether a name refers to the partner of what it referred to."""
        if old.kind != new.kind or old.kind == "outside":
            return old == new
        partner = self._became.get((old.module, old.name))
        if old.kind == "definition" and partner:
            return partner == (new.module, new.name)
        moved = old.module == new.module or (old.module, new.module) in self._modules
        return moved and self.renames.allows(old.name, new.name)

    def _moved(self) -> Iterator[tuple[str, str]]:
        for old, several in self.renames.modules.items():
            for new in several:
                before, after = dotted(old), dotted(new)
                yield before, after
                yield before.rpartition(".")[0], after.rpartition(".")[0]

    def _mapped(self, unit: Unit) -> Sequence[Unit]:
        paths = self.renames.paths(unit.path)
        return [each for each in self._named(unit) if each.path in paths]

    def _anywhere(self, unit: Unit) -> Sequence[Unit]:
        return [] if unit.name.startswith("<") else self._named(unit)

    def _alike(self, unit: Unit) -> Sequence[Unit]:
        """Return statements that bind no name and are equal after the map, wherever they are."""
        if not unit.name.startswith("<"):
            return []
        kind = unit.name.partition("#")[0]
        names = [each for each in self._free if each.partition("#")[0] == kind]
        return [each for name in names for each in self._free[name] if self._equal(unit, each)]

    def _named(self, unit: Unit) -> list[Unit]:
        name, hash_, number = unit.name.partition("#")
        names = [f"{each}{hash_}{number}" for each in self.renames.candidates(name)]
        found = [each for name in dict.fromkeys(names) for each in self._free.get(name, ())]
        return [each for each in found if each.kind == unit.kind]

    def _paired(self, unit: Unit, partners: Sequence[Unit]) -> bool:
        if not partners:
            return False
        several = len(partners) > 1
        equal = (each for each in partners if several and self._equal(unit, each))
        partner = next(equal, partners[0])
        self._free[partner.name].remove(partner)
        self.pairs.append((unit, partner))
        if len(unit.binds) == len(partner.binds):
            for old, new in zip(unit.binds, partner.binds, strict=True):
                self._became[dotted(unit.path), old] = dotted(partner.path), new
        return True

    def _equal(self, old: Unit, new: Unit) -> bool:
        both = zip(old.methods, new.methods, strict=False)
        found = [compare(self.renames, self.sides, each, None)[0] for each in ((old, new), *both)]
        return len(old.methods) == len(new.methods) and not any(each.faults for each in found)

    def _pair_methods(self, old: Unit, new: Unit) -> None:
        free = {each.name: each for each in new.methods}
        for method in old.methods:
            name, hash_, number = method.name.partition("#")
            names = [f"{each}{hash_}{number}" for each in self.renames.candidates(name)]
            partner = next((each for each in names if each in free), None)
            if partner:
                self.pairs.append((method, free.pop(partner)))
            else:
                self._left.append(method)
        for method in free.values():
            self._free[method.name].append(method)


def examine(renames: Renames, old: Sources, new: Sources) -> Report:
    """Compare two sets of sources; every difference has to be in the map."""
    pairing, report = Pairing(renames, old, new), Report()
    report.lost, report.added = pairing.run()
    attributes: dict[tuple[str, str], Scope] = defaultdict(Scope)
    for unit, partner in pairing.pairs:
        owner = attributes[unit.path, unit.owner] if unit.owner else Scope()
        found, diff = compare(renames, (old, new), (unit, partner), pairing.same, owner)
        renames.used.update(found.used)
        renames.missing.update(found.missing)
        report.respelt.update(found.respelt)
        if found.faults:
            report.differences.append(Difference(unit, partner, found.faults, diff))
        elif found.used or found.respelt:
            report.renamed[unit.kind] += 1
        else:
            report.identical[unit.kind] += 1
    return report


def lines(report: Report, renames: Renames) -> Iterator[str]:
    """Yield the lines of a report."""
    for each in report.differences:
        yield f"differs: {each.old} -> {each.new}"
        yield from (f"    {reason}" for reason in list(dict.fromkeys(each.reasons))[:MOST_REASONS])
        yield from (f"    | {line}" for line in each.diff.splitlines())
    yield from (f"lost: {each}" for each in sorted(report.lost, key=str))
    yield from (f"added: {each}" for each in sorted(report.added, key=str))
    used, missing = renames.used.most_common(), renames.missing.most_common()
    yield f"pairs used: {len(used)}"
    yield from (f"    {old} -> {new}: {count}" for (old, new), count in used)
    yield f"pairs never used: {len(renames.unused)}"
    yield from (f"    {old} -> {new}" for old, new in renames.unused)
    if missing:
        yield f"pairs not in the map: {len(missing)}"
        yield from (f"    {old} -> {new}: {count}" for (old, new), count in missing)
    if report.respelt:
        yield f"the same thing reached through another module name: {report.respelt.total()}"
        yield from (f"    {each}: {count}" for each, count in report.respelt.most_common())
    yield from _figures(report)


def _figures(report: Report) -> Iterator[str]:
    for kind, several in (("function", "functions"), ("class", "classes"), ("statement", None)):
        same, renamed = report.identical[kind], report.renamed[kind]
        differ = sum(each.old.kind == kind for each in report.differences)
        lost = sum(each.kind == kind for each in report.lost)
        added = sum(each.kind == kind for each in report.added)
        yield (
            f"{several or 'module statements'}: {same + renamed + differ} compared, "
            f"{same} identical, {renamed} equal after the map, {differ} differ, "
            f"{lost} lost, {added} added"
        )


def _others(renames: Renames, old: dict[str, str], new: dict[str, str]) -> Iterator[str]:
    """Yield the non-Python files that differ: they aren't judged."""
    moved = {path: blob for each, blob in old.items() for path in renames.paths(each)}
    both = moved.items() ^ new.items()
    paths = sorted({path for path, _ in both if PurePosixPath(path).suffix != ".py"})
    if paths:
        yield f"other files that differ, not judged: {len(paths)}"
        yield from (f"    {path}" for path in paths[:MOST_SHOWN])


def main() -> int:
    """Print what differs by more than the map; return 1 if anything does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--map")
    given = parser.parse_args()
    renames = load(given.map)
    blobs = dict(files(given.old)), dict(files(given.new))
    old, new = (Sources(contents(each)) for each in blobs)
    report = examine(renames, old, new)
    for line in (*_others(renames, *blobs), *lines(report, renames)):
        sys.stdout.write(f"{line}\n")
    return 0 if report.mechanical else 1


if __name__ == "__main__":
    sys.exit(main())
