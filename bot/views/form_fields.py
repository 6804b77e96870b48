"""Form fields: input blocks, and the readers of what was put into them."""

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

from bot.domain.customers import NEW_NAME_LENGTH, name_key
from bot.domain.text import cut_to_length, is_blank
from bot.views import block_kit

DEFAULT_ACTION = "value"
MAX_MATCHES = 100
OPTION_LENGTH = 75

Payload = Mapping[str, Any]
SearchMatch = tuple[int, str, str]


def input_block(
    block_id: str,
    label: str,
    element: InputInteractiveElement,
    *,
    optional: bool = False,
    hint: str | None = None,
    dispatches: bool = False,
) -> InputBlock:
    """Build an input block around an element; with `dispatches` Slack sends each change at once."""
    return InputBlock(
        block_id=block_id,
        label=block_kit.plain_text(label),
        element=element,
        optional=optional,
        hint=hint,
        dispatch_action=dispatches or None,
    )


def text_element(
    max_length: int,
    typed: str = "",
    *,
    multiline: bool = False,
    example: str | None = None,
    dispatch_as: str = "",
) -> PlainTextInputElement:
    """Build a text input of at most `max_length` characters.

    With `dispatch_as` Slack sends the text under that action id while it is typed.
    """
    as_typed = {"trigger_actions_on": ["on_character_entered"]}
    return PlainTextInputElement(
        action_id=dispatch_as or DEFAULT_ACTION,
        dispatch_action_config=as_typed if dispatch_as else None,
        initial_value=cut_to_length(typed, max_length) or None,
        multiline=multiline,
        max_length=max_length,
        placeholder=example,
    )


def date_element(chosen: date | None) -> DatePickerElement:
    """Build a date picker."""
    return DatePickerElement(
        action_id=DEFAULT_ACTION, initial_date=chosen.isoformat() if chosen else None
    )


def time_element(chosen: time | None) -> TimePickerElement:
    """Build a picker for a time of day."""
    return TimePickerElement(
        action_id=DEFAULT_ACTION, initial_time=f"{chosen:%H:%M}" if chosen else None
    )


def select_element(
    choices: Mapping[str, str],
    chosen: str | None = None,
    *,
    action_id: str = DEFAULT_ACTION,
    placeholder: str = "Choose",
) -> StaticSelectElement:
    """Build a list to choose one from; `choices` are texts by code."""
    options = [option(code, text) for code, text in choices.items()]
    return StaticSelectElement(
        action_id=action_id,
        placeholder=placeholder,
        options=options,
        initial_option=_initial_option(options, chosen),
    )


def radio_element(choices: Mapping[str, tuple[str, str]], chosen: str) -> RadioButtonsElement:
    """Build radio buttons; `choices` are a text and a description by code."""
    options = [option(code, *texts) for code, texts in choices.items()]
    return RadioButtonsElement(
        action_id=DEFAULT_ACTION, options=options, initial_option=_initial_option(options, chosen)
    )


def checkboxes_element(choices: Mapping[str, str], chosen: Sequence[str]) -> CheckboxesElement:
    """Build checkboxes; `choices` are texts by code."""
    options = [option(code, text) for code, text in choices.items()]
    ticked = [each for each in options if each.value in chosen]
    return CheckboxesElement(
        action_id=DEFAULT_ACTION, options=options, initial_options=ticked or None
    )


def multi_select_element(
    choices: Mapping[str, str], chosen: Sequence[str]
) -> StaticMultiSelectElement:
    """Build a list to choose several from; `choices` are texts by code."""
    options = [option(code, text) for code, text in choices.items()]
    picked = [each for each in options if each.value in chosen]
    return StaticMultiSelectElement(
        action_id=DEFAULT_ACTION,
        placeholder="Choose",
        options=options,
        initial_options=picked or None,
    )


def user_element(chosen: str | None) -> UserSelectElement:
    """Build a list to choose a member of the workspace from, by Slack id."""
    return UserSelectElement(action_id=DEFAULT_ACTION, placeholder="Choose", initial_user=chosen)


def users_element(chosen: Sequence[str], max_selected: int) -> UserMultiSelectElement:
    """Build a list to choose several members of the workspace from."""
    return UserMultiSelectElement(
        action_id=DEFAULT_ACTION,
        placeholder="Choose",
        initial_users=list(chosen) or None,
        max_selected_items=max_selected,
    )


def option(code: str, text: str, description: str | None = None) -> Option:
    """Build an option whose value is its code."""
    return Option(value=code, text=block_kit.plain_text(text), description=description)


def _initial_option(options: Sequence[Option], code: str | None) -> Option | None:
    return next((each for each in options if each.value == code), None)


def element_state(view: Payload, block_id: str) -> Payload:
    """Return the state of a block's one element; empty when the block isn't in the form."""
    elements = view["state"]["values"].get(block_id) or {}
    found: Payload = next(iter(elements.values()), {})
    return found


def get_text(view: Payload, block_id: str) -> str:
    """Return the text typed, without white space around it; "" when nothing is visible."""
    typed: str = element_state(view, block_id).get("value") or ""
    return "" if is_blank(typed) else typed.strip()


def get_code(view: Payload, block_id: str) -> str | None:
    """Return the code of the option chosen."""
    chosen = element_state(view, block_id).get("selected_option")
    return chosen["value"] if chosen else None


def get_codes(view: Payload, block_id: str) -> frozenset[str]:
    """Return the codes of the boxes ticked."""
    return frozenset(
        each["value"] for each in element_state(view, block_id).get("selected_options") or ()
    )


def get_user_id(view: Payload, block_id: str) -> str | None:
    """Return the Slack id of the user chosen."""
    return element_state(view, block_id).get("selected_user") or None


def get_file_id(view: Payload, block_id: str) -> str:
    """Return the Slack id of the file uploaded to a field; "" without one."""
    files = element_state(view, block_id).get("files") or ()
    return str(files[0]["id"]) if files else ""


def get_user_ids(view: Payload, block_id: str) -> tuple[str, ...]:
    """Return the Slack ids of the users chosen."""
    return tuple(element_state(view, block_id).get("selected_users") or ())


def get_date(view: Payload, block_id: str) -> date | None:
    """Return the date picked."""
    picked = element_state(view, block_id).get("selected_date")
    return date.fromisoformat(picked) if picked else None


def get_time(view: Payload, block_id: str) -> time | None:
    """Return the time of day picked."""
    picked = element_state(view, block_id).get("selected_time")
    return time.fromisoformat(picked) if picked else None


def pack_metadata(**values: object) -> str:
    """Pack values for a form's private metadata; None is left out."""
    return json.dumps({name: value for name, value in values.items() if value is not None})


def unpack_metadata(view: Payload) -> dict[str, Any]:
    """Unpack what `pack_metadata` put into a form's private metadata."""
    packed: dict[str, Any] = json.loads(view.get("private_metadata") or "{}")
    return packed


def get_reply_to(view: Payload) -> str:
    """Return where a form answers to: a response URL, "home" or ""."""
    return str(unpack_metadata(view).get("where", ""))


def choice_option(kind: str, id: int | None, name: str) -> Option:
    """Build the option for a search match, or for a new name when `id` is None."""
    if id is None:
        return option(
            f"new:{cut_to_length(name, NEW_NAME_LENGTH)}",
            block_kit.one_line(name, OPTION_LENGTH),
        )
    return option(f"{kind}:{id}", block_kit.one_line(name, OPTION_LENGTH))


def options_response(
    kind: str, found: Sequence[SearchMatch], typed: str, add: str, *, shared_names: bool = False
) -> dict[str, list[dict[str, Any]]]:
    """Build the response to a search by typing: at most 100 options, the last may add a name.

    `found` holds ids, names and hints that tell equal names apart; `add` is a sentence with the
    placeholder {name}. A name found isn't offered as a new one, except with `shared_names`, as for
    people, whose hints are always shown.
    """
    new = _new_option([] if shared_names else found, typed, add)
    shown = found[: MAX_MATCHES - len(new)]
    options = [option(f"{kind}:{id}", label) for id, label in _distinct_labels(shown, shared_names)]
    return {"options": [each.to_dict() for each in (*options, *new)]}


def _new_option(found: Sequence[SearchMatch], typed: str, add: str) -> list[Option]:
    key = name_key(typed)
    if not key or is_blank(typed) or any(name_key(name) == key for _, name, _ in found):
        return []
    name = block_kit.one_line(typed, NEW_NAME_LENGTH)
    return [
        option(f"new:{name}", add.format(name=block_kit.truncate(name, OPTION_LENGTH - len(add))))
    ]


def _distinct_labels(found: Sequence[SearchMatch], shared_names: bool) -> list[tuple[int, str]]:
    names = Counter(block_kit.one_line(name).casefold() for _, name, _ in found)
    hinted = [
        f"{block_kit.one_line(name, 40)}, {block_kit.one_line(hint, 33)}"
        if hint.strip() and (shared_names or names[block_kit.one_line(name).casefold()] > 1)
        else block_kit.one_line(name)
        for _, name, hint in found
    ]
    equal = Counter(label.casefold() for label in hinted)
    return [
        (
            id,
            f"{block_kit.truncate(label, 60)} (no. {id})" if equal[label.casefold()] > 1 else label,
        )
        for (id, _, _), label in zip(found, hinted, strict=True)
    ]


def parse_choice(view: Payload, block_id: str, kind: str) -> tuple[int | None, str]:
    """Parse the id chosen, or None and the name to add; (None, "") when neither can be read."""
    prefix, _, value = (get_code(view, block_id) or "").partition(":")
    if prefix == "new":
        return None, "" if is_blank(value) else value.strip()
    known = prefix == kind and re.fullmatch("[0-9]{1,9}", value)
    return (int(value), "") if known else (None, "")


def form_error(**answers: tuple[object, str]) -> block_kit.FormError:
    """Build the error of a form with empty or wrong fields; sentences by block id."""
    return block_kit.FormError({name: why for name, (answer, why) in answers.items() if not answer})


def too_long_text(max_length: int) -> str:
    """Return the sentence for a text of more than `max_length` characters."""
    return f"Please keep it to {max_length:,} characters. Your text is still here."


def not_saved_text(reference: str) -> str:
    """Return the sentence for a form that stays open because saving failed."""
    return (
        "This could not be saved just now. Your text is still here: please try again. "
        f"If it keeps happening, give {reference} to whoever runs Nihito."
    )
