"""Promises: their messages and buttons, and their lines on Home and in briefs."""

from datetime import date

from slack_sdk.models.blocks import ActionsBlock, ButtonElement

from bot.domain.debriefs.promises import OwedPromise
from bot.views import block_kit, form_fields

KEPT = "promise.kept"
POSTPONE = "promise.put_off"
WHAT_MAX_CHARS = 500


def reminder_message(owed: OwedPromise, today: date) -> block_kit.Message:
    """Build the reminder of a promise on its date."""
    name = block_kit.one_line(owed.customer)
    return _message(f"You promised {name} something {_by_text(owed.on, today)}:", owed)


def assigned_message(owed: OwedPromise, author: str, today: date) -> block_kit.Message:
    """Build the message to the owner of a promise that someone else made."""
    who, name = block_kit.one_line(author), block_kit.one_line(owed.customer)
    opening = f"{who} promised {name} something that you keep {_by_text(owed.on, today)}:"
    return _message(opening, owed)


def promise_line(owed: OwedPromise, today: date) -> list[block_kit.TextPart]:
    """Return a promise's line on Home."""
    what = block_kit.one_line(owed.what, 200)
    return [
        block_kit.bold(block_kit.one_line(owed.customer)),
        f", {_by_text(owed.on, today)}: {what}",
    ]


def buttons(owed: OwedPromise) -> ActionsBlock:
    """Build the buttons that mark a promise as kept or postpone it by a week."""
    kept = ButtonElement(text="Kept", action_id=KEPT, value=str(owed.id), style="primary")
    off = ButtonElement(text="A week more", action_id=POSTPONE, value=f"{owed.id}:{owed.on}")
    return ActionsBlock(block_id=f"promise:{owed.id}", elements=[kept, off])


def parse_promise_id(body: form_fields.Payload) -> int:
    """Parse the promise that a button belongs to."""
    return int(body["actions"][0]["value"].partition(":")[0])


def parse_due_date(body: form_fields.Payload) -> date:
    """Parse the date that was shown when *A week more* was pressed."""
    return date.fromisoformat(body["actions"][0]["value"].partition(":")[2])


def kept_message(owed: OwedPromise) -> block_kit.Message:
    """Build the message that replaces a reminder once the promise is kept."""
    what = block_kit.one_line(owed.what, WHAT_MAX_CHARS)
    return block_kit.text_message(
        f"Kept, what {block_kit.one_line(owed.customer)} was promised: {what}"
    )


def postponed_message(owed: OwedPromise, today: date) -> block_kit.Message:
    """Build the message that replaces a reminder once the promise is postponed by a week."""
    what, when = block_kit.one_line(owed.what, WHAT_MAX_CHARS), block_kit.format_day(owed.on, today)
    name = block_kit.one_line(owed.customer)
    return block_kit.text_message(
        f"I will remind you again on {when} of what you promised {name}: {what}"
    )


def brief_text(owed: OwedPromise, owner: str, today: date) -> str:
    """Return a promise's text in a brief; `owner` is a name, "" for the reader."""
    who = block_kit.capitalize(block_kit.one_line(owner)) if owner else "You"
    keeps = "keeps" if owner else "keep"
    return f"{block_kit.one_line(owed.what, 200)} ({who} {keeps} it {_by_text(owed.on, today)})"


def _message(opening: str, owed: OwedPromise) -> block_kit.Message:
    what = block_kit.truncate(owed.what, WHAT_MAX_CHARS)
    blocks = [
        block_kit.rich_text(block_kit.paragraph(opening), block_kit.quote(what)),
        buttons(owed),
    ]
    return block_kit.message(f"{opening} {what}", *blocks)


def _by_text(on: date, today: date) -> str:
    if on < today:
        return f"by {block_kit.format_day(on, today)}, which has passed"
    return "by today" if on == today else f"by {block_kit.format_day(on, today)}"
