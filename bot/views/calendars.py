"""Feeds: the field for a calendar's secret address, how it stands, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from slack_sdk.models.blocks import Block

from bot.domain.calendars import FeedFault
from bot.views import block_kit as kit
from bot.views import form_fields as fields

CALENDAR, DISCONNECT = "calendar", "calendar_off"
ADDRESS_LENGTH = 2000
HOST_SHOWN = 60
FAULTS: Mapping[FeedFault, str] = {
    FeedFault.NOT_AN_ADDRESS: (
        "This is not an address that I can read. It begins with https:// or webcal://."
    ),
    FeedFault.NOT_HTTPS: (
        "What comes from an http:// address can be read on the way. Look for one with https://."
    ),
    FeedFault.HAS_PASSWORD: (
        "There is a password in this address. Look for the secret address, which needs none."
    ),
    FeedFault.FORBIDDEN: (
        "This address leads inside a network. I only read calendars on the open internet."
    ),
    FeedFault.UNREACHABLE: "Nobody answers there.",
    FeedFault.UNPROVEN: "Whoever answers there cannot prove who they are.",
    FeedFault.TOO_SLOW: "The answer takes too long.",
    FeedFault.LOST: "It is not there. Perhaps its secret address was changed.",
    FeedFault.LOCKED: "It asks for a password. Look for the secret address, which needs none.",
    FeedFault.REFUSED: "The answer is an error.",
    FeedFault.ELSEWHERE: "It forwards me to where I may not go.",
    FeedFault.NO_CALENDAR: "What is there is not a calendar. Look for the address in iCal format.",
    FeedFault.CUT_SHORT: "The answer ends half-way.",
    FeedFault.TOO_LARGE: "It is larger than 32 MB, which is the most that I can read.",
    FeedFault.TOO_MUCH: "It holds more meetings than I can read.",
    FeedFault.NO_KEY: "I can no longer open its address. Please give it to me again.",
    FeedFault.NAMELESS: (
        "None of its meetings says who takes part, so that I find no customers in them. "
        "Look for an address with all details."
    ),
}
HINT = (
    "Meetings with people of customers whom I know become visits by themselves. I keep their date, "
    "their length and the customer; no titles, and nothing of your other meetings. Google calls it "
    "“Secret address in iCal format”; in Outlook, publish your calendar with all details and take "
    "the ICS link."
)


@dataclass(frozen=True)
class FeedShown:
    """A calendar that is connected: where, when it was last read (aware UTC), what is wrong.

    `left_out` is how many meetings cannot be followed.
    """

    host: str
    checked_at: datetime | None
    fault: FeedFault | None = None
    left_out: int = 0


@dataclass(frozen=True)
class FeedChange:
    """What was put into the form: an address, or "", and whether to disconnect."""

    address: str
    disconnect: bool


def calendar_fields(shown: FeedShown | None, now: datetime) -> Sequence[Block]:
    """The field for the address, which is never filled in, and how the calendar stands."""
    asked = fields.field(
        CALENDAR,
        "Your calendar's secret address",
        fields.text_element(ADDRESS_LENGTH, example="https://"),
        optional=True,
        hint=HINT if shown is None else "Leave it empty to keep the one that you gave.",
    )
    if shown is None:
        return [asked]
    off = fields.checks_element({"off": "Disconnect it. Its visits stay."}, [])
    stands = kit.rich(kit.paragraph(_stands(shown, now)))
    return [stands, asked, fields.field(DISCONNECT, "Your calendar", off, optional=True)]


def read(view: fields.Payload) -> FeedChange:
    """What was put into the fields; nothing where the form does not have them."""
    return FeedChange(fields.text(view, CALENDAR), bool(fields.codes(view, DISCONNECT)))


def errors(fault: FeedFault) -> dict[str, str]:
    """Why an address cannot be used, by block id."""
    return {CALENDAR: FAULTS[fault]}


def lost(host: str, fault: FeedFault) -> kit.Message:
    """To a PM whose calendar cannot be read, once."""
    return kit.say(
        f"I cannot read your calendar at {kit.one_line(host, HOST_SHOWN)}. {FAULTS[fault]} "
        "The visits that I know of stay as they are. I go on trying, and ",
        kit.code("/visit settings"),
        " takes another address.",
    )


def _stands(shown: FeedShown, now: datetime) -> str:
    host = kit.one_line(shown.host, HOST_SHOWN)
    read = f", read {_ago(shown.checked_at, now)}" if shown.checked_at else ""
    soon = "" if read or shown.fault else " I read it within a minute."
    wrong = f" {FAULTS[shown.fault]}" if shown.fault else ""
    many = kit.several(shown.left_out, "meeting repeats", "meetings repeat")
    odd = f" {many} in a way that I cannot follow." if shown.left_out else ""
    return f"Connected to {host}{read}.{soon}{wrong}{odd}"


def _ago(at: datetime, now: datetime) -> str:
    passed = max(now - at, timedelta())
    if passed < timedelta(minutes=1):
        return "just now"
    if passed < timedelta(hours=1):
        return f"{kit.several(passed // timedelta(minutes=1), 'minute', 'minutes')} ago"
    if passed < timedelta(days=1):
        return f"{kit.several(passed // timedelta(hours=1), 'hour', 'hours')} ago"
    return f"{kit.several(passed.days, 'day', 'days')} ago"
