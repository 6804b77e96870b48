"""Check messages and their metadata."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sandbox.limits.problems import Problem, json_bytes, to_problems
from sandbox.limits.rules import AnyObject, Finding, Shape, String
from sandbox.limits.surfaces import CELL_CHARACTERS, MESSAGE, across_blocks, characters
from sandbox.limits.walker import findings

REFUSED_CHARACTERS = 13_200
MARKDOWN_CHARACTERS = 12_000
# Slack does not publish its limit; this is far above what an opaque id needs.
METADATA_BYTES = 8_000
METADATA = Shape({"event_type": String(255), "event_payload": AnyObject()})


def check_message(blocks: Sequence[Mapping[str, Any]], text: str) -> list[Problem]:
    """Return a message's problems: `no_text`, `invalid_blocks` or `msg_blocks_too_long`; or [].

    What spans several blocks is checked only when each block by itself is valid.
    """
    if not blocks and not text:
        return to_problems("no_text", [("text", "is missing, and there are no blocks")])
    wrong = list(findings(blocks, MESSAGE.blocks, "blocks"))
    if wrong:
        return to_problems("invalid_blocks", wrong)
    return [
        *to_problems("invalid_blocks", across_blocks(blocks, MESSAGE)),
        *to_problems("invalid_blocks", _second_table(blocks)),
        *to_problems("msg_blocks_too_long", _too_much_text(blocks)),
    ]


def check_metadata(metadata: object) -> list[Problem]:
    """Return the problems of message metadata, or [].

    Their codes are `invalid_metadata_format`, `invalid_metadata_schema` and `metadata_too_large`.
    """
    if not isinstance(metadata, Mapping):
        return to_problems("invalid_metadata_format", [("metadata", "must be an object")])
    problems = to_problems("invalid_metadata_schema", findings(metadata, METADATA, "metadata"))
    if json_bytes(metadata) > METADATA_BYTES:
        problems += to_problems(
            "metadata_too_large", [("metadata", f"is over {METADATA_BYTES} bytes")]
        )
    return problems


def _second_table(blocks: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    tables = [index for index, block in enumerate(blocks) if block["type"] == "table"]
    for index in tables[1:]:
        yield f"blocks[{index}]", "a message can have only one table"


def _too_much_text(blocks: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    # Table cells have their own caps.
    size = characters([block for block in blocks if block["type"] not in CELL_CHARACTERS])
    if size >= REFUSED_CHARACTERS:
        yield "blocks", f"has {size} characters, must have less than {REFUSED_CHARACTERS}"
    size = characters([block for block in blocks if block["type"] == "markdown"])
    if size > MARKDOWN_CHARACTERS:
        yield "blocks", f"has {size} characters of markdown, at most {MARKDOWN_CHARACTERS} go"
