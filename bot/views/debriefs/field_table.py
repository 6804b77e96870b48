"""The fields of the debrief form: their labels and hints, and where each is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from bot.domain.debriefs.sections import Section


class Place(Enum):
    """A place of the debrief form outside its sections."""

    ALWAYS = auto()
    FOLDED = auto()
    LAST = auto()


@dataclass(frozen=True)
class FieldRow:
    """A field of the debrief form; `name` is its block id and what its faults are called.

    It is a text field, of the length in `TEXT_LIMITS`, unless the form has another element for it.
    `FOLDED` and `LAST` are shown once the form is expanded, `LAST` below the sections.
    """

    name: str
    label: str
    place: Place | Section
    hint: str | None = None
    multiline: bool = False
    example: str | None = None
    optional: bool = True


NEW_HYPOTHESIS_HINT = (
    "One that nobody has stated yet is added, in up to 140 characters, for every PM to test."
)
STORY_EXAMPLE = (
    "They export to a spreadsheet each Friday. The report has no totals, and audit asks for them."
)
# Fields of one place are shown in this order.
OPTIONAL_FIELDS = (
    FieldRow("kind", "How you met", Place.FOLDED, optional=False),
    FieldRow("minutes", "How long?", Place.FOLDED),
    FieldRow(
        "quote",
        "What they said, in their own words",
        Place.FOLDED,
        "A paragraph for each quote.",
        multiline=True,
    ),
    FieldRow("mood", "How did they feel?", Place.FOLDED),
    FieldRow("nps", "How likely are they to recommend us?", Section.SCORE),
    FieldRow("nps_why", "Why this number?", Section.SCORE),
    FieldRow("surprise", "What surprised you?", Place.FOLDED),
    FieldRow("workaround", "A workaround you saw", Section.WORKAROUND, multiline=True),
    FieldRow("workaround_why", "Why do they do it?", Section.WORKAROUND),
    FieldRow("workaround_how_often", "How often?", Section.WORKAROUND),
    FieldRow("pain", "What hurts them?", Section.PAIN, multiline=True),
    FieldRow("pain_weight", "How much?", Section.PAIN),
    FieldRow("pain_theme", "What is it about?", Section.PAIN),
    FieldRow("promise", "What did you promise?", Section.PROMISE, multiline=True),
    FieldRow("promise_on", "Until when?", Section.PROMISE),
    FieldRow(
        "promise_owner", "Who keeps it?", Section.PROMISE, "You, unless you choose somebody else."
    ),
    FieldRow("answer", "What did they ask about?", Section.ANSWER),
    FieldRow("answer_said", "What did you answer?", Section.ANSWER, multiline=True),
    FieldRow("decision", "What became of the deal?", Section.DEAL),
    FieldRow("reasons", "What decided it?", Section.DEAL),
    FieldRow("competitor", "Against whom?", Section.DEAL),
    FieldRow("hypothesis", "Which hypothesis?", Section.HYPOTHESIS, NEW_HYPOTHESIS_HINT),
    FieldRow("verdict", "What did you see?", Section.HYPOTHESIS),
    FieldRow("fellows", "Who came along?", Section.COMPANIONS, "The visit counts for them too."),
    FieldRow("picture", "A picture", Section.PICTURE),
    FieldRow("sharing", "Sharing", Place.LAST, optional=False),
)
REQUIRED_FIELDS = (
    FieldRow("customer", "Customer", Place.ALWAYS, optional=False),
    FieldRow("on", "Date of the visit", Place.ALWAYS, optional=False),
    FieldRow(
        "story",
        "The story in two sentences",
        Place.ALWAYS,
        multiline=True,
        example=STORY_EXAMPLE,
        optional=False,
    ),
)
FIELDS: Mapping[str, FieldRow] = {each.name: each for each in (*OPTIONAL_FIELDS, *REQUIRED_FIELDS)}


def names_at(place: Place | Section) -> Sequence[str]:
    """Return the names of the fields of a place, as they are shown."""
    return [each.name for each in FIELDS.values() if each.place is place]
