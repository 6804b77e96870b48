"""Interactive elements: find them in blocks, and read and write each kind's value."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.workspace.state import Block, StateValues

Element = dict[str, Any]


@dataclass(frozen=True)
class ElementKind:
    """How a kind of element stores its value: under `key`, at first that of `initial`."""

    key: str
    initial: str
    many: bool = False
    option: bool = False
    stateful: bool = True


_OPTION = ElementKind("selected_option", "initial_option", option=True)
_OPTIONS = ElementKind("selected_options", "initial_options", many=True, option=True)
_VALUE = ElementKind("value", "initial_value")
_BUTTON = ElementKind("value", "", stateful=False)

KINDS: dict[str, ElementKind] = {
    "button": _BUTTON,
    "icon_button": _BUTTON,
    "feedback_buttons": _BUTTON,
    "overflow": ElementKind("selected_option", "", option=True, stateful=False),
    "plain_text_input": _VALUE,
    "email_text_input": _VALUE,
    "url_text_input": _VALUE,
    "number_input": _VALUE,
    "rich_text_input": ElementKind("rich_text_value", "initial_value"),
    "static_select": _OPTION,
    "external_select": _OPTION,
    "radio_buttons": _OPTION,
    "checkboxes": _OPTIONS,
    "multi_static_select": _OPTIONS,
    "multi_external_select": _OPTIONS,
    "users_select": ElementKind("selected_user", "initial_user"),
    "multi_users_select": ElementKind("selected_users", "initial_users", many=True),
    "conversations_select": ElementKind("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ElementKind(
        "selected_conversations", "initial_conversations", many=True
    ),
    "channels_select": ElementKind("selected_channel", "initial_channel"),
    "multi_channels_select": ElementKind("selected_channels", "initial_channels", many=True),
    "datepicker": ElementKind("selected_date", "initial_date"),
    "timepicker": ElementKind("selected_time", "initial_time"),
    "datetimepicker": ElementKind("selected_date_time", "initial_date_time"),
    "file_input": ElementKind("files", "", many=True),
}


@dataclass(frozen=True)
class PlacedElement:
    """An element and its block."""

    block: Block
    element: Element

    @property
    def block_id(self) -> str:
        return str(self.block["block_id"])

    @property
    def action_id(self) -> str:
        return str(self.element["action_id"])

    @property
    def kind(self) -> ElementKind:
        return KINDS[self.element["type"]]

    @property
    def is_input(self) -> bool:
        return bool(self.block["type"] == "input")


def elements_of(block: Mapping[str, Any]) -> Iterator[Element]:
    """Yield the interactive elements of one block; `nested_blocks` finds the blocks in it."""
    candidates = [block.get("element"), block.get("accessory")]
    for name in ("elements", "actions"):
        candidates.extend(block.get(name) or () if isinstance(block.get(name), list) else ())
    for candidate in candidates:
        if isinstance(candidate, dict) and candidate.get("type") in KINDS:
            yield candidate


def nested_blocks(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        for name in ("elements", "child_blocks", "blocks"):
            inner = block.get(name)
            if isinstance(inner, list):
                cards = [b for b in inner if isinstance(b, dict) and _is_block(b)]
                yield from nested_blocks(cards)


def _is_block(candidate: Mapping[str, Any]) -> bool:
    return candidate.get("type") in ("card", "section", "actions", "context", "image", "input")


def pressed_button(element: Element, value: Any) -> Element | None:
    """Return the button that a press means: the one of a pair with this value; None for a select.

    AssertionError if no button of the pair has it.
    """
    if element["type"] != "feedback_buttons":
        return element if element["type"] in ("button", "icon_button") else None
    pair: list[Element] = [element["positive_button"], element["negative_button"]]
    for button in pair:
        if button["value"] == value:
            return button
    offered = " and ".join(button["value"] for button in pair)
    raise AssertionError(f"{element['action_id']} has no button {value!r}; it has {offered}")


def find_elements(blocks: Sequence[Block]) -> list[PlacedElement]:
    return [PlacedElement(b, e) for b in nested_blocks(blocks) for e in elements_of(b)]


def find_element(blocks: Sequence[Block], action_id: str, block_id: str | None) -> PlacedElement:
    """Return an element; AssertionError, with a list of all, unless there is exactly one."""
    fitting = [
        placed
        for placed in find_elements(blocks)
        if placed.action_id == action_id and block_id in (None, placed.block_id)
    ]
    if len(fitting) == 1:
        return fitting[0]
    found_elements = ", ".join(f"{p.block_id}/{p.action_id}" for p in find_elements(blocks))
    problem = "more than one" if fitting else "no"
    raise AssertionError(
        f"{problem} element {block_id or ''}/{action_id}; there is: {found_elements}"
    )


def find_field(blocks: Sequence[Block], name: str) -> PlacedElement:
    """Return the element of the block `name`, or else the element with that action_id."""
    listed = find_elements(blocks)
    by_block = [placed for placed in listed if placed.block_id == name]
    fitting = by_block or [placed for placed in listed if placed.action_id == name]
    if not fitting:
        field_names = ", ".join(p.block_id for p in listed)
        raise AssertionError(f"no field {name!r}; there is: {field_names}")
    return fitting[0]


def initial_state(blocks: Sequence[Block], previous: StateValues | None = None) -> StateValues:
    """Return the state of a new view; typed values survive under the same pair of ids."""
    state: StateValues = {}
    for placed in find_elements(blocks):
        if not placed.kind.stateful:
            continue
        old = (previous or {}).get(placed.block_id, {}).get(placed.action_id)
        same_type = old is not None and old["type"] == placed.element["type"]
        fresh = old if old is not None and same_type else _initial_entry(placed)
        state.setdefault(placed.block_id, {})[placed.action_id] = fresh
    return state


def _initial_entry(placed: PlacedElement) -> dict[str, Any]:
    empty: Any = [] if placed.kind.many else None
    return state_entry(placed, placed.element.get(placed.kind.initial) or empty)


def state_entry(placed: PlacedElement, value: Any) -> dict[str, Any]:
    """Return an element's entry in view.state.values; `value` already has Slack's shape."""
    return {"type": placed.element["type"], placed.kind.key: value}


def all_options(element: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the element's own options, groups flattened, with its initial ones."""
    groups = [element.get("options") or ()]
    groups.extend(g.get("options") or () for g in element.get("option_groups") or ())
    groups.append(element.get("initial_options") or ())
    if element.get("initial_option"):
        groups.append([element["initial_option"]])
    return [option for group in groups for option in group]
