"""*Not this one* in a nudge: the menu of reasons, and what comes of a dismissal."""

from collections.abc import Iterable, Mapping
from datetime import date

from slack_sdk.models.blocks import OptionGroup, StaticSelectElement

from bot.domain.suggestions.dismissals import DismissalReason
from bot.views import block_kit, form_fields

ACTION = "nudge.not_this_one"
REASON_LABELS: Mapping[DismissalReason, str] = {
    DismissalReason.NOT_NOW: "A bad moment for them",
    DismissalReason.ASKED_NOT_TO: "They asked for quiet",
    DismissalReason.NO_LONGER: "They are gone",
    DismissalReason.NOT_MINE: "Not my field",
    DismissalReason.KNOWN_WELL: "I know them well",
}


def dismiss_select(suggested: Iterable[tuple[int, str]]) -> StaticSelectElement:
    """Build the menu of reasons, for each customer's id and name."""
    groups = [
        OptionGroup(
            label=block_kit.plain_text(block_kit.one_line(name)),
            options=[
                form_fields.option(f"{id}:{why}", text) for why, text in REASON_LABELS.items()
            ],
        )
        for id, name in suggested
    ]
    return StaticSelectElement(action_id=ACTION, placeholder="Not this one", option_groups=groups)


def parse_dismissal(body: form_fields.Payload) -> tuple[int, DismissalReason]:
    """Parse the customer dismissed, and why."""
    id, _, why = body["actions"][0]["selected_option"]["value"].partition(":")
    return int(id), DismissalReason(why)


def dismissed_text(customer: str, until: date, today: date, *, for_all: bool) -> str:
    """Return what comes of a dismissal, as a sentence."""
    who = "nobody is sent to" if for_all else "you are not sent to"
    return (
        f"Noted: {who} {block_kit.one_line(customer)} before {block_kit.format_day(until, today)}."
    )
