"""Debriefs: what a PM writes after a visit, and what is wrong with a draft of one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.visits import VisitKind

STORY_LENGTH = 3000
QUOTE_LENGTH = 1000
WORKAROUND_LENGTH = 1000
OLDEST_VISIT = timedelta(days=366)


class Mood(StrEnum):
    """How the customer felt."""

    DELIGHTED = "delighted"
    CONTENT = "content"
    MIXED = "mixed"
    FRUSTRATED = "frustrated"
    ANGRY = "angry"


HAPPY = frozenset({Mood.DELIGHTED, Mood.CONTENT})


class Sharing(StrEnum):
    """What the author allows: the story, the story without the customer's name, or nothing."""

    SHARE = "share"
    NO_NAME = "no_name"
    PRIVATE = "private"


class Frequency(StrEnum):
    """How often a workaround is done."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    RARELY = "rarely"


@dataclass(frozen=True)
class Workaround:
    """Something a customer does around the product and has accepted (text 004)."""

    what: str
    why: str = ""
    how_often: Frequency | None = None


@dataclass(frozen=True)
class Draft:
    """A debrief as typed: nothing checked yet. `on` is the PM's local date of the visit."""

    customer_id: int | None
    on: date | None
    story: str
    new_customer: str = ""
    kind: VisitKind = VisitKind.VIDEO
    workarounds: tuple[Workaround, ...] = ()
    quote: str = ""
    mood: Mood | None = None
    nps: int | None = None
    nps_why: str = ""
    sharing: Sharing = Sharing.SHARE


@dataclass(frozen=True)
class Debrief:
    """A debrief as kept, with the names that stories show; `told_in` is the digest with it."""

    id: int
    visit_id: int
    author_id: str
    customer_id: int
    customer_name: str
    on: date
    kind: VisitKind
    story: str
    quote: str = ""
    mood: Mood | None = None
    nps: int | None = None
    nps_why: str = ""
    sharing: Sharing = Sharing.SHARE
    workarounds: tuple[Workaround, ...] = field(default=())
    told_in: int | None = None

    @property
    def draft(self) -> Draft:
        """The draft that it was kept from."""
        names = Draft.__dataclass_fields__.keys() & Debrief.__dataclass_fields__.keys()
        return Draft(**{name: getattr(self, name) for name in names})


class Fault(StrEnum):
    """What can be wrong with a field of a draft; views word it."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    IN_THE_FUTURE = "in_the_future"
    TOO_OLD = "too_old"
    OUT_OF_RANGE = "out_of_range"
    UNKNOWN = "unknown"


def faults(draft: Draft, today: date) -> Mapping[str, Fault]:
    """What is wrong with a draft, by field name; empty when it can be recorded.

    `today` is the author's local date. Dates may lie up to a year back (`product.md` D3).
    """
    found = {
        "customer": _customer_fault(draft),
        "on": date_fault(draft.on, today),
        "story": _text_fault(draft.story, STORY_LENGTH, required=True),
        "quote": _text_fault(draft.quote, QUOTE_LENGTH),
        "nps": None if draft.nps is None or 0 <= draft.nps <= 10 else Fault.OUT_OF_RANGE,
        "nps_why": _text_fault(draft.nps_why, QUOTE_LENGTH),
        **_workaround_faults(draft.workarounds),
    }
    return {name: fault for name, fault in found.items() if fault}


def _customer_fault(draft: Draft) -> Fault | None:
    named = draft.customer_id is not None or draft.new_customer.strip()
    return None if named else Fault.MISSING


def date_fault(on: date | None, today: date) -> Fault | None:
    """What is wrong with the local date of something that has happened."""
    if on is None:
        return Fault.MISSING
    if on > today:
        return Fault.IN_THE_FUTURE
    return Fault.TOO_OLD if on < today - OLDEST_VISIT else None


def _text_fault(text: str, longest: int, *, required: bool = False) -> Fault | None:
    if required and not text.strip():
        return Fault.MISSING
    return Fault.TOO_LONG if len(text) > longest else None


def _workaround_faults(workarounds: tuple[Workaround, ...]) -> Mapping[str, Fault | None]:
    whats = [_text_fault(each.what, WORKAROUND_LENGTH, required=True) for each in workarounds]
    whys = [_text_fault(each.why, WORKAROUND_LENGTH) for each in workarounds]
    found = {"workaround": whats, "workaround_why": whys}
    return {name: next(filter(None, each), None) for name, each in found.items()}


def sentences(text: str) -> int:
    """About how many sentences a text has; a story wants two (text 004)."""
    return len([part for part in re.split(r"(?<=[.!?…])\s+", text.strip()) if part])
