"""Sections of a debrief beside its story, and their validation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any, get_type_hints

PAIN_LENGTH = 1000
THEME_LENGTH = 60
PROMISE_LENGTH = 500
SUBJECT_LENGTH = 200
ANSWER_LENGTH = 1000
COMPETITOR_LENGTH = 100
# A hypothesis is a belief and a measure: how to tell whether it holds.
BELIEF_LENGTH = MEASURE_LENGTH = 300
# As many of each kind fit into one Slack form; more would be worth a second visit.
MAX_ENTRIES = 4
MAX_PROMISE_DELAY = timedelta(days=3 * 366)


class PainWeight(StrEnum):
    """How serious a pain is."""

    NICE_TO_HAVE = "nice_to_have"
    ANNOYING = "annoying"
    COSTLY = "costly"
    DEALBREAKER = "dealbreaker"


class DealDecision(StrEnum):
    """The outcome of a deal."""

    WON = "won"
    LOST = "lost"
    OPEN = "open"


class DealReason(StrEnum):
    """Why a deal was won or lost (text 001)."""

    PRICE = "price"
    FEATURES = "features"
    EASE = "ease"
    FIT = "fit"
    SERVICE = "service"
    TRUST = "trust"
    TIMING = "timing"
    PURCHASING = "purchasing"
    NOTHING_NEW = "nothing_new"
    OTHER = "other"


class HypothesisVerdict(StrEnum):
    """What a visit says about a hypothesis."""

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class TextLimit:
    """What a text field of a form may hold; it is declared in the field's annotation."""

    max_length: int
    required: bool = False


@dataclass(frozen=True)
class Pain:
    """A customer's pain, how serious it is, and its theme."""

    what: Annotated[str, TextLimit(PAIN_LENGTH, required=True)]
    weight: PainWeight | None = None
    theme: Annotated[str, TextLimit(THEME_LENGTH)] = ""


@dataclass(frozen=True)
class Promise:
    """Something owed to a customer, its owner (a Slack id, None for the author) and its date."""

    what: Annotated[str, TextLimit(PROMISE_LENGTH, required=True)]
    owner_id: str | None = None
    on: date | None = None


@dataclass(frozen=True)
class Answer:
    """What a member of staff told a customer on a subject, the roadmap in particular."""

    subject: Annotated[str, TextLimit(SUBJECT_LENGTH, required=True)]
    said: Annotated[str, TextLimit(ANSWER_LENGTH, required=True)] = ""


class Fault(StrEnum):
    """What is wrong with a field of a draft; views word it."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    IN_THE_FUTURE = "in_the_future"
    IN_THE_PAST = "in_the_past"
    TOO_OLD = "too_old"
    TOO_FAR = "too_far"
    OUT_OF_RANGE = "out_of_range"
    UNKNOWN = "unknown"


class Section(StrEnum):
    """A section that can be added to the debrief form."""

    WORKAROUND = "workaround"
    PAIN = "pain"
    PROMISE = "promise"
    ANSWER = "answer"
    HYPOTHESIS = "hypothesis"
    SCORE = "score"
    DEAL = "deal"
    COMPANIONS = "fellows"
    PICTURE = "picture"


Faults = Mapping[str, Fault | None]


def text_limits(kind: type[Any]) -> Mapping[str, TextLimit]:
    """Return the limits of a dataclass's text fields by name."""
    return {
        name: limit
        for name, hint in get_type_hints(kind, include_extras=True).items()
        for limit in getattr(hint, "__metadata__", ())
        if isinstance(limit, TextLimit)
    }


def entry_field(base: str, kind: type[Any], name: str) -> str:
    """Return the name of an entry's field in the form: "pain" for the first, "pain_theme"."""
    return base if name == fields(kind)[0].name else f"{base}_{name}"


def text_fault(text: str, limit: TextLimit) -> Fault | None:
    """Return the fault of a text."""
    if limit.required and not text.strip():
        return Fault.MISSING
    return Fault.TOO_LONG if len(text) > limit.max_length else None


def promise_date_faults(promises: Iterable[Promise], visited_on: date | None) -> Faults:
    """Return the faults of promises' dates; none is due before the day of the visit."""
    return number_fields({"promise_on": _date_fault(each.on, visited_on)} for each in promises)


def hypothesis_faults(
    new: str, verdict: HypothesisVerdict | None, *, has_hypothesis: bool
) -> Faults:
    """Return the faults of a verdict on a hypothesis by field: each requires the other.

    `new` is a hypothesis that is not recorded yet, or ""; `has_hypothesis` says whether there is
    one at all.
    """
    is_missing = verdict is not None and not has_hypothesis
    return {
        "hypothesis": Fault.MISSING if is_missing else text_fault(new, TextLimit(BELIEF_LENGTH)),
        "verdict": Fault.MISSING if has_hypothesis and verdict is None else None,
    }


def number_fields(faults: Iterable[Faults]) -> Faults:
    """Return the faults of several entries of a kind by field and number: "pain", "pain.2"."""
    return {
        name if count == 1 else f"{name}.{count}": fault
        for count, each in enumerate(faults, 1)
        for name, fault in each.items()
    }


def _date_fault(on: date | None, visited_on: date | None) -> Fault | None:
    if on is None:
        return Fault.MISSING
    if visited_on is None:
        return None
    if on < visited_on:
        return Fault.IN_THE_PAST
    return Fault.TOO_FAR if on > visited_on + MAX_PROMISE_DELAY else None
