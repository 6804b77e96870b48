"""Compare two definitions, node by node, under a map of names."""

import ast
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from difflib import unified_diff

from tests.checks.renames import Renames
from tests.checks.sources import (
    COMPREHENSIONS,
    FUNCTIONS,
    IMPORTS,
    Function,
    Import,
    Origin,
    Sources,
    Unit,
    bound,
    dotted,
    local_name,
)

MOST_LINES = 16
Same = Callable[[Origin, Origin], bool]
# Identifiers that bind a local name though they are no `Name`.
BINDING = (
    ast.arg,
    ast.ExceptHandler,
    ast.MatchAs,
    ast.MatchStar,
    ast.MatchMapping,
    ast.ClassDef,
)


@dataclass
class Scope:
    """The names that one scope binds on both sides, and which has become which."""

    old: set[str] = field(default_factory=set)
    new: set[str] = field(default_factory=set)
    forth: dict[str, str] = field(default_factory=dict)
    back: dict[str, str] = field(default_factory=dict)

    def keeps(self, old: str, new: str) -> bool:
        """Record a pair; return False if either name has another partner here."""
        forth, back = self.forth.setdefault(old, new), self.back.setdefault(new, old)
        return (forth, back) == (new, old)


@dataclass
class Side:
    """The sources of a revision, and the module being compared."""

    sources: Sources
    module: str


class Comparison:
    """Walk two definitions at once; `faults` lists where they differ by more than the map.

    Besides its identifiers, it compares what a global name refers to (through the imports of both
    modules, by `same`), and local names that were different must still be different.
    """

    def __init__(self, renames: Renames, old: Side, new: Side, same: Same | None) -> None:
        self.renames, self.same = renames, same
        self.old, self.new = old, new
        self.faults: list[str] = []
        self.used: list[tuple[str, str]] = []
        self.missing: list[tuple[str, str]] = []
        self.respelt: list[str] = []
        self.attributes: Scope = Scope()
        self._scopes: list[Scope] = []
        self._annotation = False

    def walk(self, old: object, new: object) -> None:
        """Compare two values of the same field."""
        if isinstance(old, list) and isinstance(new, list):
            self._several(old, new)
        elif not isinstance(old, ast.AST) or not isinstance(new, ast.AST):
            if old != new or type(old) is not type(new):
                self._differ(old, new)
        elif (chains := (_chain(old), _chain(new)))[0] and chains[1]:
            self._reference(chains[0], chains[1])
        elif type(old) is not type(new):
            self._differ(old, new)
        else:
            self._node(old, new)

    def _node(self, old: ast.AST, new: ast.AST) -> None:
        if isinstance(old, ast.Constant):
            self._constant(old, new)
        elif isinstance(old, FUNCTIONS):
            self._function(old, new)
        elif isinstance(old, ast.arg):
            self._argument(old, new)
        elif isinstance(old, ast.Lambda):
            self._arguments_outside(old.args, new.args)
            self._inside(old, new, [(old.args, new.args), (old.body, new.body)])
        elif isinstance(old, COMPREHENSIONS):
            self._comprehension(old, new)
        elif isinstance(old, ast.ClassDef):
            self._identifier(old, new, "name")
            self._fields(old, new, but=("name", "body"))
            self._inside(old, new, [(old.body, new.body)])
        elif isinstance(old, IMPORTS):
            self._import(old, new)
        elif isinstance(old, ast.Assign) and _is_all(old):
            self._exported(old, new)
        else:
            self._fields(old, new)

    def _several(self, old: list[object], new: list[object]) -> None:
        if len(old) != len(new):
            self.faults.append(f"{len(old)} parts have become {len(new)}")
            for each in old:
                self._rename_all(each, new)
            return
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            if isinstance(before, str) and isinstance(after, str):
                if self._pair(before, after):
                    old[index] = after
            else:
                self.walk(before, after)

    def _fields(self, old: ast.AST, new: ast.AST, but: Sequence[str] = ()) -> None:
        for name in old._fields:
            if name in but:
                continue
            before, after = getattr(old, name, None), getattr(new, name, None)
            if isinstance(before, str) and isinstance(after, str) and name != "type_comment":
                self._identifier(old, new, name)
            elif name == "annotation":
                self._annotated(before, after)
            else:
                self.walk(before, after)

    def _identifier(self, old: ast.AST, new: ast.AST, name: str) -> None:
        before, after = getattr(old, name), getattr(new, name)
        local = isinstance(old, BINDING) and self._scopes
        if self._pair(before, after) and (not local or self._local(before, after)):
            setattr(old, name, after)

    def _constant(self, old: ast.Constant, new: ast.Constant) -> None:
        before, after = old.value, new.value
        if not isinstance(before, str) or not isinstance(after, str):
            if before != after or type(before) is not type(after):
                self._differ(old, new)
        elif self._annotation and (types := (_parsed(before), _parsed(after)))[0] and types[1]:
            self.walk(types[0], types[1])
            old.value = ast.unparse(types[0])
            new.value = ast.unparse(types[1])
        elif self.renames.allows_string(before, after):
            self._use(before, after)
            old.value = after
        else:
            self._differ(old, new)

    def _annotated(self, old: object, new: object) -> None:
        outer, self._annotation = self._annotation, True
        self.walk(old, new)
        self._annotation = outer

    def _argument(self, old: ast.arg, new: ast.arg) -> None:
        self._identifier(old, new, "arg")
        # An annotation isn't part of the function's scope, whatever its arguments are called.
        inner = self._scopes.pop()
        self._annotated(old.annotation, new.annotation)
        self._scopes.append(inner)

    def _function(self, old: Function, new: Function) -> None:
        if not self._pair(old.name, new.name):
            return
        if self._scopes:
            self._local(old.name, new.name)
        old.name = new.name
        self.walk(old.decorator_list, new.decorator_list)
        self._annotated(old.returns, new.returns)
        self._arguments_outside(old.args, new.args)
        self._inside(old, new, [(old.args, new.args), (old.body, new.body)])

    def _arguments_outside(self, old: ast.arguments, new: ast.arguments) -> None:
        self.walk(old.defaults, new.defaults)
        self.walk(old.kw_defaults, new.kw_defaults)

    def _comprehension(self, old: ast.AST, new: ast.AST) -> None:
        before, after = old.generators, new.generators
        if len(before) != len(after):
            self._differ(old, new)
            return
        self.walk(before[0].iter, after[0].iter)
        first = [(getattr(before[0], name), getattr(after[0], name)) for name in ("target", "ifs")]
        rest = [(name, getattr(old, name), getattr(new, name)) for name in old._fields]
        others = [(one, other) for name, one, other in rest if name != "generators"]
        self._inside(old, new, [*first, (before[1:], after[1:]), *others])
        if before[0].is_async != after[0].is_async:
            self._differ(old, new)

    def _inside(self, old: ast.AST, new: ast.AST, parts: Sequence[tuple[object, object]]) -> None:
        self._scopes.append(Scope(bound(old), bound(new)))
        for before, after in parts:
            if isinstance(before, ast.arguments) and isinstance(after, ast.arguments):
                self._fields(before, after, but=("defaults", "kw_defaults"))
            else:
                self.walk(before, after)
        self._scopes.pop()

    def _import(self, old: Import, new: Import) -> None:
        if len(old.names) != len(new.names):
            self._differ(old, new)
            return
        for before, after in zip(old.names, new.names, strict=True):
            names = local_name(before), local_name(after)
            if self._pair(*names):
                self._local(*names)
            self._refer(
                self.old.sources.imported(self.old.module, old, before),
                self.new.sources.imported(self.new.module, new, after),
            )

    def _exported(self, old: ast.Assign, new: ast.Assign) -> None:
        left = _strings(new.value)
        for name in _strings(old.value):
            partner = next((each for each in self.renames.candidates(name) if each in left), None)
            if partner is None:
                self.faults.append(f"{name} is no longer in __all__")
            else:
                left.remove(partner)
                self._use(name, partner)
        self.faults += [f"{name} is new in __all__" for name in left]

    def _reference(self, old: list[ast.AST], new: list[ast.AST]) -> None:
        before, after = [_own(each) for each in old], [_own(each) for each in new]
        (origin, at), (other, to) = self._prefix(self.old, before), self._prefix(self.new, after)
        if (origin is None) != (other is None) and self.same:
            where = f"{'.'.join(before)} and {'.'.join(after)}"
            self.faults.append(f"a local name on one side only: {where}")
        elif len(before) - at != len(after) - to or (len(before) != len(after) and not self.same):
            self._differ(old[-1], new[-1])
        elif origin and other and self.same and not self.same(origin, other):
            self.faults.append(f"{'.'.join(before)} was {origin} and is {other}")
        elif len(before) != len(after):
            self.respelt.append(f"{'.'.join(before)} -> {'.'.join(after)}")
            self._use(before[-1], after[-1])
        else:
            self._names(old, before, after, local=origin is None)

    def _names(
        self, old: Sequence[ast.AST], before: Sequence[str], after: Sequence[str], *, local: bool
    ) -> None:
        for node, one, other in zip(old, before, after, strict=True):
            if not self._pair(one, other):
                return
            setattr(node, "id" if isinstance(node, ast.Name) else "attr", other)
        if local and self._scopes and self.same:
            self._local(before[0], after[0])
        both_self = before[0] == after[0] == "self" and len(before) > 1
        if both_self and not self.attributes.keeps(before[1], after[1]):
            self.faults.append(f"self.{before[1]} -> self.{after[1]} here, another one elsewhere")

    def _prefix(self, side: Side, names: Sequence[str]) -> tuple[Origin | None, int]:
        """Return what the longest resolvable part of a chain refers to, and how long it is."""
        if self._depth(side, names[0]) is not None:
            return None, 1
        origin, at = side.sources.origin(side.module, names[0]), 1
        while at < len(names) and (deeper := side.sources.member(origin, names[at])):
            origin, at = deeper, at + 1
        return origin, at

    def _depth(self, side: Side, name: str) -> int | None:
        numbered = reversed(list(enumerate(self._scopes)))
        mine = ((depth, scope.old if side is self.old else scope.new) for depth, scope in numbered)
        return next((depth for depth, names in mine if name in names), None)

    def _local(self, old: str, new: str) -> bool:
        depths = self._depth(self.old, old), self._depth(self.new, new)
        if depths[0] != depths[1]:
            self.faults.append(f"{old} and {new} belong to different scopes")
        elif depths[0] is not None and not self._scopes[depths[0]].keeps(old, new):
            self.faults.append(f"{old} -> {new} here, another one in the same scope")
        return depths[0] == depths[1]

    def _refer(self, old: Origin, new: Origin) -> None:
        if self.same and not self.same(old, new):
            self.faults.append(f"an import of {old} is one of {new}")

    def _pair(self, old: str, new: str) -> bool:
        allowed = self.renames.allows(old, new)
        if allowed:
            self._use(old, new)
        else:
            self.missing.append((old, new))
            self.faults.append(f"{old} -> {new} is not in the map")
        return allowed

    def _use(self, old: str, new: str) -> None:
        if old != new:
            self.used.append((old, new))

    def _differ(self, old: object, new: object) -> None:
        self.faults.append(f"{_short(old)} has become {_short(new)}")
        self._rename_all(old, new)

    def _rename_all(self, old: object, new: object) -> None:
        """Rename what isn't compared any more, for a short diff."""
        several = new if isinstance(new, list) else [new]
        known = {name for each in several for name in _identifiers(each)}
        for node in ast.walk(old) if isinstance(old, ast.AST) else ():
            for name in ("id", "attr", "arg", "name"):
                candidates = self.renames.names.get(str(getattr(node, name, "")), ())
                for other in [each for each in candidates if each in known][:1]:
                    setattr(node, name, other)


def compare(
    renames: Renames,
    sides: tuple[Sources, Sources],
    units: tuple[Unit, Unit],
    same: Same | None,
    attributes: Scope | None = None,
) -> tuple[Comparison, str]:
    """Compare two definitions; return the comparison, and a short diff if they differ."""
    old, new = units
    before, after = Side(sides[0], dotted(old.path)), Side(sides[1], dotted(new.path))
    comparison = Comparison(renames, before, after, same)
    comparison.attributes = attributes or Scope()
    nodes = deepcopy(old.node), deepcopy(new.node)
    comparison.walk(*nodes)
    return comparison, "\n".join(_diff(*nodes)) if comparison.faults and same else ""


def _diff(old: ast.AST, new: ast.AST) -> Iterator[str]:
    texts = [ast.unparse(ast.fix_missing_locations(each)).splitlines() for each in (old, new)]
    lines = list(unified_diff(*texts, lineterm="", n=1))[2:]
    yield from lines[:MOST_LINES]
    if len(lines) > MOST_LINES:
        yield f"... {len(lines) - MOST_LINES} lines more"


def _chain(node: ast.AST) -> list[ast.AST]:
    """Return the parts of `a.b.c` from the left; an empty list for anything else."""
    if isinstance(node, ast.Name):
        return [node]
    if isinstance(node, ast.Attribute) and (inner := _chain(node.value)):
        return [*inner, node]
    return []


def _own(node: ast.AST) -> str:
    return str(node.id if isinstance(node, ast.Name) else getattr(node, "attr", ""))


def _is_all(node: ast.Assign) -> bool:
    return isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__"


def _strings(node: ast.AST) -> list[str]:
    constants = (each for each in ast.walk(node) if isinstance(each, ast.Constant))
    return [each.value for each in constants if isinstance(each.value, str)]


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError:
        return None


def _identifiers(node: object) -> Iterator[str]:
    for each in ast.walk(node) if isinstance(node, ast.AST) else ():
        yield from (str(getattr(each, name, "")) for name in ("id", "attr", "arg", "name"))


def _short(value: object) -> str:
    text = ast.unparse(value) if isinstance(value, ast.AST) else repr(value)
    text = text or type(value).__name__
    return text if len(text) <= 60 else f"{text[:57]}..."
