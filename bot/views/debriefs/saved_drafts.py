"""Saved drafts of debriefs: offered again where the form was closed, and on Home."""

from datetime import date

from slack_sdk.models.blocks import ActionsBlock, ButtonElement, ConfirmObject

from bot.domain.debriefs.facts import SavedDraftLine
from bot.views import block_kit, form_fields

RESUME = "unfinished.go_on"
DISCARD = "unfinished.throw_away"


def form_closed_message(draft: SavedDraftLine) -> block_kit.Message:
    """Build the message for an author who closes a form half-way, for where they opened it."""
    return block_kit.text_message(
        f"Your words{_about_text(draft)} are kept for two weeks.", below=[buttons(draft.key)]
    )


def draft_line(draft: SavedDraftLine, zone: str, today: date) -> list[block_kit.TextPart]:
    """Return a draft's line on Home: its customer, when it was left, and how it begins."""
    name = block_kit.one_line(draft.customer) if draft.customer else "No customer yet"
    begins = f": {block_kit.one_line(draft.story, 120)}" if draft.story else ""
    return [
        block_kit.bold(name),
        f", left on {block_kit.format_moment(draft.left_at, zone, today)}{begins}",
    ]


def buttons(key: str) -> ActionsBlock:
    """Build the buttons to continue a draft or discard it."""
    sure = ConfirmObject(
        title="Throw it away?",
        text=block_kit.plain_text("What you wrote is gone then."),
        confirm="Throw away",
        deny="Keep",
    )
    away = ButtonElement(text="Throw away", action_id=DISCARD, value=key, confirm=sure)
    return ActionsBlock(
        block_id=f"unfinished:{key}",
        elements=[ButtonElement(text="Go on writing", action_id=RESUME, value=key), away],
    )


def parse_key(body: form_fields.Payload) -> str:
    """Parse the key of the draft that a button belongs to."""
    pressed: str = body["actions"][0]["value"]
    return pressed


def discarded_message() -> block_kit.Message:
    """Build the message that replaces the offer of a draft once it is discarded."""
    return block_kit.text_message("Thrown away.")


def no_longer_saved_message() -> block_kit.Message:
    """Build the message about a draft that was submitted or discarded elsewhere."""
    return block_kit.text_message(
        "This debrief is no longer unfinished: it was saved, or thrown away."
    )


def _about_text(draft: SavedDraftLine) -> str:
    return f" about {block_kit.one_line(draft.customer)}" if draft.customer else ""
