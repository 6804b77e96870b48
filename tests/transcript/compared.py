"""Compare two transcripts, and show the first difference in a readable form."""

import difflib
import json
from collections.abc import Sequence
from pathlib import Path

PATH = Path(__file__).with_name("weeks.txt")
AROUND = 3


def first_difference(was: Sequence[str], new: Sequence[str]) -> str:
    """Return the first difference of two transcripts, laid out; "" where they are the same."""
    at = next((n for n, pair in enumerate(zip(was, new, strict=False)) if pair[0] != pair[1]), None)
    if at is None and len(was) == len(new):
        return ""
    at = min(len(was), len(new)) if at is None else at
    step = next((each for each in reversed(new[:at]) if each.startswith(("--", "=="))), "")
    one, other = (_laid_out(lines[at]) if at < len(lines) else [] for lines in (was, new))
    shown = difflib.unified_diff(one, other, "committed", "now", n=AROUND, lineterm="")
    return "\n".join([f"line {at + 1}, in: {step}", *shown])


def _laid_out(line: str) -> list[str]:
    """Split a line with JSON into several."""
    start = min((line.find(each) for each in '{["' if each in line), default=-1)
    if start < 0:
        return [line]
    try:
        held = json.loads(line[start:])
    except ValueError:
        return [line]
    return [line[:start], *json.dumps(held, indent=1, ensure_ascii=False).splitlines()]
