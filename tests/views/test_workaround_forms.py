"""The list of workarounds, the form to change one, and what is told of a fix."""

import re
from dataclasses import replace
from datetime import date

import pytest

from bot.domain.visits.rules import VisitKind
from bot.domain.workarounds import Share, State
from bot.views.block_kit import FormFault
from bot.views.workarounds import fix_notice as fixes
from bot.views.workarounds import form as wholes
from bot.views.workarounds import overview as workarounds
from bot.views.workarounds.form import Form, Merged, Wish
from bot.views.workarounds.overview import Known, Page, Row
from tests.views.payloads import shown, submitted

WHAT = "They print every order and type it in again."
ROW = Row(7, WHAT, ("Brightwater Mill", ""), 3, State.PLANNED, "5.0")
FORM = Form(ROW, (("Brightwater Mill", WHAT), ("", "Prints it")), "4.2", (Merged(3, "x", "Bo"),))
MILL = fixes.Untold(1, "Brightwater Mill", WHAT, date(2026, 3, 2), VisitKind.ON_SITE, "Mara Lind")
FIX = fixes.Fix(WHAT, "4.2", "Ada Quill", date(2026, 3, 16), date(2026, 3, 23), (MILL,))


def test_the_form_comes_back_as_it_was_drawn() -> None:
    view = submitted(wholes.form(FORM, "print"))
    assert wholes.read(view) == Wish(7, "4.2", State.PLANNED, "5.0")
    assert workarounds.words(view) == "print"
    assert wholes.of_form(view) == 7


def test_the_form_is_read_as_it_was_filled_in() -> None:
    filled = {"state": "fixed", "release": " 4.2  \n beta ", "same": "workaround:9", "apart": ["3"]}
    view = submitted(wholes.form(FORM), **filled)
    assert wholes.read(view) == Wish(7, "4.2", State.FIXED, "4.2 beta", 9, frozenset({3}))


def test_what_is_open_is_in_no_release() -> None:
    assert wholes.read(submitted(wholes.form(FORM), state="open")).release == ""


@pytest.mark.parametrize("forged", ["customer:9", "workaround:", "workaround:9x", "new:9", ""])
def test_what_was_not_offered_is_not_taken_for_the_same(forged: str) -> None:
    assert wholes.read(submitted(wholes.form(FORM), same=forged)).same_as is None


@pytest.mark.parametrize(
    ("state", "release", "fault"),
    [("fixed", None, True), ("fixed", "x" * 101, True), ("planned", None, False)],
)
def test_a_release_is_needed_where_customers_are_told_of_it(
    state: str, release: str | None, fault: bool
) -> None:
    view = submitted(wholes.form(FORM), state=state, release=release)
    if not fault:
        assert wholes.read(view).release == ""
        return
    with pytest.raises(FormFault) as caught:
        wholes.read(view)
    assert list(caught.value.errors) == ["release"]


def test_one_that_was_changed_meanwhile_keeps_what_was_typed() -> None:
    view = submitted(wholes.form(FORM, "print"), state="planned", release="6.0")
    stands = replace(FORM, row=replace(ROW, state=State.FIXED, release="4.2"), version="4.3")
    again = submitted(wholes.meanwhile(stands, view))
    assert wholes.read(again) == Wish(7, "4.3", State.PLANNED, "6.0")
    assert workarounds.words(again) == "print"


def test_the_list_keeps_the_words_and_tells_the_share() -> None:
    view = workarounds.page(Page("print", (ROW,), 2, Share(5, 7)))
    said = shown(view.to_dict())
    assert "Told within a week: 5 of 7 in the last quarter (71 %)." in said
    assert "Brightwater Mill and 1 other customer · planned for 5.0 · seen 3 times" in said
    assert "and 2 more: search for them" in said
    assert workarounds.read_words(submitted(view)) == "print"


def test_before_anything_was_told_there_is_no_share() -> None:
    assert "Told within" not in shown(workarounds.page(Page("", (), 0, Share(0, 0))).to_dict())


@pytest.mark.parametrize(
    ("known", "line"),
    [
        (Known("They print", State.OPEN, ""), "They print (open)"),
        (Known("They print", State.PLANNED, ""), "They print (planned)"),
        (Known("They print", State.PLANNED, "5.0"), "They print (planned for 5.0)"),
        (Known("They print", State.FIXED, "4.2"), "They print (fixed in 4.2: tell them)"),
        (Known("They print", State.TOLD, "4.2", True), "They print (fixed in 4.2, and they know)"),
    ],
)
def test_a_brief_says_how_far_it_is_and_what_to_do(known: Known, line: str) -> None:
    assert workarounds.in_brief(known) == line


def test_the_draft_has_two_sentences_the_release_and_the_customers_own_words() -> None:
    greeting, body, name = fixes.letter(MILL, FIX).split("\n\n")
    assert (greeting, name) == ("Dear Mara,", "Ada")
    assert "“They print every order and type it in again”" in body
    assert "Since 4.2 you no longer have to" in body
    assert len(re.split(r"(?<=\.)\s+(?=[A-Z])", body)) == 2


@pytest.mark.parametrize(
    ("kind", "by", "opening"),
    [
        (VisitKind.ON_SITE, "", "On 2 March you showed me how"),
        (VisitKind.PHONE, "", "On 2 March you told me how"),
        (VisitKind.PROXY, "", "On 2 March I learnt how"),
        (VisitKind.ON_SITE, "Bo", "On 2 March you showed my colleague Bo how"),
        (VisitKind.PROXY, "Bo", "On 2 March my colleague Bo learnt how"),
    ],
)
def test_the_draft_says_truly_how_it_was_learnt(kind: VisitKind, by: str, opening: str) -> None:
    assert opening in fixes.letter(replace(MILL, kind=kind, by=by), FIX)


def test_nobody_is_greeted_by_a_name_that_is_not_known() -> None:
    assert fixes.letter(replace(MILL, person=""), FIX).startswith("Hello,\n\n")


def test_more_customers_than_fit_follow_once_some_are_told() -> None:
    many = tuple(replace(MILL, ask_id=number) for number in range(14))
    drawn = fixes.message(replace(FIX, untold=many)).as_arguments()
    assert str(drawn["blocks"]).count("'fix.told'") == fixes.AT_ONCE
    assert "and 4 more, who follow here" in shown(drawn)
