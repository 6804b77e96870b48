"""Sections of the debrief form that are folded away and added one by one."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    DividerBlock,
    InputBlock,
    PlainTextInputElement,
    StaticSelectElement,
)
from slack_sdk.models.blocks.block_elements import FileInputElement

from bot.domain.debriefs.rules import WHY_LENGTH, WORKAROUND_LENGTH, Draft, ReportedWorkaround
from bot.domain.debriefs.sections import (
    ANSWER_LENGTH,
    COMPETITOR_LENGTH,
    MAX_ENTRIES,
    PAIN_LENGTH,
    PROMISE_LENGTH,
    SUBJECT_LENGTH,
    Answer,
    DealDecision,
    DealReason,
    HypothesisVerdict,
    Pain,
    Promise,
)
from bot.domain.visits.rules import VisitKind
from bot.views import block_kit, form_fields
from bot.views import labels as label_views
from bot.views.debriefs import form_labels, repeated_fields, theme_field
from bot.views.hypotheses import fields as hypotheses

AUTOSAVE = "debrief.typed"
A_WEEK = timedelta(days=7)
MAX_COMPANIONS = 10
# What Slack shows in a message.
PICTURE_TYPES = ("png", "jpg", "jpeg", "gif")


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


SECTION_LABELS: Mapping[Section, str] = {
    Section.WORKAROUND: "A workaround",
    Section.PAIN: "A pain",
    Section.PROMISE: "A promise",
    Section.ANSWER: "An answer we gave",
    Section.HYPOTHESIS: "A hypothesis",
    Section.SCORE: "A score",
    Section.DEAL: "Won or lost",
    Section.COMPANIONS: "Who came along",
    Section.PICTURE: "A picture",
}
SECTION_BY_ACTION: Mapping[str, Section] = {f"debrief.add_{part}": part for part in SECTION_LABELS}
# How many of each section a form shows.
SectionCounts = Mapping[Section, int]
INTERVIEW_DECISIONS: Mapping[VisitKind, DealDecision] = {
    VisitKind.WIN_INTERVIEW: DealDecision.WON,
    VisitKind.LOSS_INTERVIEW: DealDecision.LOST,
}

NPS_ENDS = {0: "0, not at all likely", 10: "10, very likely"}
NPS = {str(score): NPS_ENDS.get(score, str(score)) for score in range(11)}


def needed_sections(typed: Draft) -> SectionCounts:
    """Return the sections that are filled in, and those that the kind of visit needs."""
    counts = {
        Section.WORKAROUND: len(typed.workarounds),
        Section.PAIN: len(typed.pains),
        Section.PROMISE: len(typed.promises),
        Section.ANSWER: len(typed.answers),
        Section.HYPOTHESIS: int(any((typed.hypothesis_id, typed.new_hypothesis, typed.verdict))),
        Section.SCORE: int(typed.nps is not None or bool(typed.nps_why)),
        Section.DEAL: int(typed.kind in INTERVIEW_DECISIONS or bool(_deal_values(typed))),
        Section.COMPANIONS: int(bool(typed.companions)),
        Section.PICTURE: int(bool(typed.picture)),
    }
    return {section: count for section, count in counts.items() if count}


def add_section(sections: SectionCounts, section: Section) -> SectionCounts:
    """Add one more of a section; at most four where it is repeatable, otherwise one."""
    limit = MAX_ENTRIES if section in REPEATABLE else 1
    return {**sections, section: min(sections.get(section, 0) + 1, limit)}


def largest_counts(*several: SectionCounts) -> SectionCounts:
    """Return the largest count of each section."""
    return {
        section: max(each.get(section, 0) for each in several)
        for section in Section
        if any(each.get(section) for each in several)
    }


def section_blocks(
    sections: SectionCounts,
    typed: Draft,
    today: date,
    hypothesis: hypotheses.HypothesisChoice | None,
) -> Iterator[Block]:
    """Yield the fields of the sections, with what was typed and the hypothesis chosen."""
    for section in Section:
        for count in range(sections.get(section, 0)):
            yield DividerBlock()
            if section is Section.HYPOTHESIS:
                yield _section_field("hypothesis", 0, hypotheses.hypothesis_select(hypothesis))
                yield _section_field(
                    "verdict", 0, autosaved_select(label_views.VERDICTS, typed.verdict)
                )
            else:
                yield from BUILDERS[section](typed, count, today)


def add_buttons(sections: SectionCounts) -> list[Block]:
    """Build the buttons that add a section each, except for those at their limit."""
    buttons = [
        ButtonElement(text=SECTION_LABELS[section], action_id=action, value=section)
        for action, section in SECTION_BY_ACTION.items()
        if sections.get(section, 0) < (MAX_ENTRIES if section in REPEATABLE else 1)
    ]
    if not buttons:
        return []
    heading = block_kit.rich_text(block_kit.paragraph(block_kit.bold("Add")))
    return [heading, ActionsBlock(block_id="debrief.add", elements=buttons)]


def autosaved_text(
    max_length: int, typed: str, *, multiline: bool = False, example: str | None = None
) -> PlainTextInputElement:
    """Build a text input that is autosaved: Slack sends its text while it is typed."""
    return form_fields.text_element(
        max_length, typed, multiline=multiline, example=example, dispatch_as=AUTOSAVE
    )


def autosaved_select(choices: Mapping[str, str], chosen: str | None) -> StaticSelectElement:
    """Build a list that is autosaved: Slack sends the choice at once."""
    return form_fields.select_element(choices, chosen, action_id=AUTOSAVE)


def parse_sections(view: form_fields.Payload, saved_picture: str) -> Mapping[str, Any]:
    """Parse the sections, by field of a draft; `saved_picture` is one that was uploaded before.

    An entry without its first half is still parsed: nothing typed is ever lost.
    """
    score = form_fields.get_code(view, "nps")
    decision, verdict = (
        form_fields.get_code(view, "decision"),
        form_fields.get_code(view, "verdict"),
    )
    hypothesis_id, new = hypotheses.parse_hypothesis(view)
    return {
        "workarounds": tuple(repeated_fields.parse_repeated(view, "workaround")),
        "pains": tuple(repeated_fields.parse_repeated(view, "pain")),
        "promises": tuple(repeated_fields.parse_repeated(view, "promise")),
        "answers": tuple(repeated_fields.parse_repeated(view, "answer")),
        "nps": int(score) if score else None,
        "nps_why": form_fields.get_text(view, "nps_why"),
        "decision": DealDecision(decision) if decision else None,
        "reasons": tuple(
            each for each in DealReason if each in form_fields.get_codes(view, "reasons")
        ),
        "competitor": form_fields.get_text(view, "competitor"),
        "hypothesis_id": hypothesis_id,
        "new_hypothesis": new,
        "verdict": HypothesisVerdict(verdict) if verdict else None,
        "companions": form_fields.get_user_ids(view, "fellows"),
        "picture": form_fields.get_file_id(view, "picture") or saved_picture,
    }


def _section_field(base: str, count: int, element: Any) -> InputBlock:
    name = repeated_fields.numbered_name(base, count)
    dispatches = element.action_id == AUTOSAVE
    hint = form_labels.HINTS.get(base)
    return form_fields.input_block(
        name,
        form_labels.field_label(name),
        element,
        optional=True,
        hint=hint,
        dispatches=dispatches,
    )


def _item_or_empty(items: tuple[Any, ...], count: int, empty: Any) -> Any:
    return items[count] if count < len(items) else empty


def _workaround_fields(typed: Draft, count: int, _today: date) -> Iterator[Block]:
    workaround = _item_or_empty(typed.workarounds, count, ReportedWorkaround(""))
    yield _section_field(
        "workaround", count, autosaved_text(WORKAROUND_LENGTH, workaround.what, multiline=True)
    )
    yield _section_field("workaround_why", count, autosaved_text(WORKAROUND_LENGTH, workaround.why))
    yield _section_field(
        "workaround_how_often",
        count,
        autosaved_select(label_views.FREQUENCIES, workaround.how_often),
    )


def _pain_fields(typed: Draft, count: int, _today: date) -> Iterator[Block]:
    pain = _item_or_empty(typed.pains, count, Pain(""))
    yield _section_field("pain", count, autosaved_text(PAIN_LENGTH, pain.what, multiline=True))
    yield _section_field(
        "pain_weight", count, autosaved_select(label_views.PAIN_WEIGHTS, pain.weight)
    )
    yield _section_field("pain_theme", count, theme_field.theme_select(pain.theme))


def _promise_fields(typed: Draft, count: int, today: date) -> Iterator[Block]:
    promise = _item_or_empty(typed.promises, count, Promise("", on=today + A_WEEK))
    yield _section_field(
        "promise", count, autosaved_text(PROMISE_LENGTH, promise.what, multiline=True)
    )
    yield _section_field("promise_on", count, form_fields.date_element(promise.on))
    yield _section_field("promise_owner", count, form_fields.user_element(promise.owner_id))


def _answer_fields(typed: Draft, count: int, _today: date) -> Iterator[Block]:
    answer = _item_or_empty(typed.answers, count, Answer(""))
    yield _section_field("answer", count, autosaved_text(SUBJECT_LENGTH, answer.subject))
    yield _section_field(
        "answer_said", count, autosaved_text(ANSWER_LENGTH, answer.said, multiline=True)
    )


def _score_fields(typed: Draft, count: int, _today: date) -> Iterator[Block]:
    score = None if typed.nps is None else str(typed.nps)
    yield _section_field("nps", count, autosaved_select(NPS, score))
    yield _section_field("nps_why", count, autosaved_text(WHY_LENGTH, typed.nps_why))


def _deal_fields(typed: Draft, count: int, _today: date) -> Iterator[Block]:
    decision = typed.decision or INTERVIEW_DECISIONS.get(typed.kind)
    yield _section_field("decision", count, autosaved_select(label_views.DEAL_DECISIONS, decision))
    yield _section_field(
        "reasons", count, form_fields.multi_select_element(label_views.DEAL_REASONS, typed.reasons)
    )
    yield _section_field("competitor", count, autosaved_text(COMPETITOR_LENGTH, typed.competitor))


def _companion_fields(typed: Draft, count: int, _today: date) -> Iterator[Block]:
    yield _section_field(
        "fellows", count, form_fields.users_element(typed.companions, MAX_COMPANIONS)
    )


def _picture_fields(typed: Draft, count: int, _today: date) -> Iterator[Block]:
    if typed.picture:
        yield block_kit.context("Your picture is kept. Another one takes its place.")
    one = FileInputElement(
        action_id=form_fields.DEFAULT_ACTION, filetypes=list(PICTURE_TYPES), max_files=1
    )
    yield _section_field("picture", count, one)


BUILDERS: Mapping[Section, Callable[[Draft, int, date], Iterator[Block]]] = {
    Section.WORKAROUND: _workaround_fields,
    Section.PAIN: _pain_fields,
    Section.PROMISE: _promise_fields,
    Section.ANSWER: _answer_fields,
    Section.SCORE: _score_fields,
    Section.DEAL: _deal_fields,
    Section.COMPANIONS: _companion_fields,
    Section.PICTURE: _picture_fields,
}
REPEATABLE = frozenset({Section.WORKAROUND, Section.PAIN, Section.PROMISE, Section.ANSWER})


def _deal_values(typed: Draft) -> tuple[Any, ...]:
    return tuple(filter(None, (typed.decision, typed.reasons, typed.competitor)))
