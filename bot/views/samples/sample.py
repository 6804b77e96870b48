"""What a sample is, and the data that fills it: ordinary, or as long as it is allowed to be."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import Enum
from functools import cached_property
from itertools import cycle, islice
from typing import Any, TypeVar

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.domain.customers import NAME_LENGTH
from bot.views.block_kit import Message

TODAY = date(2026, 3, 16)
LAST_VISIT, NEXT_DUE = date(2026, 3, 2), date(2026, 3, 30)
NEXT_NUDGE = datetime(2026, 3, 30, 7, 30, tzinfo=UTC)
LAST_NUDGE = datetime(2026, 3, 16, 8, 30, tzinfo=UTC)
# A date that is written with its year, on the weekday with the longest name.
LONG_DATE = date(2025, 12, 31)
MILL, POST, TILES = "Brightwater Mill", "Fernleigh Post", "Harrow Tiles"
# Slack's own limits of what isn't ours to limit.
STAFF_NAME_LENGTH, CHANNEL_NAME_LENGTH = 255, 80
# The columns of a customer that aren't its name.
PLACE_LENGTH = 100
LARGE_ID = 2**31

T = TypeVar("T")
Shown = Message | View | Mapping[str, Any] | str
Excerpt = Message | View | Block


class Surface(Enum):
    """Where a sample is shown."""

    MESSAGE = "message"
    MODAL = "modal"
    HOME = "home"
    OPTIONS = "options"
    TEXT = "text"


@dataclass(frozen=True)
class Sample:
    """What the bot shows, named by when a person sees it.

    `shown` is a message, a view, the response to a search, or a sentence such as a form's error.
    `excerpt` is what the page of texts shows instead of all of it.
    """

    name: str
    shown: Shown
    excerpt: Excerpt | None = None

    @property
    def surface(self) -> Surface:
        if isinstance(self.shown, Message):
            return Surface.MESSAGE
        if isinstance(self.shown, View):
            return Surface(self.shown.type)
        return Surface.TEXT if isinstance(self.shown, str) else Surface.OPTIONS

    @cached_property
    def payload(self) -> dict[str, Any]:
        """Return what Slack gets to show; empty for a text."""
        if isinstance(self.shown, Message):
            blocks = [each.to_dict() for each in self.shown.blocks]
            return {"text": self.shown.text, "blocks": blocks}
        if isinstance(self.shown, View):
            return self.shown.to_dict()
        return {} if isinstance(self.shown, str) else dict(self.shown)

    @property
    def validated_as(self) -> dict[str, dict[str, Any]]:
        """Return the argument by which Slack validates a message or a view."""
        return {"message" if self.surface is Surface.MESSAGE else "view": self.payload}


Samples = Iterator[Sample]


@dataclass(frozen=True)
class SampleData:
    """The data of samples: ordinary, or `filler` repeated in each text and `size` items in lists.

    Each method takes the ordinary data, and returns it or what replaces it.
    """

    filler: str | None = None
    size: int = 0

    @property
    def zone(self) -> str:
        """Return a time zone; unless ordinary, the one with the longest name."""
        return self.either("Europe/Berlin", "America/Argentina/ComodRivadavia")

    def either(self, ordinary: T, longest: T) -> T:
        """Return one of two values."""
        return ordinary if self.filler is None else longest

    def text(self, ordinary: str, length: int) -> str:
        """Return a text, or as much of the filler as `length` characters hold."""
        return ordinary if self.filler is None else _fill(self.filler, length)

    def name(self, ordinary: str) -> str:
        """Return the name of a customer or of a person there."""
        return self.text(ordinary, NAME_LENGTH)

    def staff(self, ordinary: str) -> str:
        """Return the name of someone in the workspace."""
        return self.text(ordinary, STAFF_NAME_LENGTH)

    def place(self, ordinary: str) -> str:
        """Return a region, a segment or the like."""
        return self.text(ordinary, PLACE_LENGTH)

    def id(self, ordinary: int) -> int:
        """Return an id."""
        return self.either(ordinary, LARGE_ID)

    def day(self, ordinary: date) -> date:
        """Return a date, or one that takes the most words."""
        return self.either(ordinary, LONG_DATE)

    def many(
        self, ordinary: Sequence[T], make: Callable[[int], T], *, most: int | None = None
    ) -> tuple[T, ...]:
        """Return a list, or `size` items made by their number, `most` at most."""
        count = self.size if most is None else min(self.size, most)
        return tuple(ordinary) if self.filler is None else tuple(map(make, range(count)))


ORDINARY = SampleData()


def _fill(text: str, length: int) -> str:
    """Repeat a text up to a length; return "x" if it has nothing to see."""
    return "".join(islice(cycle(text), length)) if text.strip() else "x"


def start_of(name: str, shown: Message) -> Sample:
    """Return a sample of which the page shows the first block: the others are there already."""
    return Sample(name, shown, replace(shown, blocks=shown.blocks[:1]))


def fields_of_form(name: str, form: View, fields: Sequence[Block]) -> Sample:
    """Return a sample of which the page shows some fields: the others are there already."""
    excerpt = copy(form)
    excerpt.blocks = list(fields)
    return Sample(name, form, excerpt)


def first_block(name: str, form: View) -> Sample:
    """Return a sample of which the page shows the text above the fields."""
    return Sample(name, form, _blocks(form)[0])


def last_block(name: str, form: View) -> Sample:
    """Return a sample of which the page shows the text below the fields."""
    return Sample(name, form, _blocks(form)[-1])


def _blocks(form: View) -> Sequence[Block]:
    blocks: Sequence[Block] = form.blocks or ()
    return blocks
