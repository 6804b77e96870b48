"""Debriefs: what a PM writes after a visit, and the validation of drafts."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from bot.domain.debriefs.sections import (
    COMPETITOR_LENGTH,
    Answer,
    DealDecision,
    DealReason,
    Fault,
    Faults,
    HypothesisVerdict,
    Pain,
    Promise,
    TextLimit,
    entry_field,
    hypothesis_faults,
    number_fields,
    promise_date_faults,
    text_fault,
    text_limits,
)
from bot.domain.visits.rules import VisitKind

STORY_LENGTH = 3000
QUOTE_LENGTH = 3000
WHY_LENGTH = 1000
WORKAROUND_LENGTH = 1000
MAX_VISIT_AGE = timedelta(days=366)
# How long an unsubmitted draft is offered again before it is deleted.
DRAFT_LIFETIME = timedelta(days=14)


class Mood(StrEnum):
    """The customer's mood."""

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
class ReportedWorkaround:
    """Something a customer does around the product and has accepted (text 004)."""

    what: Annotated[str, TextLimit(WORKAROUND_LENGTH, required=True)]
    why: Annotated[str, TextLimit(WORKAROUND_LENGTH)] = ""
    how_often: Frequency | None = None


@dataclass(frozen=True)
class Draft:
    """A debrief as typed, not validated yet.

    `on` is the PM's local date of the visit, `companions` are the Slack ids of others who came,
    `picture` is Slack's id of a file.
    """

    customer_id: int | None
    on: date | None
    story: Annotated[str, TextLimit(STORY_LENGTH, required=True)]
    new_customer: str = ""
    kind: VisitKind = VisitKind.VIDEO
    workarounds: tuple[ReportedWorkaround, ...] = ()
    quote: Annotated[str, TextLimit(QUOTE_LENGTH)] = ""
    mood: Mood | None = None
    nps: int | None = None
    nps_why: Annotated[str, TextLimit(WHY_LENGTH)] = ""
    sharing: Sharing = Sharing.SHARE
    minutes: int | None = None
    surprise: Annotated[str, TextLimit(WHY_LENGTH)] = ""
    pains: tuple[Pain, ...] = ()
    promises: tuple[Promise, ...] = ()
    answers: tuple[Answer, ...] = ()
    decision: DealDecision | None = None
    reasons: tuple[DealReason, ...] = ()
    competitor: Annotated[str, TextLimit(COMPETITOR_LENGTH)] = ""
    companions: tuple[str, ...] = ()
    picture: str = ""
    hypothesis_id: int | None = None
    new_hypothesis: str = ""
    verdict: HypothesisVerdict | None = None

    @property
    def has_text(self) -> bool:
        """Return whether it holds text or answers that no one wants to enter twice."""
        empty = Draft(self.customer_id, self.on, "", self.new_customer, self.kind)
        # The form has these from the beginning, or a planned visit fills them in.
        typed = replace(self, minutes=None, decision=None, hypothesis_id=None)
        return replace(typed, sharing=empty.sharing) != empty


# The entries that a draft may have several of, by its field.
ENTRIES: Mapping[str, type[Any]] = {
    "workarounds": ReportedWorkaround,
    "pains": Pain,
    "promises": Promise,
    "answers": Answer,
}
# The limits of the text fields of a draft and of its entries.
TEXTS: Mapping[type[Any], Mapping[str, TextLimit]] = {
    Draft: text_limits(Draft),
    **{kind: text_limits(kind) for kind in ENTRIES.values()},
}
# The same, named as the fields of the form and their faults are.
TEXT_LIMITS: Mapping[str, TextLimit] = {
    **TEXTS[Draft],
    **{
        entry_field(entries.removesuffix("s"), kind, name): limit
        for entries, kind in ENTRIES.items()
        for name, limit in TEXTS[kind].items()
    },
}


@dataclass(frozen=True)
class FormSession:
    """The visit, nudge or command a debrief form was opened from; all its forms share one `key`.

    `form_id` is the form's own id, `version` that of the debrief the form showed, 0 for none;
    `visit_id` is the booked visit, if it is known, `debrief_id` the debrief that is being edited.
    """

    key: str
    form_id: str = ""
    version: int = 0
    visit_id: int | None = None
    debrief_id: int | None = None


@dataclass(frozen=True)
class SavedDraft:
    """A draft that its author has not submitted.

    `since` is when its latest text was saved, `typed_at` when Slack says it was typed (aware UTC,
    by different clocks); `form_id` is the form that holds it, if it is known. `rest` is what came
    with a command or a message and did not fit into its field.
    """

    key: str
    draft: Draft
    since: datetime
    typed_at: datetime
    visit_id: int | None = None
    nudge_id: int | None = None
    debrief_id: int | None = None
    form_id: str = ""
    rest: str = ""


@dataclass(frozen=True)
class Debrief:
    """A saved debrief: the draft it was saved from, and the customer's name for stories.

    Its draft names its customer and its date. `digest_id` is the digest that has it, `form_id` the
    form that saved it last.
    """

    id: int
    visit_id: int
    author_id: str
    customer_name: str
    draft: Draft
    digest_id: int | None = None
    version: int = 1
    form_id: str = ""

    @property
    def customer_id(self) -> int:
        """Return the id of its customer."""
        assert self.draft.customer_id is not None
        return self.draft.customer_id

    @property
    def on(self) -> date:
        """Return the author's local date of its visit."""
        assert self.draft.on is not None
        return self.draft.on


def find_faults(draft: Draft, today: date) -> Mapping[str, Fault]:
    """Return the faults of a draft by field name; empty if it can be recorded.

    `today` is the author's local date. Dates may lie up to a year back (`product.md` D3).
    """
    found = {
        "customer": _customer_fault(draft),
        "on": date_fault(draft.on, today),
        **_text_faults(draft),
        "nps": None if draft.nps is None or 0 <= draft.nps <= 10 else Fault.OUT_OF_RANGE,
        **_entry_faults("workaround", draft.workarounds),
        **_entry_faults("pain", draft.pains),
        **_entry_faults("promise", draft.promises),
        **promise_date_faults(draft.promises, draft.on),
        **_entry_faults("answer", draft.answers),
        **_hypothesis_faults(draft),
    }
    return {name: fault for name, fault in found.items() if fault}


def _text_faults(filled: object) -> Faults:
    """Return the faults of the texts of a draft, or of one of its entries."""
    limits = TEXTS[type(filled)]
    return {name: text_fault(getattr(filled, name), limit) for name, limit in limits.items()}


def _entry_faults(base: str, entries: Iterable[object]) -> Faults:
    return number_fields(
        {entry_field(base, type(each), name): fault for name, fault in _text_faults(each).items()}
        for each in entries
    )


def _customer_fault(draft: Draft) -> Fault | None:
    has_customer = draft.customer_id is not None or draft.new_customer.strip()
    return None if has_customer else Fault.MISSING


def _hypothesis_faults(draft: Draft) -> Faults:
    has_hypothesis = draft.hypothesis_id is not None or bool(draft.new_hypothesis.strip())
    return hypothesis_faults(draft.new_hypothesis, draft.verdict, has_hypothesis=has_hypothesis)


def date_fault(on: date | None, today: date) -> Fault | None:
    """Return the fault of a past event's local date."""
    if on is None:
        return Fault.MISSING
    if on > today:
        return Fault.IN_THE_FUTURE
    return Fault.TOO_OLD if on < today - MAX_VISIT_AGE else None


def count_sentences(text: str) -> int:
    """Return about how many sentences a text has; a story should have two (text 004)."""
    return len([part for part in re.split(r"(?<=[.!?…])\s+", text.strip()) if part])
