"""Planned visits: how one stands in a message and on Home, and what can be done with it."""

from datetime import date, datetime, time

from slack_sdk.models.blocks import ActionsBlock, ButtonElement, ConfirmObject
from slack_sdk.models.blocks.basic_components import PlainTextObject

from bot.views import block_kit as kit
from bot.views import form_fields as fields
from bot.views.nudges.away import coming
from bot.views.visits.ground_rules import PREPARE

CHANGE = "planned.change"
CALL_OFF = "planned.call_off"
CALENDAR = "planned.calendar"


def planned(
    customer: str, on: date, today: date, *, at: time | None = None, visit_id: int = 0
) -> kit.Message:
    """What somebody sees who has planned a visit; `at` is local."""
    said = f"Planned: {kit.one_line(customer)}, {when(on, at, today)}. No nudges until it is over."
    return kit.say(said, below=[buttons(visit_id, customer, when(on, at, today))])


def changed(
    customer: str, on: date, today: date, *, at: time | None = None, visit_id: int = 0
) -> kit.Message:
    """What somebody sees who has changed a planned visit."""
    said = f"Changed: {kit.one_line(customer)}, {when(on, at, today)}."
    return kit.say(said, below=[buttons(visit_id, customer, when(on, at, today))])


def called_off(
    customer: str, on: date, due_on: date, next_nudge_at: datetime | None, zone: str, today: date
) -> kit.Message:
    """What somebody sees who has called a visit off: what comes now."""
    off = f"Called off: {kit.one_line(customer)}, {kit.day(on, today)}."
    return kit.say(f"{off} {coming(due_on, next_nudge_at, zone, today)}")


def when(on: date, at: time | None, today: date) -> str:
    """The date of a visit in words, with its local time where there is one."""
    return f"{kit.day(on, today)} at {at:%H:%M}" if at else kit.day(on, today)


def buttons(visit_id: int, customer: str, when: str) -> ActionsBlock:
    """What can be done with a planned visit."""
    value = str(visit_id)
    return ActionsBlock(
        block_id=f"visit:{visit_id}",
        elements=[
            ButtonElement(text="Prepare", action_id=PREPARE, value=value),
            ButtonElement(text="Change", action_id=CHANGE, value=value),
            ButtonElement(text="Add to calendar", action_id=CALENDAR, value=value),
            ButtonElement(
                text="Call off",
                action_id=CALL_OFF,
                value=value,
                style="danger",
                confirm=_sure(customer, when),
            ),
        ],
    )


def visit_id(body: fields.Payload) -> int:
    """The visit that a press belongs to, from a block_actions payload."""
    return int(body["actions"][0]["value"])


def _sure(customer: str, when: str) -> ConfirmObject:
    return ConfirmObject(
        title="Call it off?",
        text=PlainTextObject(text=f"{kit.one_line(customer)}, {when}. Nudges go on as before."),
        confirm="Call off",
        deny="Keep it",
        style="danger",
    )
