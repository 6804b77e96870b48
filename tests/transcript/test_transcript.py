"""The traffic of some weeks is the same as in the recorded transcript."""

import pytest

from tests.transcript.compared import PATH, first_difference
from tests.transcript.weeks import live

ADVICE = "If intended, `python -m tests.transcript` writes the transcript again."


@pytest.mark.long
def test_the_weeks_pass_as_they_did() -> None:
    lines: list[str] = []
    ended = ""
    try:
        live(lines)
    except Exception as error:  # noqa: BLE001 - what came before says more than where it ended
        ended = f"The weeks ended early: {error!r}"
    differs = first_difference(PATH.read_text(encoding="utf-8").splitlines(), lines)
    if differs or ended:
        pytest.fail("\n".join([differs, ended, ADVICE]), pytrace=False)


def test_the_first_difference_is_laid_out() -> None:
    known, now = ["-- clock", 'call post {"a": 1, "b": 2}'], ["-- clock", 'call post {"a": 1}']
    assert first_difference(known, now).splitlines() == [
        "line 2, in: -- clock",
        "--- committed",
        "+++ now",
        "@@ -1,5 +1,4 @@",
        " call post ",
        " {",
        '- "a": 1,',
        '- "b": 2',
        '+ "a": 1',
        " }",
    ]


def test_a_transcript_that_ends_early_differs() -> None:
    assert first_difference(["-- a", "b"], ["-- a"]) != ""
