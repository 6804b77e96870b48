"""A reason for a refusal, as the Web API reports it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.limits.rules import Finding


@dataclass(frozen=True)
class Problem:
    """`code` is Slack's error; `path` leads to the value at fault, such as
    `blocks[2].accessory.text`, or is "" for the whole; `text` says what is wrong with it."""

    code: str
    path: str
    text: str


def to_problems(code: str, findings: Iterable[Finding]) -> list[Problem]:
    return [Problem(code, path, text) for path, text in findings]


def json_bytes(value: object) -> int:
    """The size of a value as compact JSON in UTF-8."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # JSON may carry half a surrogate pair, which plain UTF-8 cannot.
    return len(written.encode("utf-8", "surrogatepass"))
