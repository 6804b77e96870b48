"""Sections of the debrief form that are folded away and added one by one."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    DividerBlock,
    InputBlock,
    InputInteractiveElement,
    StaticSelectElement,
)
from slack_sdk.models.blocks.block_elements import FileInputElement

from bot.domain.debriefs.facts import SectionCounts
from bot.domain.debriefs.rules import TEXT_LIMITS, TEXTS, Draft, ReportedWorkaround
from bot.domain.debriefs.sections import (
    MAX_ENTRIES,
    Answer,
    DealDecision,
    DealReason,
    HypothesisVerdict,
    Pain,
    Promise,
    Section,
    entry_field,
)
from bot.domain.hypotheses import HypothesisChoice
from bot.domain.visits.rules import VisitKind
from bot.views import block_kit, form_fields
from bot.views import labels as label_views
from bot.views.debriefs import form_labels, repeated_fields, theme_field
from bot.views.debriefs.field_table import FIELDS, FieldRow, Place, names_at
from bot.views.hypotheses import fields as hypotheses

AUTOSAVE = "debrief.typed"
KIND = "debrief.kind"
A_WEEK = timedelta(days=7)
MAX_COMPANIONS = 10
# What Slack shows in a message.
PICTURE_TYPES = ("png", "jpg", "jpeg", "gif")

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
INTERVIEW_DECISIONS: Mapping[VisitKind, DealDecision] = {
    VisitKind.WIN_INTERVIEW: DealDecision.WON,
    VisitKind.LOSS_INTERVIEW: DealDecision.LOST,
}
REPEATABLE = frozenset({Section.WORKAROUND, Section.PAIN, Section.PROMISE, Section.ANSWER})
Element = InputInteractiveElement
Entry = ReportedWorkaround | Pain | Promise | Answer

NPS_ENDS = {0: "0, not at all likely", 10: "10, very likely"}
NPS = {str(score): NPS_ENDS.get(score, str(score)) for score in range(11)}


def needed_sections(typed: Draft) -> SectionCounts:
    """Return the sections that are filled in, and those that the kind of visit needs."""
    filled = {
        Section.HYPOTHESIS: (typed.hypothesis_id, typed.new_hypothesis, typed.verdict),
        Section.SCORE: (typed.nps is not None,),
        Section.DEAL: (typed.kind in INTERVIEW_DECISIONS, typed.decision, typed.reasons),
        Section.COMPANIONS: (typed.companions,),
        Section.PICTURE: (typed.picture,),
    }
    counts = {
        Section.WORKAROUND: len(typed.workarounds),
        Section.PAIN: len(typed.pains),
        Section.PROMISE: len(typed.promises),
        Section.ANSWER: len(typed.answers),
        **{
            section: int(any((*values, *_texts_at(section, typed))))
            for section, values in filled.items()
        },
    }
    return {section: count for section, count in counts.items() if count}


def _texts_at(section: Section, typed: Draft) -> Sequence[str]:
    texts = TEXTS[Draft]
    return [getattr(typed, name) for name in names_at(section) if name in texts]


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
    hypothesis: HypothesisChoice | None,
) -> Iterator[Block]:
    """Yield the fields of the sections, with what was typed and the hypothesis chosen."""
    for section in Section:
        for count in range(sections.get(section, 0)):
            yield DividerBlock()
            if section is Section.PICTURE and typed.picture:
                yield block_kit.context("Your picture is kept. Another one takes its place.")
            if section in REPEATABLE:
                yield from _entry_fields(section, typed, count, today)
            else:
                yield from place_fields(section, typed, _elements(section, typed, hypothesis))


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
        "decision": DealDecision(decision) if decision else None,
        "reasons": tuple(
            each for each in DealReason if each in form_fields.get_codes(view, "reasons")
        ),
        "hypothesis_id": hypothesis_id,
        "new_hypothesis": new,
        "verdict": HypothesisVerdict(verdict) if verdict else None,
        "companions": form_fields.get_user_ids(view, "fellows"),
        "picture": form_fields.get_file_id(view, "picture") or saved_picture,
    }


def place_fields(
    place: Place | Section, typed: Draft, elements: Mapping[str, Element]
) -> Iterator[InputBlock]:
    """Yield the fields of a place; those without an element of their own are texts."""
    texts = {name: getattr(typed, name) for name in TEXTS[Draft]}
    return (_field(name, texts, elements) for name in names_at(place))


def _field(
    base: str, texts: Mapping[str, str], elements: Mapping[str, Element], count: int = 0
) -> InputBlock:
    row, name = FIELDS[base], repeated_fields.numbered_name(base, count)
    element = elements.get(base) or _text_element(row, texts[base])
    return form_fields.input_block(
        name,
        form_labels.field_label(name),
        element,
        optional=row.optional,
        hint=row.hint,
        dispatches=element.action_id in (AUTOSAVE, KIND),
    )


def _text_element(row: FieldRow, typed: str) -> Element:
    """Build a text input that is autosaved: Slack sends its text while it is typed."""
    return form_fields.text_element(
        TEXT_LIMITS[row.name].max_length,
        typed,
        multiline=row.multiline,
        example=row.example,
        dispatch_as=AUTOSAVE,
    )


def _entry_fields(section: Section, typed: Draft, count: int, today: date) -> Iterator[InputBlock]:
    """Yield the fields of the nth entry of a section that may have several."""
    entries: tuple[Any, ...] = getattr(typed, f"{section}s")
    entry = entries[count] if count < len(entries) else _empty_entry(section, today)
    texts = {
        entry_field(section, type(entry), name): getattr(entry, name) for name in TEXTS[type(entry)]
    }
    elements = _entry_elements(entry)
    return (_field(name, texts, elements, count) for name in names_at(section))


def _empty_entry(section: Section, today: date) -> Entry:
    empty: Mapping[Section, Entry] = {
        Section.WORKAROUND: ReportedWorkaround(""),
        Section.PAIN: Pain(""),
        Section.PROMISE: Promise("", on=today + A_WEEK),
        Section.ANSWER: Answer(""),
    }
    return empty[section]


def _entry_elements(entry: Entry) -> Mapping[str, Element]:
    match entry:
        case ReportedWorkaround():
            often = autosaved_select(label_views.FREQUENCIES, entry.how_often)
            return {"workaround_how_often": often}
        case Pain():
            weight = autosaved_select(label_views.PAIN_WEIGHTS, entry.weight)
            return {"pain_weight": weight, "pain_theme": theme_field.theme_select(entry.theme)}
        case Promise():
            on = form_fields.date_element(entry.on)
            return {"promise_on": on, "promise_owner": form_fields.user_element(entry.owner_id)}
        case Answer():
            return {}


def _elements(
    section: Section, typed: Draft, hypothesis: HypothesisChoice | None
) -> Mapping[str, Element]:
    """Return the elements of a section's fields, except for those of texts."""
    decision = typed.decision or INTERVIEW_DECISIONS.get(typed.kind)
    elements: Mapping[Section, Mapping[str, Element]] = {
        Section.HYPOTHESIS: {
            "hypothesis": hypotheses.hypothesis_select(hypothesis),
            "verdict": autosaved_select(label_views.VERDICTS, typed.verdict),
        },
        Section.SCORE: {
            "nps": autosaved_select(NPS, None if typed.nps is None else str(typed.nps))
        },
        Section.DEAL: {
            "decision": autosaved_select(label_views.DEAL_DECISIONS, decision),
            "reasons": form_fields.multi_select_element(label_views.DEAL_REASONS, typed.reasons),
        },
        Section.COMPANIONS: {
            "fellows": form_fields.users_element(typed.companions, MAX_COMPANIONS)
        },
        Section.PICTURE: {
            "picture": FileInputElement(
                action_id=form_fields.DEFAULT_ACTION, filetypes=list(PICTURE_TYPES), max_files=1
            )
        },
    }
    return elements[section]
