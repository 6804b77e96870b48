"""Joining and settings: the form, its confirmations, and replies to `/visit`."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from slack_sdk.models.blocks import Block, ConversationFilter, ConversationSelectElement
from slack_sdk.models.views import View

from bot.domain.nudges.rules import DEFAULT_INTERVAL, Strength
from bot.domain.staff.pms import JoinChoices
from bot.domain.stories import ChannelFault
from bot.views import block_kit, form_fields, labels
from bot.views.nudges import default_intervals as default_interval_views
from bot.views.nudges.away import schedule_text
from bot.views.staff import country_field

JOIN = "visit.join"

STRENGTHS: Mapping[str, tuple[str, str]] = {
    Strength.LIGHT: ("Light", "One nudge on the day a visit is due."),
    Strength.STANDARD: ("Standard", "The same, and one follow-up three working days later."),
    Strength.ACTIVE: ("Active", "The same, and one nudge ahead of time."),
}
WEEKDAYS = {str(number): name for number, name in enumerate(block_kit.WEEKDAYS)}


def render_join_form(
    current: JoinChoices,
    zone: str,
    country: str = "",
    *,
    joined: bool = False,
    reply_to: str = "",
    default_days: int = DEFAULT_INTERVAL,
    more_fields: Sequence[Block] = (),
) -> View:
    """Render the form to join, filled in, so one press is enough; the same to change settings.

    `country` names the place whose holidays apply; `reply_to` is a response URL to answer to, or
    ""; `default_days` is the default interval; `more_fields` are for those who may see them.
    """
    return View(
        type="modal",
        callback_id=JOIN,
        title="Your settings" if joined else "Join",
        submit="Save" if joined else "Join",
        close="Cancel",
        private_metadata=form_fields.pack_metadata(joined=joined, where=reply_to or None),
        blocks=[*_join_fields(current, zone, country, default_days), *more_fields],
    )


def _join_fields(current: JoinChoices, zone: str, country: str, default_days: int) -> list[Block]:
    ticked = [str(number) for number in current.working_days]
    interval = default_interval_views.interval_select(current.interval_days, default_days)
    return [
        form_fields.input_block("interval", "How often do you want to see a customer?", interval),
        form_fields.input_block(
            "at",
            f"At what time may I write to you? ({block_kit.format_zone(zone)})",
            form_fields.time_element(current.at),
        ),
        form_fields.input_block(
            "days", "On which days do you work?", form_fields.checkboxes_element(WEEKDAYS, ticked)
        ),
        country_field.country_field(
            (current.country, current.country_part, country) if current.country else None
        ),
        form_fields.input_block(
            "strength",
            "How much may I nudge?",
            form_fields.radio_element(STRENGTHS, current.strength),
        ),
        form_fields.input_block(
            "channel",
            "Your team's story channel",
            _channel(current.channel_id),
            optional=True,
            hint="Once a week the stories you share are posted there. Invite me to it first.",
        ),
    ]


def _channel(chosen: str | None) -> ConversationSelectElement:
    channel_filter = ConversationFilter(
        include=["public", "private"], exclude_bot_users=True, exclude_external_shared_channels=True
    )
    return ConversationSelectElement(
        action_id=form_fields.DEFAULT_ACTION,
        placeholder="Choose a channel",
        initial_conversation=chosen,
        filter=channel_filter,
    )


def parse_join(view: form_fields.Payload) -> JoinChoices:
    """Parse the choices; raise `FormError` with a sentence for each empty field."""
    chosen, at = form_fields.get_code(view, "interval"), form_fields.get_time(view, "at")
    days, strength = form_fields.get_codes(view, "days"), form_fields.get_code(view, "strength")
    if not (chosen and at and days and strength):
        raise form_fields.form_error(
            interval=(chosen, "Choose how often."),
            at=(at, "Choose a time."),
            days=(days, "Tick at least one day."),
            strength=(strength, "Choose one of the three."),
        )
    channel = form_fields.element_state(view, "channel").get("selected_conversation")
    working = frozenset(int(each) for each in days)
    country = country_field.parse_country(view)
    interval = default_interval_views.parse_days(view, "interval")
    return JoinChoices(interval, at, working, Strength(strength), channel, *country)


def is_settings(view: form_fields.Payload) -> bool:
    """Return whether the form was opened by a PM who has joined already."""
    return bool(form_fields.unpack_metadata(view).get("joined"))


def channel_errors(fault: ChannelFault) -> dict[str, str]:
    """Return why the story channel can't be used, by block id of the join form."""
    return {"channel": labels.CHANNEL_FAULTS[fault]}


def not_saved_errors(reference: str) -> dict[str, str]:
    """Return the error for a join form that stays open because saving failed, by block id."""
    return {"interval": form_fields.not_saved_text(reference)}


def joined_message(
    due_on: date, next_nudge_at: datetime | None, zone: str, today: date
) -> block_kit.Message:
    """Build the message for a PM who has just joined."""
    return block_kit.text_message(
        "Welcome out of the office. ",
        schedule_text(due_on, next_nudge_at, zone, today),
        " If you have just been to see a customer, ",
        block_kit.code("/debrief"),
        " keeps what you heard.",
    )


def saved_message(
    due_on: date, next_nudge_at: datetime | None, zone: str, today: date
) -> block_kit.Message:
    """Build the message for a PM whose settings have changed."""
    return block_kit.text_message(
        "Your settings are saved. ", schedule_text(due_on, next_nudge_at, zone, today)
    )


def next_visit_message(
    due_on: date,
    next_nudge_at: datetime | None,
    zone: str,
    today: date,
    booked: tuple[str, date] | None = None,
    absence: str = "",
) -> block_kit.Message:
    """Build the reply to `/visit next`; `booked` is the next visit's customer and local date.

    `absence` is a sentence that says why the nudge waits, or "".
    """
    seen = (
        f"You see {block_kit.one_line(booked[0])} on {block_kit.format_day(booked[1], today)}."
        if booked
        else ""
    )
    sentences = seen, schedule_text(due_on, next_nudge_at, zone, today), absence
    return block_kit.text_message(" ".join(each for each in sentences if each))


def left_message() -> block_kit.Message:
    """Build the message for a PM who has left."""
    return block_kit.text_message(
        "You will get no more nudges. Your debriefs stay, and ",
        block_kit.code("/visit join"),
        " brings you back at any time.",
    )


def not_joined_message() -> block_kit.Message:
    """Build the message for a user who asks about visits without having joined."""
    return block_kit.text_message(
        "You have not joined yet. ", block_kit.code("/visit join"), " takes one press."
    )


def usage() -> block_kit.Message:
    """Build the reply to `/visit help`."""
    commands = [
        ("join", "get nudges to see customers"),
        ("plan", "plan a visit"),
        ("next", "when your next visit and nudge are due"),
        ("why", "why a nudge came or did not"),
        ("snooze", "puts the last nudge off: until tomorrow, 3 days, until Monday"),
        ("pause", "quiet for a while: 3 days, 2 weeks, until 24 March"),
        ("resume", "ends a pause"),
        ("settings", "how often, at what time, on which days, whose holidays"),
        ("leave", "no more nudges"),
    ]
    items: list[list[block_kit.TextPart]] = [
        [block_kit.code(f"/visit {name}"), f": {what}"] for name, what in commands
    ]
    opening = "What you can ask for:"
    lines = " ".join(f"{block_kit.unstyled(*parts)}." for parts in items)
    return block_kit.message(
        f"{opening} {lines}",
        block_kit.rich_text(block_kit.paragraph(opening), block_kit.bullets(*items)),
    )
