"""Visits: joining and settings, planning, and what `/visit` answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from slack_sdk.models.blocks import Block, ConversationFilter, ConversationSelectElement
from slack_sdk.models.views import View

from bot.domain.nudges.rules import DEFAULT_HOUR, DEFAULT_INTERVAL, Strength
from bot.domain.stories import ChannelFault
from bot.domain.working_time import MONDAY_TO_FRIDAY
from bot.views import block_kit as kit
from bot.views import form_fields as fields
from bot.views import labels as words
from bot.views.nudges import default_intervals as defaults
from bot.views.nudges.away import coming
from bot.views.staff import country_field as countries

JOIN = "visit.join"

STRENGTHS: Mapping[str, tuple[str, str]] = {
    Strength.LIGHT: ("Light", "One nudge on the day a visit is due."),
    Strength.STANDARD: ("Standard", "The same, and one follow-up three working days later."),
    Strength.ACTIVE: ("Active", "The same, and one nudge ahead of time."),
}
WEEKDAYS = {str(number): name for number, name in enumerate(kit.WEEKDAYS)}


@dataclass(frozen=True)
class JoinChoices:
    """What a PM chooses on joining; `at` is local time, weekdays count from Monday as 0.

    `interval_days` is None to do as the others. `country` is the ISO code of the country, with a
    part of it or None, whose holidays they keep.
    """

    interval_days: int | None = None
    at: time = DEFAULT_HOUR
    working_days: frozenset[int] = MONDAY_TO_FRIDAY
    strength: Strength = Strength.STANDARD
    channel_id: str | None = None
    country: str | None = None
    country_part: str | None = None


def join_form(
    current: JoinChoices,
    zone: str,
    country: str = "",
    *,
    joined: bool = False,
    where: str = "",
    usual_days: int = DEFAULT_INTERVAL,
    more: Sequence[Block] = (),
) -> View:
    """The form to join, filled in so that one press is enough; the same to change settings.

    `country` names the place whose holidays are kept; `where` is a response URL to answer to, or
    ""; `usual_days` is the interval of the others; `more` are fields for those who may see them.
    """
    return View(
        type="modal",
        callback_id=JOIN,
        title="Your settings" if joined else "Join",
        submit="Save" if joined else "Join",
        close="Cancel",
        private_metadata=fields.pack(joined=joined, where=where or None),
        blocks=[*_join_fields(current, zone, country, usual_days), *more],
    )


def _join_fields(current: JoinChoices, zone: str, country: str, usual_days: int) -> list[Block]:
    ticked = [str(number) for number in current.working_days]
    interval = defaults.own_element(current.interval_days, usual_days)
    return [
        fields.field("interval", "How often do you want to see a customer?", interval),
        fields.field(
            "at",
            f"At what time may I write to you? ({kit.zone_words(zone)})",
            fields.time_element(current.at),
        ),
        fields.field("days", "On which days do you work?", fields.checks_element(WEEKDAYS, ticked)),
        countries.country_field(
            (current.country, current.country_part, country) if current.country else None
        ),
        fields.field(
            "strength", "How much may I nudge?", fields.radio_element(STRENGTHS, current.strength)
        ),
        fields.field(
            "channel",
            "Your team's story channel",
            _channel(current.channel_id),
            optional=True,
            hint="Once a week the stories you share are posted there. Invite me to it first.",
        ),
    ]


def _channel(chosen: str | None) -> ConversationSelectElement:
    own = ConversationFilter(
        include=["public", "private"], exclude_bot_users=True, exclude_external_shared_channels=True
    )
    return ConversationSelectElement(
        action_id=fields.VALUE,
        placeholder="Choose a channel",
        initial_conversation=chosen,
        filter=own,
    )


def read_join(view: fields.Payload) -> JoinChoices:
    """The choices; raises FormFault with a sentence for each field that is empty."""
    chosen, at = fields.code(view, "interval"), fields.at(view, "at")
    days, strength = fields.codes(view, "days"), fields.code(view, "strength")
    if not (chosen and at and days and strength):
        raise fields.missing(
            interval=(chosen, "Choose how often."),
            at=(at, "Choose a time."),
            days=(days, "Tick at least one day."),
            strength=(strength, "Choose one of the three."),
        )
    channel = fields.entry(view, "channel").get("selected_conversation")
    working = frozenset(int(each) for each in days)
    country = countries.read_country(view)
    interval = defaults.read_days(view, "interval")
    return JoinChoices(interval, at, working, Strength(strength), channel, *country)


def is_settings(view: fields.Payload) -> bool:
    """Whether the form was opened by somebody who has joined already."""
    return bool(fields.unpack(view).get("joined"))


def channel_errors(fault: ChannelFault) -> dict[str, str]:
    """Why the story channel cannot be used, by block id of the form to join."""
    return {"channel": words.CHANNEL_FAULTS[fault]}


def join_not_saved(reference: str) -> dict[str, str]:
    """The sentence for a form to join that stays open because saving failed, by block id."""
    return {"interval": fields.not_saved(reference)}


def joined(due_on: date, next_nudge_at: datetime | None, zone: str, today: date) -> kit.Message:
    """What somebody sees who has just joined."""
    return kit.say(
        "Welcome out of the office. ",
        coming(due_on, next_nudge_at, zone, today),
        " If you have just been to see a customer, ",
        kit.code("/debrief"),
        " keeps what you heard.",
    )


def saved(due_on: date, next_nudge_at: datetime | None, zone: str, today: date) -> kit.Message:
    """What somebody sees whose settings have changed."""
    return kit.say("Your settings are saved. ", coming(due_on, next_nudge_at, zone, today))


def next_visit(
    due_on: date,
    next_nudge_at: datetime | None,
    zone: str,
    today: date,
    booked: tuple[str, date] | None = None,
    because: str = "",
) -> kit.Message:
    """What `/visit next` answers; `booked` is the next visit's customer and local date.

    `because` is a sentence that says why the nudge waits, or "".
    """
    seen = f"You see {kit.one_line(booked[0])} on {kit.day(booked[1], today)}." if booked else ""
    told = seen, coming(due_on, next_nudge_at, zone, today), because
    return kit.say(" ".join(each for each in told if each))


def left() -> kit.Message:
    """What somebody sees who has left."""
    return kit.say(
        "You will get no more nudges. Your debriefs stay, and ",
        kit.code("/visit join"),
        " brings you back at any time.",
    )


def not_joined() -> kit.Message:
    """What somebody sees who asks about visits without having joined."""
    return kit.say("You have not joined yet. ", kit.code("/visit join"), " takes one press.")


def usage() -> kit.Message:
    """What `/visit help` answers."""
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
    items: list[list[kit.Part]] = [
        [kit.code(f"/visit {name}"), f": {what}"] for name, what in commands
    ]
    opening = "What you can ask for:"
    heard = " ".join(f"{kit.spoken(*parts)}." for parts in items)
    return kit.message(f"{opening} {heard}", kit.rich(kit.paragraph(opening), kit.bullets(*items)))
