"""Fields of forms: input blocks, and the readers of what was put into them."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from slack_sdk.models.blocks import (
    CheckboxesElement,
    DatePickerElement,
    InputBlock,
    InputInteractiveElement,
    Option,
    PlainTextInputElement,
    RadioButtonsElement,
    StaticMultiSelectElement,
    StaticSelectElement,
    TimePickerElement,
    UserMultiSelectElement,
    UserSelectElement,
)

from bot.domain.customers import name_key
from bot.domain.text import is_blank
from bot.views import block_kit as kit

VALUE = "value"
FOUND_MOST = 100
OPTION_LENGTH = 75
NEW_LENGTH = 140

Payload = Mapping[str, Any]
Found = tuple[int, str, str]


def field(
    block_id: str,
    label: str,
    element: InputInteractiveElement,
    *,
    optional: bool = False,
    hint: str | None = None,
    told: bool = False,
) -> InputBlock:
    """An input block around an element; Slack tells of what is put into it at once if `told`."""
    return InputBlock(
        block_id=block_id,
        label=kit.plain(label),
        element=element,
        optional=optional,
        hint=hint,
        dispatch_action=told or None,
    )


def text_element(
    longest: int,
    typed: str = "",
    *,
    lines: bool = False,
    example: str | None = None,
    told_as: str = "",
) -> PlainTextInputElement:
    """A box for text of at most `longest` characters.

    With `told_as` Slack tells of it under that action while it is typed.
    """
    as_typed = {"trigger_actions_on": ["on_character_entered"]}
    return PlainTextInputElement(
        action_id=told_as or VALUE,
        dispatch_action_config=as_typed if told_as else None,
        initial_value=kit.head(typed, longest) or None,
        multiline=lines,
        max_length=longest,
        placeholder=example,
    )


def date_element(chosen: date | None) -> DatePickerElement:
    """A date picker."""
    return DatePickerElement(action_id=VALUE, initial_date=chosen.isoformat() if chosen else None)


def time_element(chosen: time | None) -> TimePickerElement:
    """A picker for a time of day."""
    return TimePickerElement(action_id=VALUE, initial_time=f"{chosen:%H:%M}" if chosen else None)


def select_element(
    words: Mapping[str, str],
    chosen: str | None = None,
    *,
    action_id: str = VALUE,
    placeholder: str = "Choose",
) -> StaticSelectElement:
    """A list to choose one of; `words` are texts by code."""
    options = [option(code, text) for code, text in words.items()]
    return StaticSelectElement(
        action_id=action_id,
        placeholder=placeholder,
        options=options,
        initial_option=_chosen(options, chosen),
    )


def radio_element(words: Mapping[str, tuple[str, str]], chosen: str) -> RadioButtonsElement:
    """Buttons to choose one of; `words` are a text and a description by code."""
    options = [option(code, *texts) for code, texts in words.items()]
    return RadioButtonsElement(
        action_id=VALUE, options=options, initial_option=_chosen(options, chosen)
    )


def checks_element(words: Mapping[str, str], chosen: Sequence[str]) -> CheckboxesElement:
    """Boxes to tick any of; `words` are texts by code."""
    options = [option(code, text) for code, text in words.items()]
    ticked = [each for each in options if each.value in chosen]
    return CheckboxesElement(action_id=VALUE, options=options, initial_options=ticked or None)


def several_element(words: Mapping[str, str], chosen: Sequence[str]) -> StaticMultiSelectElement:
    """A list to choose several of; `words` are texts by code."""
    options = [option(code, text) for code, text in words.items()]
    picked = [each for each in options if each.value in chosen]
    return StaticMultiSelectElement(
        action_id=VALUE, placeholder="Choose", options=options, initial_options=picked or None
    )


def user_element(chosen: str | None) -> UserSelectElement:
    """A list to choose somebody of the workspace from, by Slack's id."""
    return UserSelectElement(action_id=VALUE, placeholder="Choose", initial_user=chosen)


def users_element(chosen: Sequence[str], most: int) -> UserMultiSelectElement:
    """A list to choose several people of the workspace from."""
    return UserMultiSelectElement(
        action_id=VALUE,
        placeholder="Choose",
        initial_users=list(chosen) or None,
        max_selected_items=most,
    )


def option(code: str, text: str, description: str | None = None) -> Option:
    """An option that travels as its code."""
    return Option(value=code, text=kit.plain(text), description=description)


def _chosen(options: Sequence[Option], code: str | None) -> Option | None:
    return next((each for each in options if each.value == code), None)


def entry(view: Payload, block_id: str) -> Payload:
    """What the one element of a block holds; empty when the block is not in the form."""
    elements = view["state"]["values"].get(block_id) or {}
    found: Payload = next(iter(elements.values()), {})
    return found


def text(view: Payload, block_id: str) -> str:
    """The text typed, without white space around it; "" when there is nothing to see."""
    typed: str = entry(view, block_id).get("value") or ""
    return "" if is_blank(typed) else typed.strip()


def code(view: Payload, block_id: str) -> str | None:
    """The code of the option chosen."""
    chosen = entry(view, block_id).get("selected_option")
    return chosen["value"] if chosen else None


def codes(view: Payload, block_id: str) -> frozenset[str]:
    """The codes of the boxes ticked."""
    return frozenset(each["value"] for each in entry(view, block_id).get("selected_options") or ())


def user(view: Payload, block_id: str) -> str | None:
    """Slack's id of the person chosen."""
    return entry(view, block_id).get("selected_user") or None


def file_id(view: Payload, block_id: str) -> str:
    """Slack's id of the file that was put into a field; "" without one."""
    files = entry(view, block_id).get("files") or ()
    return str(files[0]["id"]) if files else ""


def users(view: Payload, block_id: str) -> tuple[str, ...]:
    """Slack's ids of the people chosen."""
    return tuple(entry(view, block_id).get("selected_users") or ())


def on(view: Payload, block_id: str) -> date | None:
    """The date picked."""
    picked = entry(view, block_id).get("selected_date")
    return date.fromisoformat(picked) if picked else None


def at(view: Payload, block_id: str) -> time | None:
    """The time of day picked."""
    picked = entry(view, block_id).get("selected_time")
    return time.fromisoformat(picked) if picked else None


def pack(**values: object) -> str:
    """Values for a form's private metadata; None is left out."""
    return json.dumps({name: value for name, value in values.items() if value is not None})


def unpack(view: Payload) -> dict[str, Any]:
    """What `pack` put into a form's private metadata."""
    packed: dict[str, Any] = json.loads(view.get("private_metadata") or "{}")
    return packed


def where(view: Payload) -> str:
    """The response URL that a form carries, or ""."""
    return str(unpack(view).get("where", ""))


def found_option(kind: str, id: int | None, name: str) -> Option:
    """The option for something found by typing, or for one to be added when `id` is None."""
    if id is None:
        return option(f"new:{kit.head(name, NEW_LENGTH)}", kit.one_line(name, OPTION_LENGTH))
    return option(f"{kind}:{id}", kit.one_line(name, OPTION_LENGTH))


def found_answer(
    kind: str, found: Sequence[Found], typed: str, add: str, *, shared_names: bool = False
) -> dict[str, list[dict[str, Any]]]:
    """The answer to a search by typing: at most 100 options, of which the last may add one.

    `found` holds ids, names and hints that tell equal names apart; `add` is a sentence with the
    place {name}. A name found is not offered to be added again, unless names are shared as those
    of people are; those show their hints always.
    """
    new = _new_option([] if shared_names else found, typed, add)
    shown = found[: FOUND_MOST - len(new)]
    options = [option(f"{kind}:{id}", label) for id, label in _labels(shown, shared_names)]
    return {"options": [each.to_dict() for each in (*options, *new)]}


def _new_option(found: Sequence[Found], typed: str, add: str) -> list[Option]:
    key = name_key(typed)
    if not key or is_blank(typed) or any(name_key(name) == key for _, name, _ in found):
        return []
    name = kit.one_line(typed, NEW_LENGTH)
    return [option(f"new:{name}", add.format(name=kit.clip(name, OPTION_LENGTH - len(add))))]


def _labels(found: Sequence[Found], shared_names: bool) -> list[tuple[int, str]]:
    names = Counter(kit.one_line(name).casefold() for _, name, _ in found)
    hinted = [
        f"{kit.one_line(name, 40)}, {kit.one_line(hint, 33)}"
        if hint.strip() and (shared_names or names[kit.one_line(name).casefold()] > 1)
        else kit.one_line(name)
        for _, name, hint in found
    ]
    equal = Counter(label.casefold() for label in hinted)
    return [
        (id, f"{kit.clip(label, 60)} (no. {id})" if equal[label.casefold()] > 1 else label)
        for (id, _, _), label in zip(found, hinted, strict=True)
    ]


def read_found(view: Payload, block_id: str, kind: str) -> tuple[int | None, str]:
    """The id chosen, or None and the name to add; (None, "") when neither can be read."""
    sort, _, value = (code(view, block_id) or "").partition(":")
    if sort == "new":
        return None, "" if is_blank(value) else value.strip()
    known = sort == kind and re.fullmatch("[0-9]{1,9}", value)
    return (int(value), "") if known else (None, "")


def missing(**answers: tuple[object, str]) -> kit.FormFault:
    """The fault of a form in which fields are empty or not right; sentences by block id."""
    return kit.FormFault({name: why for name, (answer, why) in answers.items() if not answer})


def too_long(longest: int) -> str:
    """The sentence at a text of more than `longest` characters."""
    return f"Please keep it to {longest:,} characters. Your text is still here."


def not_saved(reference: str) -> str:
    """The sentence at a form that stays open because saving failed."""
    return (
        "This could not be saved just now. Your text is still here: please try again. "
        f"If it keeps happening, give {reference} to whoever runs Nihito."
    )
