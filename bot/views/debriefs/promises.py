"""Promises: told, reminded of, kept."""

from datetime import date

from slack_sdk.models.blocks import ActionsBlock, ButtonElement

from bot.domain.debriefs.promises import Owed
from bot.views import block_kit as kit
from bot.views import form_fields as fields

KEPT = "promise.kept"
PUT_OFF = "promise.put_off"
WHAT_SHOWN = 500


def reminder(owed: Owed, today: date) -> kit.Message:
    """What is owed, on its date."""
    name = kit.one_line(owed.customer)
    return _message(f"You promised {name} something {_by(owed.on, today)}:", owed)


def given(owed: Owed, author: str, today: date) -> kit.Message:
    """What somebody is to keep that another has promised."""
    who, name = kit.one_line(author), kit.one_line(owed.customer)
    told = f"{who} promised {name} something that you keep {_by(owed.on, today)}:"
    return _message(told, owed)


def line(owed: Owed, today: date) -> list[kit.Part]:
    """What Home says of it."""
    what = kit.one_line(owed.what, 200)
    return [kit.bold(kit.one_line(owed.customer)), f", {_by(owed.on, today)}: {what}"]


def buttons(owed: Owed) -> ActionsBlock:
    """It was kept, or needs another week."""
    kept = ButtonElement(text="Kept", action_id=KEPT, value=str(owed.id), style="primary")
    off = ButtonElement(text="A week more", action_id=PUT_OFF, value=f"{owed.id}:{owed.on}")
    return ActionsBlock(block_id=f"promise:{owed.id}", elements=[kept, off])


def promise_id(body: fields.Payload) -> int:
    """Which promise was pressed."""
    return int(body["actions"][0]["value"].partition(":")[0])


def until(body: fields.Payload) -> date:
    """The date that stood there when *A week more* was pressed."""
    return date.fromisoformat(body["actions"][0]["value"].partition(":")[2])


def kept(owed: Owed) -> kit.Message:
    """In place of a reminder once the promise is kept."""
    what = kit.one_line(owed.what, WHAT_SHOWN)
    return kit.say(f"Kept, what {kit.one_line(owed.customer)} was promised: {what}")


def put_off(owed: Owed, today: date) -> kit.Message:
    """In place of a reminder of what needs another week."""
    what, when = kit.one_line(owed.what, WHAT_SHOWN), kit.day(owed.on, today)
    name = kit.one_line(owed.customer)
    return kit.say(f"I will remind you again on {when} of what you promised {name}: {what}")


def to_them(owed: Owed, owner: str, today: date) -> str:
    """What a brief says of it; `owner` is a name, "" for whoever reads."""
    who = kit.capitalised(kit.one_line(owner)) if owner else "You"
    keeps = "keeps" if owner else "keep"
    return f"{kit.one_line(owed.what, 200)} ({who} {keeps} it {_by(owed.on, today)})"


def _message(told: str, owed: Owed) -> kit.Message:
    what = kit.clip(owed.what, WHAT_SHOWN)
    said = [kit.rich(kit.paragraph(told), kit.quote(what)), buttons(owed)]
    return kit.message(f"{told} {what}", *said)


def _by(on: date, today: date) -> str:
    if on < today:
        return f"by {kit.day(on, today)}, which has passed"
    return "by today" if on == today else f"by {kit.day(on, today)}"
