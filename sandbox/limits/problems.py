"""Problem: a reason for a refusal, as the Web API reports it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.limits.rules import Constraint, Finding


@dataclass(frozen=True)
class Problem:
    """A problem: Slack's error `code`, the value's `pointer`, what is wrong, the limit it breaks.

    A pointer is such as `/blocks/2/accessory/text`, or "" for the whole.
    """

    code: str
    pointer: str
    text: str
    constraint: Constraint | None = None


def to_problems(code: str, findings: Iterable[Finding]) -> list[Problem]:
    return [Problem(code, found.pointer, found.text, found.constraint) for found in findings]


def json_bytes(value: object) -> int:
    """Return the size of a value as compact JSON in UTF-8."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # JSON can hold half a surrogate pair, which plain UTF-8 cannot.
    return len(written.encode("utf-8", "surrogatepass"))
