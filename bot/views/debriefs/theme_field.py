"""Themes of pains: found by typing, or added in place."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import ExternalDataSelectElement

from bot.domain.debriefs.sections import THEME_LENGTH
from bot.views import block_kit as kit
from bot.views import form_fields as fields

ACTION = "theme.find"


def theme_select(chosen: str) -> ExternalDataSelectElement:
    """The list searched by typing; a theme travels as its own words."""
    return ExternalDataSelectElement(
        action_id=ACTION,
        placeholder="Type a word, such as export",
        initial_option=fields.option(chosen, kit.one_line(chosen)) if chosen else None,
        min_query_length=0,
    )


def options(found: Sequence[str], typed: str) -> dict[str, list[dict[str, Any]]]:
    """The answer to a search; a theme that nobody has named is offered to be added."""
    name = kit.one_line(typed, THEME_LENGTH) if typed.strip() else ""
    known = {each.casefold() for each in found}
    shown = [fields.option(each, kit.one_line(each)) for each in found[: fields.FOUND_MOST - 1]]
    if name and name.casefold() not in known:
        shown.append(fields.option(name, kit.clip(f"Add “{name}”", fields.OPTION_LENGTH)))
    return {"options": [each.to_dict() for each in shown]}
