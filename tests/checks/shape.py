"""Check the shape of the code: short functions, short files, few levels; `make check` runs it."""

import ast
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from statistics import median, quantiles

PACKAGES = ("bot", "handlers", "scheduler", "sandbox")
LONG_FILE, LONGEST_FILE = 300, 450
LONGEST_FUNCTION = 50
BROAD_PER_1000 = 0.5
MEDIAN, NINETIETH = 10, 30
DEEPEST = 3
NESTING = (ast.For, ast.While, ast.If, ast.With, ast.Try, ast.Match)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def main() -> int:
    """Print what is out of shape; return 1 if anything is."""
    files = [path for package in PACKAGES for path in sorted(Path(package).rglob("*.py"))]
    code = [path for path in files if "migrations" not in path.parts]
    hints = [
        f"{path}: {lines} lines; look whether it holds two things" for path, lines in _long(code)
    ]
    wrong = list(
        chain(_longest(code), *map(_functions, code), _quantiles(code), _broad_excepts(code))
    )
    sys.stdout.write("".join(f"{line}\n" for line in (*hints, *wrong)))
    return 1 if wrong else 0


def _long(code: list[Path]) -> Iterator[tuple[Path, int]]:
    for path in code:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONG_FILE:
            yield path, lines


def _longest(code: list[Path]) -> Iterator[str]:
    for path, lines in _long(code):
        if lines > LONGEST_FILE:
            yield f"{path}: {lines} lines, at most {LONGEST_FILE}"


def _broad_excepts(code: list[Path]) -> Iterator[str]:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in code]
    handlers = (
        node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)
    )
    broad = sum(
        each.type is None or ast.unparse(each.type) in ("Exception", "BaseException")
        for each in handlers
    )
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in code)
    if broad * 1000 >= BROAD_PER_1000 * lines:
        yield f"broad excepts: {broad} in {lines} lines, fewer than {BROAD_PER_1000} per 1,000"


def _functions(path: Path) -> Iterator[str]:
    builder = path.parts[:2] == ("bot", "views")
    for function in _defined(path):
        length = _length(function)
        if length > LONGEST_FUNCTION and not builder:
            yield f"{path}:{function.lineno} {function.name}: {length} lines"
        if _depth(function.body) > DEEPEST:
            yield f"{path}:{function.lineno} {function.name}: nested deeper than {DEEPEST}"


def _quantiles(code: list[Path]) -> Iterator[str]:
    lengths = [_length(function) for path in code for function in _defined(path)]
    middle, ninetieth = median(lengths), quantiles(lengths, n=10)[-1]
    if middle > MEDIAN or ninetieth > NINETIETH:
        yield f"lines per function: median {middle}, 90th percentile {ninetieth}"


def _defined(path: Path) -> Iterator[Function]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def _length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _depth(body: list[ast.stmt]) -> int:
    return max((_statement_depth(each) for each in body), default=0)


def _statement_depth(statement: ast.stmt) -> int:
    inner = [
        each
        for name in ("body", "orelse", "finalbody")
        for each in getattr(statement, name, [])
        if isinstance(each, ast.stmt)
    ]
    # `elif` is an `if` inside an `else` to the parser, and one level to a reader.
    chained = isinstance(statement, ast.If) and len(statement.orelse) == 1
    if chained and isinstance(statement.orelse[0], ast.If):
        inner = [*statement.body, *statement.orelse[0].body]
    return _depth(inner) + isinstance(statement, NESTING)


if __name__ == "__main__":
    sys.exit(main())
