"""Prompts: the question for the debrief of a booked visit."""

from datetime import date

from slack_sdk.models.blocks import ActionsBlock, ButtonElement

from bot.views import block_kit, form_fields

WRITE = "prompt.write"
NOT_HELD = "prompt.not_held"


def render_message(visit_id: int, customer: str, on: date, today: date) -> block_kit.Message:
    """Render the question in one line, and the two ways to answer it."""
    when = "today" if on == today else f"on {block_kit.format_day(on, today)}"
    question = (
        f"What did you hear from {block_kit.one_line(customer)} {when}? Two sentences are enough."
    )
    return block_kit.text_message(question, below=[buttons(visit_id)])


def buttons(visit_id: int) -> ActionsBlock:
    """Build the buttons of a visit that waits for its debrief."""
    write = ButtonElement(
        text="Write it down", action_id=WRITE, value=str(visit_id), style="primary"
    )
    not_held = ButtonElement(text="It did not happen", action_id=NOT_HELD, value=str(visit_id))
    return ActionsBlock(block_id=f"prompt:{visit_id}", elements=[write, not_held])


def parse_visit_id(body: form_fields.Payload) -> int:
    """Parse the visit that a button belongs to, from a block_actions payload."""
    return int(body["actions"][0]["value"])


def debriefed_message(customer: str, on: date, today: date) -> block_kit.Message:
    """Build the message that replaces a prompt once the debrief is saved."""
    return block_kit.text_message(
        f"Written down: {block_kit.one_line(customer)}, {block_kit.format_day(on, today)}."
    )
