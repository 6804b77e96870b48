"""The registry of samples leaves out nothing that the views build."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bot.views.samples.registry import SECTIONS, UNLISTED, samples
from bot.views.samples.sample import ORDINARY, SampleData, Surface

ROOT = Path(__file__).parents[2]
VIEWS = ROOT / "bot" / "views"
SAMPLES = VIEWS / "samples"
# What other views are made of.
PARTS = {"bot.views.block_kit", "bot.views.form_fields"}
BUILT = ("block_kit.Message", "Message", "View", "View | None")


def modules(folder: Path) -> Iterator[tuple[str, ast.Module]]:
    """Yield the modules of a folder by their full names."""
    for path in folder.rglob("*.py"):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        yield name, ast.parse(path.read_text(encoding="utf-8"))


def functions(folder: Path) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield the public functions of a folder by their full names."""
    for module, tree in modules(folder):
        for each in tree.body:
            if isinstance(each, ast.FunctionDef) and not each.name.startswith("_"):
                yield f"{module}.{each.name}", each


def builders() -> Iterator[str]:
    """Yield each function that builds a message, a view or the response to a search."""
    for name, function in functions(VIEWS):
        module, _, short = name.rpartition(".")
        if module in PARTS or module.startswith("bot.views.samples"):
            continue
        if short == "options" or (function.returns and ast.unparse(function.returns) in BUILT):
            yield name


def called(tree: ast.Module) -> set[str]:
    """Return the full names of what a module calls, through its imports of modules."""
    imported = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return {
        f"{imported.get(node.value.id)}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }


def test_each_builder_of_the_views_has_a_sample() -> None:
    shown = {name for _, tree in modules(SAMPLES) for name in called(tree)}
    assert set(builders()) - shown == set()


def test_each_function_that_yields_samples_is_in_the_registry() -> None:
    declared = {
        name
        for name, function in functions(SAMPLES)
        if function.returns and ast.unparse(function.returns) == "Samples"
    }
    registered = {
        f"{each.__module__}.{each.__name__}" for each in (*SECTIONS.values(), *UNLISTED.values())
    }
    assert declared == registered


def test_no_two_samples_have_one_name() -> None:
    names = Counter(each.name for each in samples(ORDINARY))
    assert [name for name, count in names.items() if count > 1] == []


def test_the_longest_data_has_the_same_samples_as_the_ordinary() -> None:
    longest = SampleData("Long words. ", 3)
    assert [each.name for each in samples(longest)] == [each.name for each in samples(ORDINARY)]


def test_every_surface_has_samples() -> None:
    assert {each.surface for each in samples(ORDINARY)} == set(Surface)
