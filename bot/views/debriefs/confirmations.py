"""Kept: what the author of a debrief is told once it is kept."""

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
from bot.views import block_kit as kit

CHANGE = "debrief.change"
TAKE_BACK = "debrief.take_back"
NEVER_HELD = "debrief.never_held"
THANKS = "Thank you, your debrief for {name} is kept."
IN_DIGEST = "The story in the digest changes with it."
LONG = "A story travels furthest in two sentences; this one has about {count}."
ALONE = "You have left, so no team reads it. /visit join brings you back at any time."


@dataclass(frozen=True)
class Kept:
    """A debrief that is kept: what its author is told of it.

    `next_due` is None for somebody who has left, `digest_at` where no digest is due. One that was
    `changed` may have been `told` in a digest. `sentences` is how long the story is.
    """

    customer: str
    next_due: date | None
    sharing: Sharing
    digest_at: datetime | None
    debrief_id: int | None = None
    changed: bool = False
    told: bool = False
    sentences: int = 2


def recorded(kept: Kept, zone: str, today: date) -> kit.Message:
    """What the author sees once a debrief is kept."""
    name = kit.one_line(kept.customer)
    done = f"Your debrief for {name} is changed." if kept.changed else THANKS.format(name=name)
    shared = IN_DIGEST if kept.told else _sharing(kept.sharing, kept.digest_at, zone, today)
    parts = [
        done,
        f"{kit.due(kept.next_due, today)}." if kept.next_due else "",
        shared if kept.next_due else ALONE,
        LONG.format(count=kept.sentences) if kept.sentences > 2 else "",
    ]
    change = [change_button(kept.debrief_id)] if kept.debrief_id is not None else []
    return kit.say(" ".join(filter(None, parts)), below=change)


def change_button(debrief_id: int) -> ActionsBlock:
    """*Change it*, under what was said of a debrief."""
    return ActionsBlock(block_id=f"{CHANGE}:{debrief_id}", elements=[_change(debrief_id)])


def change_row(told: str, debrief_id: int) -> SectionBlock:
    """A debrief in a line, with *Change it* beside it; nothing in the line is live."""
    beside = _change(debrief_id)
    return SectionBlock(block_id=f"{CHANGE}:{debrief_id}", text=kit.plain(told), accessory=beside)


def _change(debrief_id: int) -> ButtonElement:
    return ButtonElement(text="Change it", action_id=CHANGE, value=str(debrief_id))


def debrief_id(body: Mapping[str, Any]) -> int:
    """Which debrief's button was pressed."""
    return int(body["actions"][0]["value"])


def taken_back(customer: str, next_due: date | None, today: date, *, took_place: bool) -> View:
    """What stands in the form's place once its debrief is taken back."""
    gone = f"Your debrief for {kit.one_line(customer)} is taken back."
    visit = "The visit still counts." if took_place else "The visit counts for nobody."
    due = f"{kit.due(next_due, today)}." if next_due else ""
    told = " ".join(filter(None, [gone, visit, due]))
    return View(
        type="modal", title="Debrief", close="Close", blocks=[kit.rich(kit.paragraph(told))]
    )


def _sharing(shared: Sharing, digest_at: datetime | None, zone: str, today: date) -> str:
    if shared is Sharing.PRIVATE:
        return "It stays private."
    if digest_at is None:
        return "Your team has no story channel yet, so it is not shared."
    without = " without the customer's name" if shared is Sharing.NO_NAME else ""
    return f"Your team reads it{without} on {kit.moment(digest_at, zone, today)}."


def again(customer: str) -> kit.Message:
    """What the author sees who has sent the same debrief from two windows."""
    return kit.say(f"Your debrief for {kit.one_line(customer)} was kept already. It is there once.")


def usage() -> kit.Message:
    """What `/debrief help` answers."""
    return kit.say(
        kit.code("/debrief"),
        " opens the form for what you heard on a visit. Three fields are enough: the customer, "
        "the date and the story in two sentences. ",
        kit.code("/debrief NAME"),
        " fills in the customer for you, and ",
        kit.code("/debrief NAME what they said"),
        " the story too. What you type is kept as you go: close the form, and it is offered again.",
    )


def taking_back() -> list[Block]:
    """The two ways to undo a debrief that is kept."""
    words = _sure("Its words are gone then, also from the digest. The visit still counts.")
    visit = _sure("The debrief is gone then, and the visit counts for nobody.")
    buttons = [
        _undoing("Take the debrief back", "held", TAKE_BACK, words),
        _undoing("It never took place", "never", NEVER_HELD, visit),
    ]
    return [ActionsBlock(block_id=TAKE_BACK, elements=buttons)]


def _undoing(text: str, value: str, action_id: str, sure: ConfirmObject) -> ButtonElement:
    return ButtonElement(text=text, action_id=action_id, value=value, confirm=sure)


def _sure(text: str) -> ConfirmObject:
    return ConfirmObject(title="Are you sure?", text=kit.plain(text), confirm="Yes", deny="No")
