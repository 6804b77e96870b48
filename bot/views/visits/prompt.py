"""Prompts: the debrief of a booked visit is asked for."""

from datetime import date

from slack_sdk.models.blocks import ActionsBlock, ButtonElement

from bot.views import block_kit as kit
from bot.views import form_fields as fields

WRITE = "prompt.write"
NOT_HELD = "prompt.not_held"


def message(visit_id: int, customer: str, on: date, today: date) -> kit.Message:
    """One line, and the two ways to answer it."""
    when = "today" if on == today else f"on {kit.day(on, today)}"
    asked = f"What did you hear from {kit.one_line(customer)} {when}? Two sentences are enough."
    return kit.say(asked, below=[buttons(visit_id)])


def buttons(visit_id: int) -> ActionsBlock:
    """What can be done with a visit that waits for its debrief."""
    write = ButtonElement(
        text="Write it down", action_id=WRITE, value=str(visit_id), style="primary"
    )
    not_held = ButtonElement(text="It did not happen", action_id=NOT_HELD, value=str(visit_id))
    return ActionsBlock(block_id=f"prompt:{visit_id}", elements=[write, not_held])


def visit_id(body: fields.Payload) -> int:
    """The visit that a press belongs to, from a block_actions payload."""
    return int(body["actions"][0]["value"])


def written(customer: str, on: date, today: date) -> kit.Message:
    """In place of a prompt once the debrief is kept."""
    return kit.say(f"Written down: {kit.one_line(customer)}, {kit.day(on, today)}.")
