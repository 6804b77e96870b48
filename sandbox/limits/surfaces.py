"""Rules of surfaces: the blocks they accept, and what must hold across valid blocks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sandbox.limits.blocks import BLOCKS
from sandbox.limits.rules import Constraint, Finding, ListOf, OneOf, pick
from sandbox.limits.walker import child, objects

Block: TypeAlias = Mapping[str, Any]

NESTED_BLOCKS = {"carousel": "elements", "container": "child_blocks", "plan": "tasks"}
TABLES = ("table", "data_table")
# How many blocks of these types go together, and how many characters of text.
MOST_TOGETHER = {("data_visualization",): 2, TABLES: 1}
MOST_CHARACTERS = {"table": 10_000, "data_table": 10_000, "markdown": 12_000}


@dataclass(frozen=True)
class SurfaceLimits:
    """The blocks that a surface accepts, their number, and what it refuses inside of them.

    `response_urls` is whether its inputs may ask for a response URL.
    """

    allowed_blocks: OneOf
    most: int
    least: int = 1
    refused_within: frozenset[str] = frozenset()
    response_urls: bool = False

    @property
    def blocks(self) -> ListOf:
        return ListOf(self.allowed_blocks, self.most, self.least)


COMMON_BLOCKS = "section header divider context actions image rich_text card video"
LARGE_BLOCKS = "table data_table carousel container"
MESSAGE_BLOCKS = "markdown data_visualization context_actions plan task_card"
MESSAGE = SurfaceLimits(
    pick(BLOCKS, f"{COMMON_BLOCKS} {LARGE_BLOCKS} {MESSAGE_BLOCKS}"),
    most=50,
    least=0,
    refused_within=frozenset(("input",)),
)
MODAL = SurfaceLimits(pick(BLOCKS, f"{COMMON_BLOCKS} input alert"), most=100, response_urls=True)
HOME = SurfaceLimits(
    pick(BLOCKS, f"{COMMON_BLOCKS} {LARGE_BLOCKS} input"),
    most=100,
    refused_within=frozenset(
        ("datetimepicker", "email_text_input", "file_input", "number_input", "url_text_input")
    ),
)
# Blocks by themselves, as `blocks.validate` takes them: valid on one surface or another.
ANY_SURFACE = SurfaceLimits(OneOf(BLOCKS), most=100, least=0, response_urls=True)


def across_blocks(
    blocks: Sequence[Block], surface: SurfaceLimits, pointer: str
) -> Iterator[Finding]:
    """Yield what is wrong across blocks; each block by itself must be valid."""
    yield from _repeated("block_id", blocks, pointer)
    for place, block in _innermost(blocks, pointer):
        yield from _repeated("action_id", block, place)
    yield from _misplaced(blocks, surface, pointer)
    yield from _focused_twice(blocks, pointer)
    yield from _too_many(blocks, pointer)
    yield from _too_much_text(blocks, pointer)


def characters(value: object) -> int:
    """Return how many characters of text there are in a block or several."""
    return sum(len(found["text"]) for _, found in objects(value, "") if _is_text(found))


def typed(blocks: object, kinds: Sequence[str], pointer: str = "") -> dict[str, Block]:
    """Return the blocks of these types, inside of others too, by their pointers."""
    return {place: found for place, found in objects(blocks, pointer) if found.get("type") in kinds}


def _is_text(found: Mapping[str, Any]) -> bool:
    return isinstance(found.get("text"), str)


def _innermost(blocks: Sequence[Block], pointer: str) -> Iterator[tuple[str, Block]]:
    for index, block in enumerate(blocks):
        here = child(pointer, index)
        nested = block.get(NESTED_BLOCKS.get(block["type"], ""))
        if nested is None:
            yield here, block
        else:
            yield from _innermost(nested, child(here, NESTED_BLOCKS[block["type"]]))


def _repeated(key: str, value: object, pointer: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for place, found in objects(value, pointer):
        name = found.get(key)
        if name in seen:
            yield Finding(child(place, key), f"{name!r} is already in use")
        elif name is not None:
            seen.add(name)


def _misplaced(blocks: Sequence[Block], surface: SurfaceLimits, pointer: str) -> Iterator[Finding]:
    for place, found in objects(blocks, pointer):
        if found.get("type") in surface.refused_within:
            text = f"{found['type']!r} is not allowed on this surface"
            yield Finding(child(place, "type"), text)
        if found.get("response_url_enabled") and not (
            surface.response_urls and place.endswith("/element")
        ):
            yield Finding(child(place, "response_url_enabled"), "is only for inputs of modals")


def _focused_twice(blocks: Sequence[Block], pointer: str) -> Iterator[Finding]:
    focused = [place for place, found in objects(blocks, pointer) if found.get("focus_on_load")]
    for place in focused[1:]:
        yield Finding(child(place, "focus_on_load"), "only one element can have the focus")


def _too_many(blocks: Sequence[Block], pointer: str) -> Iterator[Finding]:
    for kinds, most in MOST_TOGETHER.items():
        places = list(typed(blocks, kinds, pointer))
        for place in places[most:]:
            text = f"only {most} of these may go together: {', '.join(kinds)}"
            yield Finding(place, text, Constraint("maxContains", most, len(places)))


def _too_much_text(blocks: Sequence[Block], pointer: str) -> Iterator[Finding]:
    for kind, most in MOST_CHARACTERS.items():
        size = characters(list(typed(blocks, (kind,)).values()))
        if size > most:
            text = f"has {size} characters in {kind} blocks, must have at most {most}"
            yield Finding(pointer, text, Constraint("maxLength", most, size))
