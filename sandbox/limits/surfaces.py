"""Rules of surfaces: the blocks they accept, and what must hold across valid blocks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sandbox.limits.blocks import BLOCKS
from sandbox.limits.rules import Finding, ListOf, OneOf, pick
from sandbox.limits.walker import objects

Block: TypeAlias = Mapping[str, Any]

NESTED_BLOCKS = {"carousel": "elements", "container": "child_blocks"}
CELL_CHARACTERS = {"table": 10_000, "data_table": 20_000}


@dataclass(frozen=True)
class SurfaceLimits:
    """The blocks that a surface accepts, their number, and the elements it refuses."""

    allowed_blocks: OneOf
    most: int
    least: int = 1
    refused_elements: frozenset[str] = frozenset()

    @property
    def blocks(self) -> ListOf:
        return ListOf(self.allowed_blocks, self.most, self.least)


COMMON_BLOCKS = "section header divider context actions image rich_text card"
LARGE_BLOCKS = "table data_table carousel container"
MESSAGE = SurfaceLimits(pick(BLOCKS, f"{COMMON_BLOCKS} {LARGE_BLOCKS} markdown"), most=50, least=0)
MODAL = SurfaceLimits(pick(BLOCKS, f"{COMMON_BLOCKS} input alert"), most=100)
HOME = SurfaceLimits(
    pick(BLOCKS, f"{COMMON_BLOCKS} {LARGE_BLOCKS} input"),
    most=100,
    refused_elements=frozenset(
        ("datetimepicker", "email_text_input", "file_input", "number_input", "url_text_input")
    ),
)


def across_blocks(blocks: Sequence[Block], surface: SurfaceLimits) -> Iterator[Finding]:
    """Yield what is wrong across blocks; each block by itself must be valid."""
    yield from _repeated("block_id", blocks, "blocks")
    for path, block in _innermost(blocks, "blocks"):
        yield from _repeated("action_id", block, path)
    yield from _misplaced(blocks, surface)
    yield from _focused_twice(blocks)
    yield from _overfull_tables(blocks)


def characters(value: object) -> int:
    """Return how many characters of text there are in a block or several."""
    return sum(len(found["text"]) for _, found in objects(value, "") if _is_text(found))


def _is_text(found: Mapping[str, Any]) -> bool:
    return isinstance(found.get("text"), str)


def _innermost(blocks: Sequence[Block], path: str) -> Iterator[tuple[str, Block]]:
    for index, block in enumerate(blocks):
        here = f"{path}[{index}]"
        nested_key = NESTED_BLOCKS.get(block["type"])
        if nested_key is None:
            yield here, block
        else:
            yield from _innermost(block[nested_key], f"{here}.{nested_key}")


def _repeated(key: str, value: object, path: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for where, found in objects(value, path):
        name = found.get(key)
        if name in seen:
            yield f"{where}.{key}", f"{name!r} is already in use"
        elif name is not None:
            seen.add(name)


def _misplaced(blocks: Sequence[Block], surface: SurfaceLimits) -> Iterator[Finding]:
    for path, found in objects(blocks, "blocks"):
        if found.get("type") in surface.refused_elements:
            yield f"{path}.type", f"{found['type']!r} is not allowed on this surface"
        if found.get("response_url_enabled") and not (
            surface is MODAL and path.endswith(".element")
        ):
            yield f"{path}.response_url_enabled", "is only for inputs of modals"


def _focused_twice(blocks: Sequence[Block]) -> Iterator[Finding]:
    focused = [path for path, found in objects(blocks, "blocks") if found.get("focus_on_load")]
    for path in focused[1:]:
        yield f"{path}.focus_on_load", "only one element can have the focus"


def _overfull_tables(blocks: Sequence[Block]) -> Iterator[Finding]:
    for kind, most in CELL_CHARACTERS.items():
        size = characters([block for block in blocks if block["type"] == kind])
        if size > most:
            yield "blocks", f"has {size} characters in {kind} cells, must have at most {most}"
