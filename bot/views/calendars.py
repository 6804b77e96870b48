"""Calendar feeds: the field for a calendar's secret address, its status, and its faults."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from slack_sdk.models.blocks import Block

from bot.domain.calendars import ConnectedFeed, FeedChange, FeedFault
from bot.views import block_kit, form_fields

CALENDAR, DISCONNECT = "calendar", "calendar_off"
ADDRESS_LENGTH = 2000
HOST_MAX_CHARS = 60
FAULT_TEXTS: Mapping[FeedFault, str] = {
    FeedFault.NOT_AN_ADDRESS: (
        "This is not an address that I can read. It begins with https:// or webcal://."
    ),
    FeedFault.NOT_HTTPS: (
        "What comes from an http:// address can be read on the way. Look for one with https://."
    ),
    FeedFault.HAS_PASSWORD: (
        "There is a password in this address. Look for the secret address, which needs none."
    ),
    FeedFault.ADDRESS_NOT_ALLOWED: (
        "This address leads inside a network. I only read calendars on the open internet."
    ),
    FeedFault.UNREACHABLE: "Nobody answers there.",
    FeedFault.BAD_CERTIFICATE: "Whoever answers there cannot prove who they are.",
    FeedFault.TOO_SLOW: "The answer takes too long.",
    FeedFault.NOT_FOUND: "It is not there. Perhaps its secret address was changed.",
    FeedFault.UNAUTHORIZED: "It asks for a password. Look for the secret address, which "
    "needs none.",
    FeedFault.HTTP_ERROR: "The answer is an error.",
    FeedFault.REDIRECT_NOT_ALLOWED: "It forwards me to where I may not go.",
    FeedFault.NO_CALENDAR: "What is there is not a calendar. Look for the address in iCal format.",
    FeedFault.TRUNCATED: "The answer ends half-way.",
    FeedFault.TOO_LARGE: "It is larger than 32 MB, which is the most that I can read.",
    FeedFault.TOO_MANY_MEETINGS: "It holds more meetings than I can read.",
    FeedFault.NOT_DECRYPTABLE: "I can no longer open its address. Please give it to me again.",
    FeedFault.NO_ATTENDEES: (
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


def calendar_fields(shown: ConnectedFeed | None, now: datetime) -> Sequence[Block]:
    """Build the field for the address, which is never filled in, and the calendar's status."""
    address_field = form_fields.input_block(
        CALENDAR,
        "Your calendar's secret address",
        form_fields.text_element(ADDRESS_LENGTH, example="https://"),
        optional=True,
        hint=HINT if shown is None else "Leave it empty to keep the one that you gave.",
    )
    if shown is None:
        return [address_field]
    disconnect = form_fields.checkboxes_element({"off": "Disconnect it. Its visits stay."}, [])
    status = block_kit.rich_text(block_kit.paragraph(_status_text(shown, now)))
    return [
        status,
        address_field,
        form_fields.input_block(DISCONNECT, "Your calendar", disconnect, optional=True),
    ]


def parse_change(view: form_fields.Payload) -> FeedChange:
    """Parse what was entered; an empty change where the form doesn't have the fields."""
    return FeedChange(
        form_fields.get_text(view, CALENDAR), bool(form_fields.get_codes(view, DISCONNECT))
    )


def address_errors(fault: FeedFault) -> dict[str, str]:
    """Return why an address can't be used, by block id."""
    return {CALENDAR: FAULT_TEXTS[fault]}


def unreadable_message(host: str, fault: FeedFault) -> block_kit.Message:
    """Build the message to a PM whose calendar can't be read, which is sent once."""
    return block_kit.text_message(
        f"I cannot read your calendar at {block_kit.one_line(host, HOST_MAX_CHARS)}. "
        f"{FAULT_TEXTS[fault]} "
        "The visits that I know of stay as they are. I go on trying, and ",
        block_kit.code("/visit settings"),
        " takes another address.",
    )


def _status_text(shown: ConnectedFeed, now: datetime) -> str:
    host = block_kit.one_line(shown.host, HOST_MAX_CHARS)
    read = f", read {_ago(shown.checked_at, now)}" if shown.checked_at else ""
    soon = "" if read or shown.fault else " I read it within a minute."
    wrong = f" {FAULT_TEXTS[shown.fault]}" if shown.fault else ""
    many = block_kit.pluralize(shown.skipped, "meeting repeats", "meetings repeat")
    skipped = f" {many} in a way that I cannot follow." if shown.skipped else ""
    return f"Connected to {host}{read}.{soon}{wrong}{skipped}"


def _ago(at: datetime, now: datetime) -> str:
    passed = max(now - at, timedelta())
    if passed < timedelta(minutes=1):
        return "just now"
    if passed < timedelta(hours=1):
        return f"{block_kit.pluralize(passed // timedelta(minutes=1), 'minute', 'minutes')} ago"
    if passed < timedelta(days=1):
        return f"{block_kit.pluralize(passed // timedelta(hours=1), 'hour', 'hours')} ago"
    return f"{block_kit.pluralize(passed.days, 'day', 'days')} ago"
