"""Block Kit basics for all views: messages, safe text, rich text, and dates in words."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    ImageBlock,
    MarkdownTextObject,
    PlainTextObject,
    RichTextBlock,
    RichTextElement,
    RichTextElementParts,
    RichTextListElement,
    RichTextQuoteElement,
    RichTextSectionElement,
)

from bot.domain.text import cut_to_length, utf16_length

FALLBACK_LENGTH = 3900
NAMELESS = "(no name)"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

# Control characters, line ends, and marks that change the direction of the text after them.
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

TextPart = str | RichTextElementParts.Text


class FormError(Exception):
    """A form that cannot be read; `errors` holds a sentence for each block id."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


@dataclass(frozen=True)
class Message:
    """Blocks, and the text that replaces them in notifications and for screen readers.

    `text` is escaped already; make messages with `message` or `text_message`.
    """

    text: str
    blocks: Sequence[Block]

    def as_arguments(self) -> dict[str, Any]:
        """Return the arguments to post, update or respond with; links are never unfurled."""
        blocks = {"blocks": [block.to_dict() for block in self.blocks]} if self.blocks else {}
        return {"text": self.text, **blocks, "unfurl_links": False, "unfurl_media": False}


def message(text: str, *blocks: Block) -> Message:
    """Build a message of blocks with a plain fallback text, which is escaped and truncated here."""
    cut = truncate(escape(text), FALLBACK_LENGTH)
    return Message(re.sub(r"&[a-z]{0,3}…$", "…", cut), blocks)


def with_fallbacks(message: Message) -> Sequence[Message]:
    """Return a message as it is, without its pictures, and as bare text, to try in turn."""
    unillustrated = [block for block in message.blocks if block.type != ImageBlock.type]
    pictures = len(unillustrated) < len(message.blocks)
    without_pictures = [Message(message.text, unillustrated)] if pictures and unillustrated else []
    bare = [Message(message.text, ())] if message.blocks else []
    return [message, *without_pictures, *bare]


def text_message(*parts: TextPart, below: Iterable[Block] = ()) -> Message:
    """Build a message of one paragraph, with the same words as fallback; `below` follows it."""
    return message(unstyled(*parts), rich_text(paragraph(*parts)), *below)


def escape(text: str) -> str:
    """Escape text for Slack's mrkdwn: no mention, channel or link in it is live."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def truncate(text: str, length: int) -> str:
    """Truncate text to `length` UTF-16 units, at a word where there is one, with an ellipsis."""
    if utf16_length(text) <= length:
        return text
    room = cut_to_length(text, length - 1)
    words = re.match(r"(?s)(.*\S)\s", room + text[len(room)])
    # Dropping a word longer than half of `length` would leave next to nothing.
    shortened = words[1] if words and utf16_length(words[1]) * 2 > length else room
    return f"{shortened.rstrip()}…"


def one_line(text: str, length: int = 75) -> str:
    """Return a one-line label: white space and control characters as single spaces, truncated."""
    return truncate(" ".join(CONTROL_CHARACTERS.sub(" ", text).split()), length) or NAMELESS


def capitalize(text: str) -> str:
    """Return the text with its first letter in upper case, and the rest as it is."""
    return text[:1].upper() + text[1:]


def plain_text(text: str) -> PlainTextObject:
    """Build a plain text object, in which nothing is live."""
    return PlainTextObject(text=text)


def mrkdwn(text: str) -> MarkdownTextObject:
    """Build mrkdwn that Slack doesn't search for names; escape what others wrote first."""
    return MarkdownTextObject(text=text, verbatim=True)


def bold(text: str) -> RichTextElementParts.Text:
    """Return words in bold."""
    return _styled(text, "bold")


def italic(text: str) -> RichTextElementParts.Text:
    """Return words in italics."""
    return _styled(text, "italic")


def code(text: str) -> RichTextElementParts.Text:
    """Return words in code style, to type as they are."""
    return _styled(text, "code")


def _styled(text: str, style: str) -> RichTextElementParts.Text:
    return RichTextElementParts.Text(text=text or NAMELESS, style={style: True})


def paragraph(*parts: TextPart) -> RichTextSectionElement:
    """Build a paragraph of rich text, in which nothing that anyone typed is live."""
    return RichTextSectionElement(elements=_text_elements(parts))


def quote(*parts: TextPart) -> RichTextQuoteElement:
    """Build a quotation."""
    return RichTextQuoteElement(elements=_text_elements(parts))


def bullets(*items: Sequence[TextPart]) -> RichTextListElement:
    """Build a bulleted list; each item is a sequence of parts."""
    return _list("bullet", items)


def numbers(*items: Sequence[TextPart]) -> RichTextListElement:
    """Build a numbered list; each item is a sequence of parts."""
    return _list("ordered", items)


def _list(style: str, items: Iterable[Sequence[TextPart]]) -> RichTextListElement:
    sections = [paragraph(*parts) for parts in items]
    return RichTextListElement(elements=sections, style=style, indent=0)


def rich_text(*elements: RichTextElement) -> RichTextBlock:
    """Build a block of paragraphs, quotations and lists."""
    return RichTextBlock(elements=list(elements))


def context(text: str) -> ContextBlock:
    """Build a remark in small print."""
    return ContextBlock(elements=[plain_text(text)])


def _text_elements(parts: Iterable[TextPart]) -> list[RichTextElement]:
    return [
        RichTextElementParts.Text(text=part) if isinstance(part, str) else part
        for part in parts
        if part != ""
    ]


def unstyled(*parts: TextPart) -> str:
    """Return the words of parts without their styles."""
    return "".join(part if isinstance(part, str) else part.text for part in parts)


def format_day(on: date, today: date) -> str:
    """Format a date, "Tuesday 24 November"; with its year when that isn't today's."""
    words = f"{WEEKDAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]}"
    return words if on.year == today.year else f"{words} {on.year}"


def due_text(due_on: date, today: date) -> str:
    """Return when a PM's next visit is due, as a sentence without its full stop."""
    if due_on < today:
        return f"A visit has been due since {format_day(due_on, today)}"
    if due_on == today:
        return "A visit is due today"
    return f"Your next visit is due on {format_day(due_on, today)}"


def format_time(at: datetime, zone: str) -> str:
    """Format the time of day of an instant with its zone, "09:30, Berlin time"."""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}, {format_zone(zone)}"


def format_moment(at: datetime, zone: str, today: date) -> str:
    """Format an instant, "Tuesday 24 November at 09:30, Berlin time"."""
    return f"{format_day(at.astimezone(ZoneInfo(zone)).date(), today)} at {format_time(at, zone)}"


def format_zone(zone: str) -> str:
    """Return what people call an IANA zone, "Berlin time"."""
    area, _, place = zone.replace("_", " ").rpartition("/")
    if area == "Etc" or not area:
        # The signs of these names are inverted: Etc/GMT+5 is five hours behind UTC.
        turned = place.translate(str.maketrans("+-", "-+"))
        return turned.replace("GMT", "UTC") if area else place
    return f"{place} time"


def pluralize(count: int, one: str, many: str) -> str:
    """Return a count with its noun, "1 visit" or "3 visits"."""
    return f"{count} {one if count == 1 else many}"


def join_names(names: Sequence[str]) -> str:
    """Join names for a sentence, "Ada, Ben and Cleo"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
