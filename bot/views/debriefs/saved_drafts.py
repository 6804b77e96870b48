"""Unfinished debriefs: offered again where the form was closed, and on Home."""

from dataclasses import dataclass
from datetime import date, datetime

from slack_sdk.models.blocks import ActionsBlock, ButtonElement, ConfirmObject

from bot.views import block_kit as kit
from bot.views import form_fields as fields

GO_ON = "unfinished.go_on"
THROW_AWAY = "unfinished.throw_away"


@dataclass(frozen=True)
class Left:
    """What was left unfinished: its key, of which customer ("" if nobody said), and when (UTC)."""

    key: str
    customer: str
    story: str
    since: datetime


def closed(left: Left) -> kit.Message:
    """What whoever closes a form half-way sees where they opened it."""
    return kit.say(f"Your words{_about(left)} are kept for two weeks.", below=[buttons(left.key)])


def line(left: Left, zone: str, today: date) -> list[kit.Part]:
    """What Home says of it: whom it is about, when it was left, and how it begins."""
    name = kit.one_line(left.customer) if left.customer else "No customer yet"
    begins = f": {kit.one_line(left.story, 120)}" if left.story else ""
    return [kit.bold(name), f", left on {kit.moment(left.since, zone, today)}{begins}"]


def buttons(key: str) -> ActionsBlock:
    """Go on, or throw it away."""
    sure = ConfirmObject(
        title="Throw it away?",
        text=kit.plain("What you wrote is gone then."),
        confirm="Throw away",
        deny="Keep",
    )
    away = ButtonElement(text="Throw away", action_id=THROW_AWAY, value=key, confirm=sure)
    return ActionsBlock(
        block_id=f"unfinished:{key}",
        elements=[ButtonElement(text="Go on writing", action_id=GO_ON, value=key), away],
    )


def key(body: fields.Payload) -> str:
    """Which one was pressed."""
    pressed: str = body["actions"][0]["value"]
    return pressed


def thrown_away() -> kit.Message:
    """What stands in place of the offer once it is declined."""
    return kit.say("Thrown away.")


def no_longer() -> kit.Message:
    """What is said of one that was saved or thrown away elsewhere."""
    return kit.say("This debrief is no longer unfinished: it was saved, or thrown away.")


def _about(left: Left) -> str:
    return f" about {kit.one_line(left.customer)}" if left.customer else ""
