"""The note that asks for nothing: what it says, and that it asks for nothing."""

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.notes import NoteCandidate, NoteOfferFacts
from bot.domain.visits.rules import VisitKind
from bot.views import notes
from bot.views.notes import note_text, render_message

KNOWN = NoteCandidate(1, date(2026, 3, 2), VisitKind.ON_SITE)
NOTE = NoteOfferFacts(7, "Brightwater Mill", KNOWN, "Mara Lind", "Ada Quill", date(2026, 4, 13))


def shown(note: NoteOfferFacts) -> list[dict[str, object]]:
    return [each.to_dict() for each in render_message(note).blocks]


def test_the_note_is_three_to_five_sentences_between_two_first_names() -> None:
    greeting, body, name = note_text(NOTE).split("\n\n")
    assert (greeting, name) == ("Dear Mara,", "Ada")
    assert 3 <= body.count(".") <= 5
    assert "?" not in body
    assert "on 2 March, and for what you showed me." in body


def test_where_no_name_is_known_it_greets_all_the_same() -> None:
    assert note_text(replace(NOTE, person="")).startswith("Hello,\n\n")


def test_a_date_of_another_year_has_its_year() -> None:
    known = replace(KNOWN, visited_on=date(2025, 11, 24))
    assert "on 24 November 2025," in note_text(replace(NOTE, candidate=known))


@pytest.mark.parametrize("kind", [VisitKind.PHONE, VisitKind.LOSS_INTERVIEW])
def test_whoever_was_spoken_to_has_told_and_not_shown(kind: VisitKind) -> None:
    note = replace(NOTE, candidate=replace(KNOWN, kind=kind))
    assert "for what you told me. I listened, and what I heard" in note_text(note)
    assert render_message(note).text.startswith("You spoke to Brightwater Mill on 2 March")


@pytest.mark.parametrize(
    ("today", "opening"),
    [
        (date(2026, 2, 13), "Tomorrow is Valentine's Day, and Brightwater Mill"),
        (date(2026, 2, 12), "Saturday is Valentine's Day, and Brightwater Mill"),
        (date(2026, 2, 16), "You saw Brightwater Mill on 2 March"),
        (date(2026, 3, 13), "You saw Brightwater Mill on 2 March"),
    ],
)
def test_valentines_is_told_before_it_and_at_no_other_time(today: date, opening: str) -> None:
    said = render_message(replace(NOTE, today=today)).text
    assert said.startswith(opening)
    assert ("Valentine" in said) == ("Valentine" in opening)


def test_the_text_stands_by_itself_to_be_copied() -> None:
    ready = shown(NOTE)[0]["elements"][1]  # type: ignore[index]
    assert ready == {
        "type": "rich_text_preformatted",
        "elements": [{"type": "text", "text": note_text(NOTE)}],
    }


def test_whoever_is_the_last_is_offered_nobody_else() -> None:
    assert "note.somebody_else" in str(shown(NOTE))
    last = str(shown(replace(NOTE, is_last=True)))
    assert "note.somebody_else" not in last
    assert "Nobody else is left" in last


def test_a_press_names_its_note_and_its_customer() -> None:
    pressed = {"actions": [{"block_id": "note:7", "value": "1"}]}
    assert (notes.parse_note_id(pressed), notes.parse_customer_id(pressed)) == (7, 1)
