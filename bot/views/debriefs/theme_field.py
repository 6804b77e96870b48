"""The theme field of a pain: found by typing, or added in place."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import ExternalDataSelectElement

from bot.domain.debriefs.sections import THEME_LENGTH
from bot.views import block_kit, form_fields

ACTION = "theme.find"


def theme_select(chosen: str) -> ExternalDataSelectElement:
    """Build the list to search by typing; the value of a theme is its own words."""
    return ExternalDataSelectElement(
        action_id=ACTION,
        placeholder="Type a word, such as export",
        initial_option=form_fields.option(chosen, block_kit.one_line(chosen)) if chosen else None,
        min_query_length=0,
    )


def options(found: Sequence[str], typed: str) -> dict[str, list[dict[str, Any]]]:
    """Build the response to a search; a theme that doesn't exist yet is offered as a new one."""
    name = block_kit.one_line(typed, THEME_LENGTH) if typed.strip() else ""
    known = {each.casefold() for each in found}
    shown = [
        form_fields.option(each, block_kit.one_line(each))
        for each in found[: form_fields.MAX_MATCHES - 1]
    ]
    if name and name.casefold() not in known:
        shown.append(
            form_fields.option(name, block_kit.truncate(f"Add “{name}”", form_fields.OPTION_LENGTH))
        )
    return {"options": [each.to_dict() for each in shown]}
