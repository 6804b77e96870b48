"""The list of workarounds, the form to change one, and the notice of a fix."""

import re
from dataclasses import replace
from datetime import date

import pytest

from bot.domain.visits.rules import VisitKind
from bot.domain.workarounds import (
    BriefWorkaround,
    CustomerToTell,
    FixNoticeFacts,
    InTimeShare,
    MergedWorkaround,
    WorkaroundChanges,
    WorkaroundForm,
    WorkaroundList,
    WorkaroundRow,
    WorkaroundState,
)
from bot.views.block_kit import FormError
from bot.views.samples.payloads import submitted
from bot.views.workarounds import fix_notice as fix_notice_views
from bot.views.workarounds import form as workaround_form
from bot.views.workarounds import overview as workarounds
from tests.views.payloads import shown_text

WHAT = "They print every order and type it in again."
ROW = WorkaroundRow(7, WHAT, ("Brightwater Mill", ""), 3, WorkaroundState.PLANNED, "5.0")
FORM = WorkaroundForm(
    ROW, (("Brightwater Mill", WHAT), ("", "Prints it")), "4.2", (MergedWorkaround(3, "x", "Bo"),)
)
MILL = CustomerToTell(1, "Brightwater Mill", WHAT, date(2026, 3, 2), VisitKind.ON_SITE, "Mara Lind")
FIX = FixNoticeFacts(WHAT, "4.2", "Ada Quill", date(2026, 3, 16), date(2026, 3, 23), (MILL,))


def test_the_form_comes_back_as_it_was_rendered() -> None:
    view = submitted(workaround_form.render_form(FORM, "print"))
    assert workaround_form.parse_changes(view) == WorkaroundChanges(
        7, "4.2", WorkaroundState.PLANNED, "5.0"
    )
    assert workarounds.get_search_text(view) == "print"
    assert workaround_form.parse_form_workaround_id(view) == 7


def test_the_form_is_read_as_it_was_filled_in() -> None:
    filled = {"state": "fixed", "release": " 4.2  \n beta ", "same": "workaround:9", "apart": ["3"]}
    view = submitted(workaround_form.render_form(FORM), **filled)
    assert workaround_form.parse_changes(view) == WorkaroundChanges(
        7, "4.2", WorkaroundState.FIXED, "4.2 beta", 9, frozenset({3})
    )


def test_what_is_open_is_in_no_release() -> None:
    assert (
        workaround_form.parse_changes(
            submitted(workaround_form.render_form(FORM), state="open")
        ).release
        == ""
    )


@pytest.mark.parametrize("forged", ["customer:9", "workaround:", "workaround:9x", "new:9", ""])
def test_what_was_not_offered_is_not_taken_for_the_same(forged: str) -> None:
    assert (
        workaround_form.parse_changes(
            submitted(workaround_form.render_form(FORM), same=forged)
        ).same_as
        is None
    )


@pytest.mark.parametrize(
    ("state", "release", "fault"),
    [("fixed", None, True), ("fixed", "x" * 101, True), ("planned", None, False)],
)
def test_a_release_is_needed_where_customers_are_told_of_it(
    state: str, release: str | None, fault: bool
) -> None:
    view = submitted(workaround_form.render_form(FORM), state=state, release=release)
    if not fault:
        assert workaround_form.parse_changes(view).release == ""
        return
    with pytest.raises(FormError) as caught:
        workaround_form.parse_changes(view)
    assert list(caught.value.errors) == ["release"]


def test_one_that_was_changed_meanwhile_keeps_what_was_typed() -> None:
    view = submitted(workaround_form.render_form(FORM, "print"), state="planned", release="6.0")
    stands = replace(
        FORM, row=replace(ROW, state=WorkaroundState.FIXED, release="4.2"), version="4.3"
    )
    again = submitted(workaround_form.render_conflict(stands, view))
    assert workaround_form.parse_changes(again) == WorkaroundChanges(
        7, "4.3", WorkaroundState.PLANNED, "6.0"
    )
    assert workarounds.get_search_text(again) == "print"


def test_the_list_keeps_the_words_and_tells_the_share() -> None:
    view = workarounds.render_list(WorkaroundList("print", (ROW,), 2, InTimeShare(5, 7)))
    said = shown_text(view.to_dict())
    assert "Told within a week: 5 of 7 in the last quarter (71 %)." in said
    assert "Brightwater Mill and 1 other customer · planned for 5.0 · seen 3 times" in said
    assert "and 2 more: search for them" in said
    assert workarounds.parse_search(submitted(view)) == "print"


def test_before_anything_was_told_there_is_no_share() -> None:
    assert "Told within" not in shown_text(
        workarounds.render_list(WorkaroundList("", (), 0, InTimeShare(0, 0))).to_dict()
    )


@pytest.mark.parametrize(
    ("known", "line"),
    [
        (BriefWorkaround("They print", WorkaroundState.OPEN, ""), "They print (open)"),
        (BriefWorkaround("They print", WorkaroundState.PLANNED, ""), "They print (planned)"),
        (
            BriefWorkaround("They print", WorkaroundState.PLANNED, "5.0"),
            "They print (planned for 5.0)",
        ),
        (
            BriefWorkaround("They print", WorkaroundState.FIXED, "4.2"),
            "They print (fixed in 4.2: tell them)",
        ),
        (
            BriefWorkaround("They print", WorkaroundState.TOLD, "4.2", True),
            "They print (fixed in 4.2, and they know)",
        ),
    ],
)
def test_a_brief_says_how_far_it_is_and_what_to_do(known: BriefWorkaround, line: str) -> None:
    assert workarounds.brief_text(known) == line


def test_the_draft_has_two_sentences_the_release_and_the_customers_own_words() -> None:
    greeting, body, name = fix_notice_views.draft_text(MILL, FIX).split("\n\n")
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
    assert opening in fix_notice_views.draft_text(replace(MILL, kind=kind, colleague=by), FIX)


def test_nobody_is_greeted_by_a_name_that_is_not_known() -> None:
    assert fix_notice_views.draft_text(replace(MILL, person=""), FIX).startswith("Hello,\n\n")


def test_more_customers_than_fit_follow_once_some_are_told() -> None:
    many = tuple(replace(MILL, notice_id=number) for number in range(14))
    drawn = fix_notice_views.render_message(replace(FIX, to_tell=many)).as_arguments()
    assert str(drawn["blocks"]).count("'fix.told'") == fix_notice_views.MAX_DRAFTS
    assert "and 4 more, who follow here" in shown_text(drawn)
