"""The page of every text is what the views say now, and leaves none of them out."""

import ast
from pathlib import Path

from tests.checks import page_of_texts

VIEWS = Path(__file__).parents[2] / "bot" / "views"
# Made of other views, or what they are made of.
PARTS = {"kit", "fields"}


def builders() -> set[str]:
    """Every function of the views that makes a message or a view, as `module.function`."""
    return {
        f"{path.stem}.{function.name}"
        for path in VIEWS.glob("*.py")
        if path.stem not in PARTS
        for function in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_")
        if function.returns and ast.unparse(function.returns) in ("kit.Message", "Message", "View")
    }


def test_the_page_says_what_the_views_say() -> None:
    written = page_of_texts.PAGE.read_text(encoding="utf-8")
    assert written == page_of_texts.page(), "run `make texts`, and read it"


def test_no_text_is_left_out() -> None:
    source = Path(page_of_texts.__file__).read_text(encoding="utf-8")
    assert {each for each in builders() if f"{each}(" not in source} == set()
