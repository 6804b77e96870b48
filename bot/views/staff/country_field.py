"""Countries in forms: whose holidays somebody keeps, found by typing."""

import re
from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import ExternalDataSelectElement, InputBlock

from bot.domain.customers import name_key
from bot.views import block_kit as kit
from bot.views import form_fields as fields

ACTION = "country.find"
BLOCK = "country"
NOBODYS = "None"
CODES = re.compile(r"([A-Z]{2})(?:/(.{1,32}))?")

# ISO code of a country, a part of it or None, and the name of both.
Found = tuple[str, str | None, str]


def country_field(chosen: Found | None) -> InputBlock:
    """The field for the country, or a part of one, whose holidays are kept."""
    element = ExternalDataSelectElement(
        action_id=ACTION,
        placeholder="Type the name of a country",
        initial_option=fields.option(*_option(chosen)),
        min_query_length=0,
    )
    hint = "On its public holidays I keep quiet."
    return fields.field(BLOCK, "Whose holidays do you keep?", element, optional=True, hint=hint)


def options(found: Sequence[Found], typed: str) -> dict[str, list[dict[str, Any]]]:
    """The answer to a search: what was found, after "None" if that may be meant."""
    none: list[Found | None] = [None] if name_key(NOBODYS).startswith(name_key(typed)) else []
    shown = [*none, *found][: fields.FOUND_MOST]
    return {"options": [fields.option(*_option(each)).to_dict() for each in shown]}


def read_country(view: fields.Payload) -> tuple[str | None, str | None]:
    """The code of the country chosen, and of the part of it; None for neither."""
    codes = CODES.fullmatch(fields.code(view, BLOCK) or "")
    return (codes[1], codes[2]) if codes else (None, None)


def _option(place: Found | None) -> tuple[str, str]:
    if place is None:
        return "none", NOBODYS
    code, part, name = place
    return f"{code}/{part}" if part else code, kit.one_line(name)
