"""Check messages, their metadata, and blocks by themselves."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sandbox.limits.problems import Problem, json_bytes, to_problems
from sandbox.limits.rules import AnyObject, Constraint, Finding, Shape, String
from sandbox.limits.surfaces import (
    ANY_SURFACE,
    MESSAGE,
    TABLES,
    SurfaceLimits,
    across_blocks,
    characters,
    typed,
)
from sandbox.limits.walker import child, findings

REFUSED_CHARACTERS = 13_200
# Slack does not publish its limit; this is far above what an opaque id needs.
METADATA_BYTES = 8_000


def payload_is_shallow(metadata: Mapping[str, Any]) -> Iterator[Finding]:
    for key, value in metadata["event_payload"].items():
        items = value if isinstance(value, list) else [value]
        if not all(_is_flat(item) for item in items):
            text = "must hold texts, numbers and booleans, at most one object deep"
            yield Finding(child("/event_payload", key), text)


def _is_flat(value: object) -> bool:
    inner = value.values() if isinstance(value, Mapping) else [value]
    return all(isinstance(each, str | int | float) for each in inner)


METADATA = Shape(
    {"event_type": String(255), "event_payload": AnyObject()}, checks=(payload_is_shallow,)
)


def check_message(blocks: Sequence[Mapping[str, Any]], text: str) -> list[Problem]:
    """Return a message's problems: `no_text`, `invalid_blocks` or `msg_blocks_too_long`; or [].

    What spans several blocks is checked only when each block by itself is valid.
    """
    if not blocks and not text:
        return to_problems("no_text", [Finding("/text", "is missing, and there are no blocks")])
    wrong = list(_in_blocks(blocks, MESSAGE, "/blocks"))
    too_long = [] if wrong else list(_too_much_text(blocks))
    return [*to_problems("invalid_blocks", wrong), *to_problems("msg_blocks_too_long", too_long)]


def check_blocks(blocks: object) -> list[Problem]:
    """Return the problems (`invalid_blocks`) of blocks that no surface is named for, or []."""
    return to_problems("invalid_blocks", _in_blocks(blocks, ANY_SURFACE, ""))


def check_payload(message: object) -> list[Problem]:
    """Return the problems of a whole message as `blocks.validate` takes it, or []."""
    if not isinstance(message, Mapping):
        return to_problems("invalid_arguments", findings(message, AnyObject(), ""))
    text = message.get("text", "")
    problems = to_problems("invalid_arguments", findings(text, String(least=0), "/text"))
    problems += check_message(message.get("blocks", ()), text)
    return problems + (check_metadata(message["metadata"]) if "metadata" in message else [])


def check_metadata(metadata: object) -> list[Problem]:
    """Return the problems of message metadata, or [].

    Their codes are `invalid_metadata_format`, `invalid_metadata_schema` and `metadata_too_large`.
    """
    if not isinstance(metadata, Mapping):
        return to_problems("invalid_metadata_format", [Finding("/metadata", "must be an object")])
    problems = to_problems("invalid_metadata_schema", findings(metadata, METADATA, "/metadata"))
    if json_bytes(metadata) > METADATA_BYTES:
        problems += to_problems(
            "metadata_too_large", [Finding("/metadata", f"is over {METADATA_BYTES} bytes")]
        )
    return problems


def _in_blocks(blocks: Any, surface: SurfaceLimits, pointer: str) -> Iterator[Finding]:
    wrong = list(findings(blocks, surface.blocks, pointer))
    yield from wrong or across_blocks(blocks, surface, pointer)


def _too_much_text(blocks: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    # Table cells have their own caps.
    size = characters(blocks) - characters(list(typed(blocks, TABLES).values()))
    if size >= REFUSED_CHARACTERS:
        text = f"has {size} characters, must have less than {REFUSED_CHARACTERS}"
        yield Finding("/blocks", text, Constraint("exclusiveMaximum", REFUSED_CHARACTERS, size))
