"""The page of every text is what the views say now, and leaves none of them out."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.checks import page_of_texts

ROOT = Path(__file__).parents[2]
# What other views are made of.
PARTS = {"bot.views.block_kit", "bot.views.form_fields"}
BUILT = ("block_kit.Message", "Message", "View")


def builders() -> Iterator[str]:
    """Return every function of the views that builds a message or a view, by its full name."""
    for path in (ROOT / "bot" / "views").rglob("*.py"):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for function in ast.parse(path.read_text(encoding="utf-8")).body:
            if module in PARTS or not isinstance(function, ast.FunctionDef):
                continue
            built = function.returns and ast.unparse(function.returns) in BUILT
            if built and not function.name.startswith("_"):
                yield f"{module}.{function.name}"


def called(source: str) -> set[str]:
    """Return the full names of what a module calls, through its imports of modules."""
    tree = ast.parse(source)
    modules = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return {
        f"{modules.get(node.func.value.id)}.{node.func.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
    }


def test_the_page_says_what_the_views_say() -> None:
    written = page_of_texts.PAGE.read_text(encoding="utf-8")
    assert written == page_of_texts.page(), "run `make texts`, and read it"


def test_no_text_is_left_out() -> None:
    source = Path(page_of_texts.__file__).read_text(encoding="utf-8")
    assert set(builders()) - called(source) == set()
