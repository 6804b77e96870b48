"""Tests say themselves what they find: none ends with a step whose effect only a fixture checks.

`nihito`, `workspace` and the like fail a test that leaves a message it didn't expect. A test that
claims that nothing comes says so too: `slack.assert_nothing_else()`.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
# What makes the bot do something, and checks nothing.
STEPS = {"tick_at", "deliver_at", "pass_by", "press", "submit", "run", "wait_until_idle"}


def last_statement(body: list[ast.stmt]) -> ast.stmt:
    """Return the last statement, of a loop the last one in it."""
    last = body[-1]
    return last_statement(last.body) if isinstance(last, ast.For) else last


def steps_at_the_end() -> Iterator[str]:
    """Yield each test that ends with a step."""
    for path in sorted(TESTS.rglob("test_*.py")):
        for each in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(each, ast.FunctionDef) and each.name.startswith("test_"):
                last = last_statement(each.body)
                called = last.value if isinstance(last, ast.Expr) else None
                if isinstance(called, ast.Call) and _name(called) in STEPS:
                    yield f"{path.relative_to(TESTS)}:{last.lineno} {each.name}"


def _name(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def test_no_test_ends_with_a_step_that_it_checks_nothing_of() -> None:
    assert list(steps_at_the_end()) == []
