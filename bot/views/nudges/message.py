"""Nudges: the message, its buttons, and what stands in its place once it is answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    InteractiveElement,
    SectionBlock,
)
from slack_sdk.models.views import View

from bot.domain.nudges.barriers import Barrier
from bot.domain.nudges.rules import Snooze, SnoozeInPast, SnoozeRefused, SnoozeTooFar, Step
from bot.views import block_kit as kit
from bot.views import form_fields as fields
from bot.views import labels as words
from bot.views.nudges import barriers
from bot.views.suggestions import dismiss_menu as passes

PLAN = "nudge.plan"
BEEN = "nudge.been"
SOMEONE_ELSE = "nudge.someone_else"
SNOOZE = "nudge.snooze"
BARRIER = "nudge.barrier"
SNOOZE_DATE = "nudge.snooze_date"
NOBODY = "nobody"
COUNTS = ("One idea", "Two ideas", "Three ideas")

SNOOZES: Mapping[str, str] = {
    Snooze.TOMORROW: "Tomorrow",
    Snooze.THREE_DAYS: "In three days",
    Snooze.NEXT_WEEK: "Next week",
    Snooze.DATE: "Until a date…",
}


class Withdrawal(StrEnum):
    """Why a nudge no longer asks for anything."""

    VISITED = "visited"
    BOOKED = "booked"
    AWAY = "away"
    LEFT = "left"


WITHDRAWALS: Mapping[Withdrawal, str] = {
    Withdrawal.VISITED: "This nudge is settled: a visit has been logged since.",
    Withdrawal.BOOKED: "This nudge is settled: a visit has been booked since.",
    Withdrawal.AWAY: "This nudge rests while you are away.",
    Withdrawal.LEFT: "This nudge is closed: you no longer get nudges.",
}


@dataclass(frozen=True)
class Suggestion:
    """A customer worth visiting, and why in words."""

    customer_id: int
    name: str
    reason: str


@dataclass(frozen=True)
class Nudge:
    """What a nudge shows. Dates are the PM's local ones; `last_visit` names whom and when."""

    id: int
    step: Step
    due_on: date
    today: date
    last_visit: tuple[str, date] | None
    suggestions: tuple[Suggestion, ...]


def taken(nudge: Nudge, customer: str, holder: str, *, another: bool) -> kit.Message:
    """The nudge for whoever wanted to plan a visit a moment after somebody else."""
    first = f"{kit.capitalised(kit.one_line(holder))} is planning to see {kit.one_line(customer)}."
    return message(nudge, f"{first} Here is somebody else." if another else first)


def passed(nudge: Nudge, customer: str, until: date, *, for_all: bool) -> kit.Message:
    """The nudge once a customer was passed over."""
    return message(nudge, passes.note(customer, until, nudge.today, for_all=for_all))


def message(nudge: Nudge, note: str = "") -> kit.Message:
    """What is due, up to three customers worth visiting with the reason, and the buttons.

    `note` comes first: what has changed since the nudge was sent.
    """
    shown = nudge.suggestions[: len(COUNTS)]
    opening = f"{note} {_opening(nudge)} {_invitation(len(shown))}".strip()
    names = " ".join(f"{kit.one_line(each.name)}: {each.reason}." for each in shown)
    rows = [_row(nudge.id, place, each) for place, each in enumerate(shown)]
    blocks = (kit.rich(kit.paragraph(opening)), *rows, _general(nudge.id, shown))
    return kit.message(f"{opening} {names}".strip(), *blocks)


def _opening(nudge: Nudge) -> str:
    if nudge.step is Step.FOLLOW_UP:
        return "A customer would be glad to be asked. Fifteen minutes by phone count."
    if nudge.step is Step.EARLY and nudge.due_on > nudge.today:
        due = kit.day(nudge.due_on, nudge.today)
        return f"Your next customer visit is due on {due}. Booked early, it is easier to keep."
    if nudge.last_visit is None:
        return "Your first customer visit is due."
    name, on = nudge.last_visit
    seen = f"You last saw {kit.one_line(name)}, on {kit.day(on, nudge.today)}."
    return f"{_due(nudge)} {seen}"


def _due(nudge: Nudge) -> str:
    due = kit.day(nudge.due_on, nudge.today)
    if nudge.due_on == nudge.today:
        return "A customer visit is due today."
    if nudge.due_on < nudge.today:
        return f"A customer visit has been due since {due}."
    return f"A customer visit is due on {due}."


def _invitation(count: int) -> str:
    if count == 0:
        return (
            "There is nobody to suggest yet: plan a visit and type any name, "
            "and the customer is added."
        )
    return f"{COUNTS[count - 1]}:"


def _row(nudge_id: int, place: int, suggestion: Suggestion) -> SectionBlock:
    name = kit.escape(kit.one_line(suggestion.name))
    reason = kit.escape(kit.capitalised(kit.one_line(suggestion.reason, 200)))
    return SectionBlock(
        block_id=f"nudge:{nudge_id}:{place}",
        text=kit.mrkdwn(f"*{name}*\n{reason}"),
        accessory=_plan(suggestion.customer_id),
    )


def _plan(customer_id: int | None = None) -> ButtonElement:
    value = NOBODY if customer_id is None else str(customer_id)
    return ButtonElement(text="Plan a visit", action_id=PLAN, value=value)


def _been() -> ButtonElement:
    return ButtonElement(text="I have been", action_id=BEEN, value="been")


def _snooze() -> InteractiveElement:
    return fields.select_element(SNOOZES, action_id=SNOOZE, placeholder="Snooze")


def _barrier() -> InteractiveElement:
    return fields.select_element(
        words.BARRIERS, action_id=BARRIER, placeholder="What is in the way?"
    )


def _general(nudge_id: int, named: Sequence[Suggestion]) -> ActionsBlock:
    if not named:
        return _actions(nudge_id, [_been(), _plan(), _snooze(), _barrier()])
    someone_else = ButtonElement(text="Someone else", action_id=SOMEONE_ELSE, value="other")
    not_this_one = passes.element((each.customer_id, each.name) for each in named)
    return _actions(nudge_id, [_been(), someone_else, not_this_one, _snooze(), _barrier()])


def _actions(nudge_id: int, elements: Sequence[InteractiveElement]) -> ActionsBlock:
    return ActionsBlock(block_id=f"nudge:{nudge_id}", elements=list(elements))


def nudge_id(body: fields.Payload) -> int:
    """The nudge that a press belongs to, from a block_actions payload."""
    return int(body["actions"][0]["block_id"].split(":")[1])


def read_plan(body: fields.Payload) -> int | None:
    """The customer whose *Plan a visit* was pressed; None for the button that names nobody."""
    value = body["actions"][0]["value"]
    return None if value == NOBODY else int(value)


def read_snooze(body: fields.Payload) -> Snooze:
    """For how long the nudge is put off."""
    return Snooze(body["actions"][0]["selected_option"]["value"])


def read_barrier(body: fields.Payload) -> Barrier:
    """What is in the way."""
    return Barrier(body["actions"][0]["selected_option"]["value"])


def snoozed(nudge: Nudge, back_at: datetime, zone: str) -> kit.Message:
    """In place of a nudge put off: when it is back, with the ways to change one's mind."""
    below = [_actions(nudge.id, [_plan(), _been()])]
    return kit.say(back(back_at, zone, nudge.today), below=below)


def back(back_at: datetime, zone: str, today: date) -> str:
    """When a nudge that was put off is back, as sentences."""
    return f"Snoozed. I will ask again on {kit.moment(back_at, zone, today)}."


def nothing_to_snooze() -> kit.Message:
    """What somebody sees who puts off a nudge and has none."""
    return kit.say(
        "You have no nudge to snooze. ", kit.code("/visit pause"), " keeps me quiet for a while."
    )


def been(nudge: Nudge, customer: str, on: date, next_due: date) -> kit.Message:
    """In place of a nudge once a debrief is kept."""
    seen = f"You saw {kit.one_line(customer)} on {kit.day(on, nudge.today)}."
    return kit.say(f"{seen} Your next visit is due on {kit.day(next_due, nudge.today)}.")


def blocked(nudge: Nudge, barrier: Barrier) -> kit.Message:
    """In place of a nudge when something is in the way: advice, with the buttons kept."""
    below: list[Block] = [_actions(nudge.id, [_plan(), _been(), _snooze(), _barrier()])]
    return kit.message(barriers.spoken(barrier), kit.rich(*barriers.advice(barrier)), *below)


def withdrawn(reason: Withdrawal) -> kit.Message:
    """In place of a nudge that no longer asks for anything."""
    return kit.say(WITHDRAWALS[reason])


def snooze_form(nudge_id: int, today: date) -> View:
    """The form for a date until which to snooze; a week from today unless changed."""
    week_on = today + timedelta(days=7)
    return View(
        type="modal",
        callback_id=SNOOZE_DATE,
        title="Snooze",
        submit="Snooze",
        close="Cancel",
        private_metadata=fields.pack(nudge=nudge_id),
        blocks=[fields.field("on", "Ask me again on", fields.date_element(week_on))],
    )


def read_snooze_date(view: fields.Payload) -> date:
    """The date chosen; raises FormFault when there is none."""
    chosen = fields.on(view, "on")
    if chosen is None:
        raise kit.FormFault({"on": "Choose a date."})
    return chosen


def snooze_nudge_id(view: fields.Payload) -> int:
    """The nudge that the snooze form was opened from."""
    return int(fields.unpack(view)["nudge"])


def snooze_errors(refused: SnoozeRefused) -> dict[str, str]:
    """Why a nudge cannot be put off to the date chosen, by block id of the form."""
    if isinstance(refused, SnoozeInPast):
        return {"on": "This date has passed. Choose a later one."}
    if isinstance(refused, SnoozeTooFar):
        return {"on": "This date is more than a year ahead. Choose an earlier one."}
    return {"on": "Choose a date."}
