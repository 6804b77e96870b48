"""Problem: a reason for a refusal, as the Web API reports it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.limits.rules import Finding


@dataclass(frozen=True)
class Problem:
    """A problem: Slack's error `code`, the `path` of the value, and what is wrong in `text`.

    A path is such as `blocks[2].accessory.text`, or "" for the whole.
    """

    code: str
    path: str
    text: str


def to_problems(code: str, findings: Iterable[Finding]) -> list[Problem]:
    return [Problem(code, path, text) for path, text in findings]


def json_bytes(value: object) -> int:
    """Return the size of a value as compact JSON in UTF-8."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # JSON can hold half a surrogate pair, which plain UTF-8 cannot.
    return len(written.encode("utf-8", "surrogatepass"))
