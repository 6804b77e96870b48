"""Visits: joining and settings, planning, and what `/visit` answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from slack_sdk.models.blocks import Block, ConversationFilter, ConversationSelectElement
from slack_sdk.models.views import View

from bot.domain.calendar import MONDAY_TO_FRIDAY
from bot.domain.nudges import DEFAULT_HOUR, DEFAULT_INTERVAL, Strength
from bot.domain.stories import ChannelFault
from bot.domain.visits import VisitKind
from bot.views import countries, customers, fields, kit, words
from bot.views.away import coming

JOIN = "visit.join"
PLAN = "visit.plan"
GOAL_LENGTH = 1000
FURTHEST = timedelta(days=366)
FAR = "This date is more than a year ahead. Choose an earlier one."
PAST = "This date has passed. For a visit that has taken place, use /debrief."

INTERVALS: Mapping[str, str] = {
    "7": "Every week",
    "14": "Every two weeks",
    "30": "Every month",
    "90": "Every quarter",
}
STRENGTHS: Mapping[str, tuple[str, str]] = {
    Strength.LIGHT: ("Light", "One nudge on the day a visit is due."),
    Strength.STANDARD: ("Standard", "The same, and one follow-up three working days later."),
    Strength.ACTIVE: ("Active", "The same, and one nudge ahead of time."),
}
WEEKDAYS = {str(number): name for number, name in enumerate(kit.WEEKDAYS)}


@dataclass(frozen=True)
class JoinChoices:
    """What a PM chooses on joining; `at` is local time, weekdays count from Monday as 0.

    `country` is the ISO code of the country, with a part of it or None, whose holidays they keep.
    """

    interval_days: int = DEFAULT_INTERVAL
    at: time = DEFAULT_HOUR
    working_days: frozenset[int] = MONDAY_TO_FRIDAY
    strength: Strength = Strength.STANDARD
    channel_id: str | None = None
    country: str | None = None
    country_part: str | None = None


@dataclass(frozen=True)
class PlanChoices:
    """A visit as planned: a customer's id or the name of a new one; `on` and `at` are local."""

    customer_id: int | None
    new_customer: str
    kind: VisitKind
    on: date
    at: time | None
    goal: str
    nudge_id: int | None


def join_form(
    current: JoinChoices, zone: str, country: str = "", *, joined: bool = False, where: str = ""
) -> View:
    """The form to join, filled in so that one press is enough; the same to change settings.

    `country` names the place whose holidays are kept; `where` is a response URL to answer to, or
    "".
    """
    return View(
        type="modal",
        callback_id=JOIN,
        title="Your settings" if joined else "Join",
        submit="Save" if joined else "Join",
        close="Cancel",
        private_metadata=fields.pack(joined=joined, where=where or None),
        blocks=_join_fields(current, zone, country),
    )


def _join_fields(current: JoinChoices, zone: str, country: str) -> list[Block]:
    ticked = [str(number) for number in current.working_days]
    interval = fields.select_element(INTERVALS, str(current.interval_days))
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
    interval, at = fields.code(view, "interval"), fields.at(view, "at")
    days, strength = fields.codes(view, "days"), fields.code(view, "strength")
    if not (interval and at and days and strength):
        raise fields.missing(
            interval=(interval, "Choose how often."),
            at=(at, "Choose a time."),
            days=(days, "Tick at least one day."),
            strength=(strength, "Choose one of the three."),
        )
    channel = fields.entry(view, "channel").get("selected_conversation")
    working = frozenset(int(each) for each in days)
    country = countries.read_country(view)
    return JoinChoices(int(interval), at, working, Strength(strength), channel, *country)


def is_settings(view: fields.Payload) -> bool:
    """Whether the form was opened by somebody who has joined already."""
    return bool(fields.unpack(view).get("joined"))


def channel_errors(fault: ChannelFault) -> dict[str, str]:
    """Why the story channel cannot be used, by block id of the form to join."""
    return {"channel": words.CHANNEL_FAULTS[fault]}


def plan_form(
    customer: customers.Chosen | None,
    today: date,
    nudge_id: int | None = None,
    *,
    where: str = "",
) -> View:
    """The form to plan a visit; from a nudge it carries the nudge's id.

    `where` is a response URL to answer to, or "".
    """
    goal = fields.text_element(
        GOAL_LENGTH, lines=True, example="What do you want to learn or to see them do?"
    )
    kind = fields.select_element(words.VISIT_KINDS, VisitKind.VIDEO)
    return View(
        type="modal",
        callback_id=PLAN,
        title="Plan a visit",
        submit="Plan",
        close="Cancel",
        private_metadata=fields.pack(nudge=nudge_id, today=today.isoformat(), where=where or None),
        blocks=[
            customers.customer_field(customer),
            fields.field("kind", "How will you meet?", kind),
            fields.field("on", "Date", fields.date_element(None)),
            fields.field("at", "Time", fields.time_element(None), optional=True),
            fields.field("goal", "Goal", goal, optional=True),
        ],
    )


def read_plan(view: fields.Payload) -> PlanChoices:
    """The plan; raises FormFault with a sentence for each field that is missing or not right."""
    customer_id, new = customers.read_customer(view)
    kind, on, goal = fields.code(view, "kind"), fields.on(view, "on"), fields.text(view, "goal")
    short = len(goal) <= GOAL_LENGTH
    if not ((customer_id is not None or new) and kind and on and short):
        raise fields.missing(
            customer=(customer_id is not None or new, "Choose a customer, or add a new one."),
            kind=(kind, "Choose how you will meet."),
            on=(on, "Choose a date."),
            goal=(short, fields.too_long(GOAL_LENGTH)),
        )
    today = date.fromisoformat(fields.unpack(view)["today"])
    if on < today:
        raise kit.FormFault(plan_errors_past())
    if on > today + FURTHEST:
        raise kit.FormFault({"on": FAR})
    return PlanChoices(
        customer_id=customer_id,
        new_customer=new,
        kind=VisitKind(kind),
        on=on,
        at=fields.at(view, "at"),
        goal=goal,
        nudge_id=fields.unpack(view).get("nudge"),
    )


def plan_errors_past() -> dict[str, str]:
    """The sentence for a plan whose date has passed, by block id."""
    return {"on": PAST}


def join_not_saved(reference: str) -> dict[str, str]:
    """The sentence for a form to join that stays open because saving failed, by block id."""
    return {"interval": fields.not_saved(reference)}


def plan_not_saved(reference: str) -> dict[str, str]:
    """The sentence for a plan that stays open because saving failed, by block id."""
    return {"goal": fields.not_saved(reference)}


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


def planned(customer: str, on: date, today: date) -> kit.Message:
    """What somebody sees who has planned a visit."""
    return kit.say(
        f"Planned: {kit.one_line(customer)}, {kit.day(on, today)}. No nudges until it is over."
    )


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
