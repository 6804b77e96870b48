"""Planned visits: how they are shown in messages and on Home, and their buttons."""

from datetime import date, datetime, time

from slack_sdk.models.blocks import ActionsBlock, ButtonElement, ConfirmObject
from slack_sdk.models.blocks.basic_components import PlainTextObject

from bot.views import block_kit, form_fields
from bot.views.nudges.away import schedule_text
from bot.views.visits.ground_rules import PREPARE

CHANGE = "planned.change"
CANCEL = "planned.call_off"
CALENDAR = "planned.calendar"


def planned_message(
    customer: str, on: date, today: date, *, at: time | None = None, visit_id: int = 0
) -> block_kit.Message:
    """Build the message for a PM who has planned a visit; `at` is local."""
    text = (
        f"Planned: {block_kit.one_line(customer)}, {when_text(on, at, today)}. No "
        f"nudges until it is over."
    )
    return block_kit.text_message(
        text, below=[buttons(visit_id, customer, when_text(on, at, today))]
    )


def changed_message(
    customer: str, on: date, today: date, *, at: time | None = None, visit_id: int = 0
) -> block_kit.Message:
    """Build the message for a PM who has changed a planned visit."""
    text = f"Changed: {block_kit.one_line(customer)}, {when_text(on, at, today)}."
    return block_kit.text_message(
        text, below=[buttons(visit_id, customer, when_text(on, at, today))]
    )


def cancelled_message(
    customer: str, on: date, due_on: date, next_nudge_at: datetime | None, zone: str, today: date
) -> block_kit.Message:
    """Build the message for a PM who has cancelled a visit: what comes next."""
    off = f"Called off: {block_kit.one_line(customer)}, {block_kit.format_day(on, today)}."
    return block_kit.text_message(f"{off} {schedule_text(due_on, next_nudge_at, zone, today)}")


def when_text(on: date, at: time | None, today: date) -> str:
    """Return the date of a visit in words, with its local time where there is one."""
    return (
        f"{block_kit.format_day(on, today)} at {at:%H:%M}"
        if at
        else block_kit.format_day(on, today)
    )


def buttons(visit_id: int, customer: str, when: str) -> ActionsBlock:
    """Build the buttons of a planned visit."""
    value = str(visit_id)
    return ActionsBlock(
        block_id=f"visit:{visit_id}",
        elements=[
            ButtonElement(text="Prepare", action_id=PREPARE, value=value),
            ButtonElement(text="Change", action_id=CHANGE, value=value),
            ButtonElement(text="Add to calendar", action_id=CALENDAR, value=value),
            ButtonElement(
                text="Call off",
                action_id=CANCEL,
                value=value,
                style="danger",
                confirm=_cancel_confirm(customer, when),
            ),
        ],
    )


def parse_visit_id(body: form_fields.Payload) -> int:
    """Parse the visit that a button belongs to, from a block_actions payload."""
    return int(body["actions"][0]["value"])


def _cancel_confirm(customer: str, when: str) -> ConfirmObject:
    return ConfirmObject(
        title="Call it off?",
        text=PlainTextObject(
            text=f"{block_kit.one_line(customer)}, {when}. Nudges go on as before."
        ),
        confirm="Call off",
        deny="Keep it",
        style="danger",
    )
