"""The country field of forms: whose holidays a PM keeps, found by typing."""

import re
from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import ExternalDataSelectElement, InputBlock

from bot.domain.customers import name_key
from bot.views import block_kit, form_fields

ACTION = "country.find"
BLOCK = "country"
NO_COUNTRY = "None"
CODE_PATTERN = re.compile(r"([A-Z]{2})(?:/(.{1,32}))?")

# The ISO code of a country, a part of it or None, and the name of both.
CountryMatch = tuple[str, str | None, str]


def country_field(chosen: CountryMatch | None) -> InputBlock:
    """Build the field for the country, or a part of one, whose holidays the PM keeps."""
    element = ExternalDataSelectElement(
        action_id=ACTION,
        placeholder="Type the name of a country",
        initial_option=form_fields.option(*_option(chosen)),
        min_query_length=0,
    )
    hint = "On its public holidays I keep quiet."
    return form_fields.input_block(
        BLOCK, "Whose holidays do you keep?", element, optional=True, hint=hint
    )


def options(found: Sequence[CountryMatch], typed: str) -> dict[str, list[dict[str, Any]]]:
    """Build the response to a search: what was found, after "None" if that may be meant."""
    none: list[CountryMatch | None] = (
        [None] if name_key(NO_COUNTRY).startswith(name_key(typed)) else []
    )
    shown = [*none, *found][: form_fields.MAX_MATCHES]
    return {"options": [form_fields.option(*_option(each)).to_dict() for each in shown]}


def parse_country(view: form_fields.Payload) -> tuple[str | None, str | None]:
    """Parse the code of the country chosen, and of the part of it; None for neither."""
    codes = CODE_PATTERN.fullmatch(form_fields.get_code(view, BLOCK) or "")
    return (codes[1], codes[2]) if codes else (None, None)


def _option(country: CountryMatch | None) -> tuple[str, str]:
    if country is None:
        return "none", NO_COUNTRY
    code, part, name = country
    return f"{code}/{part}" if part else code, block_kit.one_line(name)
