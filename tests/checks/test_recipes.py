"""The recipes in CONTRIBUTING.md name the files that their examples really touch."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.checks import markdown

ROOT = Path(__file__).parents[2]
# Each recipe with what its example is found by in the code.
EXAMPLES = {
    "A field of a form": r"\"surprise\"|\.surprise\b|\bsurprise: ",
    "A subcommand": r"snooze_latest|\"snooze\"|/visit snooze|def nothing_to_snooze",
    "A scheduled message": (
        r"/notes\.py$|\bnotes\.offer\b|MessageKind\.NOTE\b|\bNOTE = \"note\""
        r"|NOTE_MISSING|note_missing|missing_notes|\bnote_at\b|find_first_offer|reschedule_note"
    ),
    "A contact source": r"\bContactRow\b|def record_contact\b",
}
SEARCHED = ("bot", "handlers", "scheduler", "README.md", "docs/running.md")


def files_of(recipe: str) -> set[str]:
    """Return the paths that a recipe lists."""
    page = markdown.parse(ROOT / "CONTRIBUTING.md")
    return {markdown.first_code(each) for each in markdown.items(markdown.section(page, recipe))}


def files_with(pattern: str) -> set[str]:
    """Return the production files that hold what an example is found by."""
    found = re.compile(pattern, re.MULTILINE)
    listed = subprocess.run(
        ["git", "ls-files", *SEARCHED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {
        path
        for path in listed.stdout.split()
        if path.endswith((".py", ".md")) and "/versions/" not in path
        if found.search(f"{path}\n{(ROOT / path).read_text(encoding='utf-8')}")
    }


@pytest.mark.parametrize("recipe", EXAMPLES)
def test_a_recipe_lists_every_file_that_its_example_touches(recipe: str) -> None:
    assert files_of(recipe) == files_with(EXAMPLES[recipe])


@pytest.mark.parametrize("recipe", EXAMPLES)
def test_a_recipe_lists_no_file_that_is_not_there(recipe: str) -> None:
    assert [path for path in files_of(recipe) if not (ROOT / path).exists()] == []
