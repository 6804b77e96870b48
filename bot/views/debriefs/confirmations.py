"""Debrief confirmations: what the author sees once a debrief is saved, changed or withdrawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    SectionBlock,
)
from slack_sdk.models.views import View

from bot.domain.debriefs.rules import Sharing
from bot.views import block_kit

CHANGE = "debrief.change"
WITHDRAW = "debrief.take_back"
NEVER_HELD = "debrief.never_held"
THANKS = "Thank you, your debrief for {name} is kept."
DIGEST_UPDATED = "The story in the digest changes with it."
LONG_STORY = "A story travels furthest in two sentences; this one has about {count}."
NO_TEAM = "You have left, so no team reads it. /visit join brings you back at any time."


@dataclass(frozen=True)
class DebriefConfirmation:
    """A saved debrief, as it is confirmed to its author.

    `next_due` is None for an author who has left, `digest_at` where no digest is due. One that was
    `changed` may have been `posted` in a digest before. `sentences` is how long the story is.
    """

    customer: str
    next_due: date | None
    sharing: Sharing
    digest_at: datetime | None
    debrief_id: int | None = None
    changed: bool = False
    posted: bool = False
    sentences: int = 2


def saved_message(debrief: DebriefConfirmation, zone: str, today: date) -> block_kit.Message:
    """Build the message that the author sees once a debrief is saved."""
    name = block_kit.one_line(debrief.customer)
    done = f"Your debrief for {name} is changed." if debrief.changed else THANKS.format(name=name)
    sharing = (
        DIGEST_UPDATED
        if debrief.posted
        else _sharing_text(debrief.sharing, debrief.digest_at, zone, today)
    )
    parts = [
        done,
        f"{block_kit.due_text(debrief.next_due, today)}." if debrief.next_due else "",
        sharing if debrief.next_due else NO_TEAM,
        LONG_STORY.format(count=debrief.sentences) if debrief.sentences > 2 else "",
    ]
    change = [change_button(debrief.debrief_id)] if debrief.debrief_id is not None else []
    return block_kit.text_message(" ".join(filter(None, parts)), below=change)


def change_button(debrief_id: int) -> ActionsBlock:
    """Build *Change it*, for below the confirmation of a debrief."""
    return ActionsBlock(block_id=f"{CHANGE}:{debrief_id}", elements=[_change_element(debrief_id)])


def change_row(text: str, debrief_id: int) -> SectionBlock:
    """Build a debrief in one line, with *Change it* beside it; nothing in the line is live."""
    beside = _change_element(debrief_id)
    return SectionBlock(
        block_id=f"{CHANGE}:{debrief_id}", text=block_kit.plain_text(text), accessory=beside
    )


def _change_element(debrief_id: int) -> ButtonElement:
    return ButtonElement(text="Change it", action_id=CHANGE, value=str(debrief_id))


def parse_debrief_id(body: Mapping[str, Any]) -> int:
    """Parse the debrief that a button belongs to."""
    return int(body["actions"][0]["value"])


def render_withdrawn(
    customer: str, next_due: date | None, today: date, *, took_place: bool
) -> View:
    """Render the modal that replaces the form once its debrief is withdrawn."""
    opening = f"Your debrief for {block_kit.one_line(customer)} is taken back."
    visit = "The visit still counts." if took_place else "The visit counts for nobody."
    due = f"{block_kit.due_text(next_due, today)}." if next_due else ""
    text = " ".join(filter(None, [opening, visit, due]))
    return View(
        type="modal",
        title="Debrief",
        close="Close",
        blocks=[block_kit.rich_text(block_kit.paragraph(text))],
    )


def _sharing_text(sharing: Sharing, digest_at: datetime | None, zone: str, today: date) -> str:
    if sharing is Sharing.PRIVATE:
        return "It stays private."
    if digest_at is None:
        return "Your team has no story channel yet, so it is not shared."
    without = " without the customer's name" if sharing is Sharing.NO_NAME else ""
    return f"Your team reads it{without} on {block_kit.format_moment(digest_at, zone, today)}."


def already_saved_message(customer: str) -> block_kit.Message:
    """Build the message for an author who has sent the same debrief from two windows."""
    return block_kit.text_message(
        f"Your debrief for {block_kit.one_line(customer)} was kept already. It is there once."
    )


def usage() -> block_kit.Message:
    """Build the reply to `/debrief help`."""
    return block_kit.text_message(
        block_kit.code("/debrief"),
        " opens the form for what you heard on a visit. Three fields are enough: the customer, "
        "the date and the story in two sentences. ",
        block_kit.code("/debrief NAME"),
        " fills in the customer for you, and ",
        block_kit.code("/debrief NAME what they said"),
        " the story too. What you type is kept as you go: close the form, and it is offered again.",
    )


def withdraw_blocks() -> list[Block]:
    """Build the two buttons that undo a saved debrief."""
    words = _confirm("Its words are gone then, also from the digest. The visit still counts.")
    visit = _confirm("The debrief is gone then, and the visit counts for nobody.")
    buttons = [
        _undo_button("Take the debrief back", "held", WITHDRAW, words),
        _undo_button("It never took place", "never", NEVER_HELD, visit),
    ]
    return [ActionsBlock(block_id=WITHDRAW, elements=buttons)]


def _undo_button(text: str, value: str, action_id: str, confirm: ConfirmObject) -> ButtonElement:
    return ButtonElement(text=text, action_id=action_id, value=value, confirm=confirm)


def _confirm(text: str) -> ConfirmObject:
    return ConfirmObject(
        title="Are you sure?", text=block_kit.plain_text(text), confirm="Yes", deny="No"
    )
