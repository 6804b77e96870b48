"""Nudges: the message, its buttons, and what replaces it once it is answered."""

from collections.abc import Mapping, Sequence
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
from bot.domain.nudges.facts import NudgeFacts
from bot.domain.nudges.rules import InvalidSnooze, NudgeStep, Snooze, SnoozeInPast, SnoozeTooFar
from bot.domain.suggestions.rules import Suggestion
from bot.views import block_kit, form_fields, labels
from bot.views.nudges import barriers
from bot.views.suggestions import dismiss_menu
from bot.views.suggestions.reasons import reason_text

PLAN = "nudge.plan"
HAD_VISIT = "nudge.been"
SOMEONE_ELSE = "nudge.someone_else"
SNOOZE = "nudge.snooze"
BARRIER = "nudge.barrier"
SNOOZE_DATE = "nudge.snooze_date"
NO_CUSTOMER = "nobody"
COUNT_TEXTS = ("One idea", "Two ideas", "Three ideas")

SNOOZES: Mapping[str, str] = {
    Snooze.TOMORROW: "Tomorrow",
    Snooze.THREE_DAYS: "In three days",
    Snooze.NEXT_WEEK: "Next week",
    Snooze.DATE: "Until a date…",
}


class Withdrawal(StrEnum):
    """The reason why a nudge no longer asks for anything."""

    VISITED = "visited"
    BOOKED = "booked"
    AWAY = "away"
    LEFT = "left"


WITHDRAWAL_TEXTS: Mapping[Withdrawal, str] = {
    Withdrawal.VISITED: "This nudge is settled: a visit has been logged since.",
    Withdrawal.BOOKED: "This nudge is settled: a visit has been booked since.",
    Withdrawal.AWAY: "This nudge rests while you are away.",
    Withdrawal.LEFT: "This nudge is closed: you no longer get nudges.",
}


def already_claimed_message(
    nudge: NudgeFacts, customer: str, holder: str, *, another: bool
) -> block_kit.Message:
    """Build the nudge for a PM who wanted to plan a visit a moment after a colleague."""
    first = (
        f"{block_kit.capitalize(block_kit.one_line(holder))} is planning to see "
        f"{block_kit.one_line(customer)}."
    )
    return render_message(nudge, f"{first} Here is somebody else." if another else first)


def dismissed_message(
    nudge: NudgeFacts, customer: str, until: date, *, for_all: bool
) -> block_kit.Message:
    """Build the nudge after a customer was dismissed."""
    return render_message(
        nudge, dismiss_menu.dismissed_text(customer, until, nudge.today, for_all=for_all)
    )


def render_message(nudge: NudgeFacts, notice: str = "") -> block_kit.Message:
    """Render what is due, up to three customers worth visiting with the reason, and the buttons.

    `notice` comes first: what has changed since the nudge was sent.
    """
    shown = nudge.suggestions[: len(COUNT_TEXTS)]
    opening = f"{notice} {_opening(nudge)} {_count_text(len(shown))}".strip()
    reasons = [reason_text(each.reason, each.on, nudge.today, each.skew) for each in shown]
    named = list(zip(shown, reasons, strict=True))
    names = " ".join(f"{block_kit.one_line(each.name)}: {reason}." for each, reason in named)
    rows = [_suggestion_block(nudge.id, row, *each) for row, each in enumerate(named)]
    blocks = (
        block_kit.rich_text(block_kit.paragraph(opening)),
        *rows,
        _general_buttons(nudge.id, shown),
    )
    return block_kit.message(f"{opening} {names}".strip(), *blocks)


def _opening(nudge: NudgeFacts) -> str:
    if nudge.step is NudgeStep.FOLLOW_UP:
        return "A customer would be glad to be asked. Fifteen minutes by phone count."
    if nudge.step is NudgeStep.EARLY and nudge.due_on > nudge.today:
        due = block_kit.format_day(nudge.due_on, nudge.today)
        return f"Your next customer visit is due on {due}. Booked early, it is easier to keep."
    if nudge.last_visit is None:
        return "Your first customer visit is due."
    name, on = nudge.last_visit
    seen = f"You last saw {block_kit.one_line(name)}, on {block_kit.format_day(on, nudge.today)}."
    return f"{_due(nudge)} {seen}"


def _due(nudge: NudgeFacts) -> str:
    due = block_kit.format_day(nudge.due_on, nudge.today)
    if nudge.due_on == nudge.today:
        return "A customer visit is due today."
    if nudge.due_on < nudge.today:
        return f"A customer visit has been due since {due}."
    return f"A customer visit is due on {due}."


def _count_text(count: int) -> str:
    if count == 0:
        return (
            "There is nobody to suggest yet: plan a visit and type any name, "
            "and the customer is added."
        )
    return f"{COUNT_TEXTS[count - 1]}:"


def _suggestion_block(
    nudge_id: int, position: int, suggestion: Suggestion, why: str
) -> SectionBlock:
    name = block_kit.escape(block_kit.one_line(suggestion.name))
    reason = block_kit.escape(block_kit.capitalize(block_kit.one_line(why, 200)))
    return SectionBlock(
        block_id=f"nudge:{nudge_id}:{position}",
        text=block_kit.mrkdwn(f"*{name}*\n{reason}"),
        accessory=_plan_button(suggestion.customer_id),
    )


def _plan_button(customer_id: int | None = None) -> ButtonElement:
    value = NO_CUSTOMER if customer_id is None else str(customer_id)
    return ButtonElement(text="Plan a visit", action_id=PLAN, value=value)


def _had_visit_button() -> ButtonElement:
    return ButtonElement(text="I have been", action_id=HAD_VISIT, value="been")


def _snooze_select() -> InteractiveElement:
    return form_fields.select_element(SNOOZES, action_id=SNOOZE, placeholder="Snooze")


def _barrier_select() -> InteractiveElement:
    return form_fields.select_element(
        labels.BARRIERS, action_id=BARRIER, placeholder="What is in the way?"
    )


def _general_buttons(nudge_id: int, suggestions: Sequence[Suggestion]) -> ActionsBlock:
    if not suggestions:
        return _actions(
            nudge_id, [_had_visit_button(), _plan_button(), _snooze_select(), _barrier_select()]
        )
    someone_else = ButtonElement(text="Someone else", action_id=SOMEONE_ELSE, value="other")
    not_this_one = dismiss_menu.dismiss_select(
        (each.customer_id, each.name) for each in suggestions
    )
    return _actions(
        nudge_id,
        [_had_visit_button(), someone_else, not_this_one, _snooze_select(), _barrier_select()],
    )


def _actions(nudge_id: int, elements: Sequence[InteractiveElement]) -> ActionsBlock:
    return ActionsBlock(block_id=f"nudge:{nudge_id}", elements=list(elements))


def parse_nudge_id(body: form_fields.Payload) -> int:
    """Parse the nudge that a button belongs to, from a block_actions payload."""
    return int(body["actions"][0]["block_id"].split(":")[1])


def parse_planned_customer(body: form_fields.Payload) -> int | None:
    """Parse the customer whose *Plan a visit* was pressed; None for the button that names none."""
    value = body["actions"][0]["value"]
    return None if value == NO_CUSTOMER else int(value)


def parse_snooze(body: form_fields.Payload) -> Snooze:
    """Parse how long the nudge is snoozed."""
    return Snooze(body["actions"][0]["selected_option"]["value"])


def parse_barrier(body: form_fields.Payload) -> Barrier:
    """Parse what is in the way."""
    return Barrier(body["actions"][0]["selected_option"]["value"])


def snoozed_message(nudge: NudgeFacts, back_at: datetime, zone: str) -> block_kit.Message:
    """Build the message that replaces a snoozed nudge: when it is back, and other answers."""
    below = [_actions(nudge.id, [_plan_button(), _had_visit_button()])]
    return block_kit.text_message(snoozed_text(back_at, zone, nudge.today), below=below)


def snoozed_text(back_at: datetime, zone: str, today: date) -> str:
    """Return when a snoozed nudge is back, as sentences."""
    return f"Snoozed. I will ask again on {block_kit.format_moment(back_at, zone, today)}."


def nothing_to_snooze() -> block_kit.Message:
    """Build the message for a PM who snoozes a nudge and has none."""
    return block_kit.text_message(
        "You have no nudge to snooze. ",
        block_kit.code("/visit pause"),
        " keeps me quiet for a while.",
    )


def visited_message(
    nudge: NudgeFacts, customer: str, on: date, next_due: date
) -> block_kit.Message:
    """Build the message that replaces a nudge once a debrief is saved."""
    seen = f"You saw {block_kit.one_line(customer)} on {block_kit.format_day(on, nudge.today)}."
    return block_kit.text_message(
        f"{seen} Your next visit is due on {block_kit.format_day(next_due, nudge.today)}."
    )


def barrier_message(nudge: NudgeFacts, barrier: Barrier) -> block_kit.Message:
    """Build the message that replaces a nudge when something is in the way: advice and buttons."""
    below: list[Block] = [
        _actions(
            nudge.id, [_plan_button(), _had_visit_button(), _snooze_select(), _barrier_select()]
        )
    ]
    return block_kit.message(
        barriers.advice_text(barrier),
        block_kit.rich_text(*barriers.advice_elements(barrier)),
        *below,
    )


def withdrawn_message(reason: Withdrawal) -> block_kit.Message:
    """Build the message that replaces a nudge that no longer asks for anything."""
    return block_kit.text_message(WITHDRAWAL_TEXTS[reason])


def render_snooze_form(nudge_id: int, today: date) -> View:
    """Render the form for a date until which to snooze; a week from today unless changed."""
    week_on = today + timedelta(days=7)
    return View(
        type="modal",
        callback_id=SNOOZE_DATE,
        title="Snooze",
        submit="Snooze",
        close="Cancel",
        private_metadata=form_fields.pack_metadata(nudge=nudge_id),
        blocks=[
            form_fields.input_block("on", "Ask me again on", form_fields.date_element(week_on))
        ],
    )


def parse_snooze_date(view: form_fields.Payload) -> date:
    """Parse the date chosen; raise `FormError` when there is none."""
    chosen = form_fields.get_date(view, "on")
    if chosen is None:
        raise block_kit.FormError({"on": "Choose a date."})
    return chosen


def parse_snooze_nudge_id(view: form_fields.Payload) -> int:
    """Parse the nudge that the snooze form was opened from."""
    return int(form_fields.unpack_metadata(view)["nudge"])


def snooze_errors(refused: InvalidSnooze) -> dict[str, str]:
    """Return why a nudge can't be snoozed until the date chosen, by block id of the form."""
    if isinstance(refused, SnoozeInPast):
        return {"on": "This date has passed. Choose a later one."}
    if isinstance(refused, SnoozeTooFar):
        return {"on": "This date is more than a year ahead. Choose an earlier one."}
    return {"on": "Choose a date."}
