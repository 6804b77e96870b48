"""The examples in the sandbox's README run as they stand there."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.checks import markdown

ROOT = Path(__file__).parents[2]
EXAMPLES = [
    token.content
    for token in markdown.parse(ROOT / "sandbox" / "README.md")
    if token.type == "fence" and token.info == "python"
]


@pytest.mark.parametrize("example", EXAMPLES, ids=("alone", "in a test"))
def test_an_example_runs_as_it_stands(example: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", example], cwd=ROOT, input="\n", capture_output=True, text=True
    )
    assert (ended.returncode, ended.stderr) == (0, "")
