"""Passing a customer over: *Not this one* in a nudge, its reasons, and what is said to them."""

from collections.abc import Iterable, Mapping
from datetime import date

from slack_sdk.models.blocks import OptionGroup, StaticSelectElement

from bot.domain.suggestions.dismissals import Pass
from bot.views import block_kit as kit
from bot.views import form_fields as fields

ACTION = "nudge.not_this_one"
WORDS: Mapping[Pass, str] = {
    Pass.NOT_NOW: "A bad moment for them",
    Pass.ASKED_NOT_TO: "They asked for quiet",
    Pass.NO_LONGER: "They are gone",
    Pass.NOT_MINE: "Not my field",
    Pass.KNOWN_WELL: "I know them well",
}


def element(named: Iterable[tuple[int, str]]) -> StaticSelectElement:
    """The list of reasons, for each customer's id and name."""
    groups = [
        OptionGroup(
            label=kit.plain(kit.one_line(name)),
            options=[fields.option(f"{id}:{why}", text) for why, text in WORDS.items()],
        )
        for id, name in named
    ]
    return StaticSelectElement(action_id=ACTION, placeholder="Not this one", option_groups=groups)


def read(body: fields.Payload) -> tuple[int, Pass]:
    """The customer passed over, and why."""
    id, _, why = body["actions"][0]["selected_option"]["value"].partition(":")
    return int(id), Pass(why)


def note(customer: str, until: date, today: date, *, for_all: bool) -> str:
    """What comes of it, as a sentence."""
    whom = "nobody is sent to" if for_all else "you are not sent to"
    return f"Noted: {whom} {kit.one_line(customer)} before {kit.day(until, today)}."
