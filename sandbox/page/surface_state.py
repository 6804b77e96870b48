"""What an interactive element shows now: the typed state, or else its initial value."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.page.fields import field_name
from sandbox.page.reader import Reader
from sandbox.workspace.elements import KINDS, ElementKind

Block = Mapping[str, Any]
TEXT_KIND = ElementKind("value", "initial_value")


@dataclass(frozen=True)
class Choice:
    """A chosen option: what the form posts, and what the person reads."""

    value: str
    label: str


@dataclass(frozen=True)
class SurfaceState:
    """The state of a surface; `where` is its name ("message:C1:1.2" or "view:V1")."""

    where: str
    reader: Reader
    state: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    def element_id(self, block: Block, element: Block) -> str:
        """Return the element's id in the page, the same for the same ids of Slack's."""
        name = field_name(str(block.get("block_id", "")), str(element.get("action_id", "")))
        return f"{self.where}/{name}"

    def present(self, block: Block, element: Block) -> Any:
        """Return the element's value in Slack's shape, such as an option or a list of ids."""
        kind = KINDS.get(str(element.get("type")), TEXT_KIND)
        typed = self.state.get(str(block.get("block_id")), {})
        entry = typed.get(str(element.get("action_id")))
        if entry is not None and kind.key in entry:
            return entry[kind.key]
        return element.get(kind.initial)

    def values(self, block: Block, element: Block) -> list[str]:
        """Return the values of the chosen options, for elements that show all options."""
        found = self.present(block, element)
        chosen = found if isinstance(found, list) else [found] if found else []
        return [str(option["value"]) for option in chosen]

    def choices(self, block: Block, element: Block) -> list[Choice]:
        """Return what was chosen, for elements that show options only as text is typed."""
        found = self.present(block, element)
        chosen = found if isinstance(found, list) else [found] if found else []
        return [self._choice(item, element) for item in chosen]

    def _choice(self, item: Any, element: Block) -> Choice:
        if isinstance(item, Mapping) and "value" in item:
            external = "external" in str(element.get("type"))
            label = str((item.get("text") or {}).get("text", item["value"]))
            return Choice(json.dumps(item) if external else str(item["value"]), label)
        found = str(item["id"] if isinstance(item, Mapping) else item)
        return Choice(found, self.name(found))

    def name(self, thing_id: str) -> str:
        """Return the shown name of a user, a channel or a file."""
        if thing_id in self.files:
            return self.files[thing_id]
        if thing_id in self.reader.channels:
            return "#" + self.reader.channels[thing_id]
        return self.reader.users.get(thing_id, thing_id)

    def words(self, block: Block, element: Block) -> str:
        """Return a text element's text; rich text without formatting."""
        found = self.present(block, element)
        return str(found or "") if not isinstance(found, Mapping) else _words(found)

    def local_moment(self, block: Block, element: Block) -> str:
        """Return a datetimepicker's value as a browser's field needs it, in the reader's zone."""
        seconds = self.present(block, element)
        if not seconds:
            return ""
        at = datetime.fromtimestamp(int(seconds), UTC).astimezone(self.reader.zone)
        return f"{at:%Y-%m-%dT%H:%M}"


def _words(part: Mapping[str, Any]) -> str:
    return str(part.get("text") or "") + "".join(_words(p) for p in part.get("elements") or ())
