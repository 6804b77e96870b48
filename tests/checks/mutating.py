"""Change one node of a function, and no other byte of its module."""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Kind(StrEnum):
    """The kinds of changes."""

    SWAPPED = "comparison swapped"
    BOUNDARY = "boundary off by one"
    NEGATED = "condition negated"
    CONSTANT = "constant changed"
    DROPPED = "statement dropped"
    AND_OR = "and and or swapped"
    RETURNED = "return value changed"
    ARGUMENT = "argument dropped"


class Edit(NamedTuple):
    """A span of bytes, and its replacement."""

    start: int
    end: int
    text: str


OPPOSITE = {
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
    "==": "!=",
    "!=": "==",
    "is not": "is",
    "is": "is not",
    "not in": "in",
    "in": "not in",
}
NEXT = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
OPERATOR = re.compile(rb"is\s+not\b|not\s+in\b|is\b|in\b|[<>=!]=|[<>]")


class NoSuchNode(LookupError):
    """The function has no such node."""


class Text:
    """The source of a module, by positions of its nodes."""

    def __init__(self, source: str) -> None:
        self.bytes = source.encode()
        lines = self.bytes.splitlines(keepends=True)
        self._starts = [sum(map(len, lines[:number])) for number in range(len(lines) + 1)]

    def start(self, node: ast.expr | ast.stmt | ast.keyword) -> int:
        """Return where a node begins."""
        return self._starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt | ast.keyword) -> int:
        """Return where a node ends."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._starts[node.end_lineno - 1] + node.end_col_offset

    def of(self, node: ast.expr | ast.stmt) -> str:
        """Return the source of a node."""
        return self.bytes[self.start(node) : self.end(node)].decode()


def mutated(source: str, name: str, kind: Kind, index: int) -> str:
    """Return a module's source with one node changed: of that function, kind and number.

    Nodes are counted from 0 in source order. `name` may be that of a constant too.
    """
    text = Text(source)
    edits = [EDITS[kind](text, node) for node in _inner(_defined(ast.parse(source), name))]
    found = [each for each in edits if each]
    if index >= len(found):
        raise NoSuchNode(f"{name}: {kind} {index} of {len(found)}")
    changed = text.bytes
    for edit in sorted(found[index], reverse=True):
        changed = changed[: edit.start] + edit.text.encode() + changed[edit.end :]
    ast.parse(changed)
    return changed.decode()


def _defined(tree: ast.AST, name: str) -> ast.AST:
    found = tree
    for part in name.split("."):
        inner = getattr(found, "body", [])
        found = next((each for each in inner if part in _names(each)), None)
        if found is None:
            raise NoSuchNode(name)
    return found


def _names(node: ast.stmt) -> Sequence[str]:
    if isinstance(node, DEFINITIONS):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    inner = (each for target in targets if target for each in ast.walk(target))
    return [each.id for each in inner if isinstance(each, ast.Name)]


def _inner(node: ast.AST) -> Iterator[ast.AST]:
    for each in ast.iter_child_nodes(node):
        yield each
        yield from _inner(each)


def _swapped(text: Text, node: ast.AST) -> Sequence[Edit]:
    return _compared(text, node, OPPOSITE)


def _boundary(text: Text, node: ast.AST) -> Sequence[Edit]:
    return _compared(text, node, NEXT)


def _compared(text: Text, node: ast.AST, others: dict[str, str]) -> Sequence[Edit]:
    if not isinstance(node, ast.Compare):
        return []
    begin, end = text.end(node.left), text.start(node.comparators[0])
    found = OPERATOR.search(text.bytes, begin, end)
    assert found is not None
    other = others.get(b" ".join(found[0].split()).decode())
    return [Edit(*found.span(), other)] if other else []


def _negated(text: Text, node: ast.AST) -> Sequence[Edit]:
    tests = [node.test] if isinstance(node, ast.If | ast.IfExp | ast.While) else []
    tests = node.ifs if isinstance(node, ast.comprehension) else tests
    spans = ((text.start(each), text.end(each), text.of(each)) for each in tests[:1])
    return [Edit(start, end, f"not ({test})") for start, end, test in spans]


def _constant(text: Text, node: ast.AST) -> Sequence[Edit]:
    if not isinstance(node, ast.Constant) or not isinstance(node.value, bool | int | float):
        return []
    value = not node.value if isinstance(node.value, bool) else node.value + 1
    return [Edit(text.start(node), text.end(node), repr(value))]


def _dropped(text: Text, node: ast.AST) -> Sequence[Edit]:
    is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    if not isinstance(node, ast.Expr | ast.Assign | ast.AugAssign | ast.Raise) or is_docstring:
        return []
    return [Edit(text.start(node), text.end(node), "pass")]


def _and_or(text: Text, node: ast.AST) -> Sequence[Edit]:
    if not isinstance(node, ast.BoolOp):
        return []
    other = "or" if isinstance(node.op, ast.And) else "and"
    edits = []
    for left, right in zip(node.values, node.values[1:], strict=False):
        found = re.compile(rb"\b(and|or)\b").search(text.bytes, text.end(left), text.start(right))
        assert found is not None
        edits.append(Edit(*found.span(), other))
    return edits


def _returned(text: Text, node: ast.AST) -> Sequence[Edit]:
    if not isinstance(node, ast.Return) or node.value is None:
        return []
    value = node.value
    is_truth = isinstance(value, ast.Compare | ast.BoolOp | ast.UnaryOp)
    other = f"not ({text.of(value)})" if is_truth else "None"
    return [Edit(text.start(value), text.end(value), other)]


def _argument(text: Text, node: ast.AST) -> Sequence[Edit]:
    """Drop the last argument of a call."""
    if not isinstance(node, ast.Call) or not (node.args or node.keywords):
        return []
    given = sorted([*node.args, *node.keywords], key=text.start)
    last = given[-1]
    start = text.end(given[-2]) if len(given) > 1 else text.start(last)
    return [Edit(start, text.end(last), "")]


EDITS: dict[Kind, Callable[[Text, ast.AST], Sequence[Edit]]] = {
    Kind.SWAPPED: _swapped,
    Kind.BOUNDARY: _boundary,
    Kind.NEGATED: _negated,
    Kind.CONSTANT: _constant,
    Kind.DROPPED: _dropped,
    Kind.AND_OR: _and_or,
    Kind.RETURNED: _returned,
    Kind.ARGUMENT: _argument,
}
