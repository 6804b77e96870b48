"""Options of a select for the text typed: its own, users and channels, or the app's response."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.page.rendering import decode_text
from sandbox.page.sidebar import visible_channels
from sandbox.page.surface_state import Choice
from sandbox.person import Person
from sandbox.workspace.elements import Element, PlacedElement
from sandbox.workspace.state import Message, View, Workspace

MIN_QUERY_LENGTH = 3
NO_RESULTS = "No results"


@dataclass(frozen=True)
class OptionList:
    """Options under one heading; none if `label` is empty."""

    label: str
    choices: Sequence[Choice]


def list_options(
    workspace: Workspace, person: Person, where: Message | View, placed: PlacedElement, typed: str
) -> tuple[list[OptionList], str]:
    """Return the groups of options, and a note when there are none."""
    kind = str(placed.element["type"])
    if "external" in kind:
        return _external(person, where, placed, typed)
    if "static" in kind:
        groups = _static(placed.element, typed)
    elif "users" in kind:
        groups = [OptionList("", _matching(_users(workspace), typed))]
    else:
        groups = [OptionList("", _matching(_channels(workspace, person, kind), typed))]
    found = [group for group in groups if group.choices]
    return found, "" if found else NO_RESULTS


def _external(
    person: Person, where: Message | View, placed: PlacedElement, typed: str
) -> tuple[list[OptionList], str]:
    least = int(placed.element.get("min_query_length", MIN_QUERY_LENGTH))
    if len(typed) < least:
        return [], f"Type at least {least} character{'s' if least != 1 else ''}"
    answered = person.options(placed.action_id, typed, where=where)
    found = [_choice(option) for option in answered]
    return [OptionList("", found)] if found else [], "" if found else NO_RESULTS


def _choice(option: Mapping[str, Any]) -> Choice:
    """Return an option of the app as a choice whose value is the whole option, as JSON."""
    return Choice(json.dumps(option), decode_text(option["text"]["text"]))


def _static(element: Element, typed: str) -> list[OptionList]:
    loose = [OptionList("", _matching(_plain(element.get("options")), typed))]
    groups = [
        OptionList(decode_text(group["label"]["text"]), _matching(_plain(group["options"]), typed))
        for group in element.get("option_groups") or ()
    ]
    return loose + groups


def _plain(options: Iterable[Mapping[str, Any]] | None) -> list[Choice]:
    return [Choice(str(o["value"]), decode_text(o["text"]["text"])) for o in options or ()]


def _users(workspace: Workspace) -> list[Choice]:
    return [Choice(user.id, user.real_name) for user in workspace.people() if not user.deleted]


def _channels(workspace: Workspace, person: Person, kind: str) -> list[Choice]:
    seen = visible_channels(workspace, person.user)
    places = [Choice(c.id, f"#{c.name}") for c in seen if c.kind != "im" and not c.archived]
    return places + (_users(workspace) if "conversations" in kind else [])


def _matching(choices: Iterable[Choice], typed: str) -> list[Choice]:
    wanted = typed.strip().lower()
    return [choice for choice in choices if wanted in choice.label.lower()]
