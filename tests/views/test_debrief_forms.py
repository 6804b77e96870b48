"""The debrief's form: short, unfolding, and losing nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.views import View

from bot.domain.debriefs.rules import Draft, Frequency, Mood, Sharing, Sheet, Workaround, faults
from bot.domain.debriefs.sections import (
    Answer,
    Decision,
    Fault,
    Pain,
    Promise,
    Reason,
    Verdict,
    Weight,
)
from bot.domain.visits.rules import VisitKind
from bot.views.debriefs import confirmations as kept
from bot.views.debriefs import form as debriefs
from bot.views.debriefs import form_labels as labels
from bot.views.debriefs import form_sections as heard
from bot.views.debriefs import repeated_fields as parts
from bot.views.debriefs.form import DebriefForm
from tests.views import samples
from tests.views.payloads import pressed, shown, submitted

TODAY = date(2026, 11, 24)
EMPTY = DebriefForm(None, TODAY, TODAY, Sheet("k"))
ALL = dict.fromkeys(heard.Part, 1)
EVERYTHING = {
    "customer": "customer:12",
    "on": "2026-11-20",
    "story": " They export on Fridays. Audit wants totals. ",
    "kind": "observation",
    "workaround": "A spreadsheet",
    "workaround_why": "No totals",
    "workaround_how_often": "weekly",
    "quote": "We never ask any more.",
    "mood": "frustrated",
    "nps": "0",
    "nps_why": "Too slow",
    "minutes": "90",
    "surprise": "That nobody minds.",
    "pain": "No totals",
    "pain_weight": "costly",
    "pain_theme": "Exports",
    "promise": "Send the roadmap",
    "promise_on": "2026-11-27",
    "promise_owner": "U0000007",
    "answer": "Totals",
    "answer_said": "Not before summer.",
    "decision": "lost",
    "reasons": ["price", "ease"],
    "competitor": "Fern Labs",
    "fellows": ["U0000008"],
    "picture": [{"id": "F0000001"}],
    "hypothesis": "hypothesis:3",
    "verdict": "contradicts",
    "sharing": "no_name",
}
DRAFT = Draft(
    customer_id=12,
    on=date(2026, 11, 20),
    story="They export on Fridays. Audit wants totals.",
    kind=VisitKind.OBSERVATION,
    workarounds=(Workaround("A spreadsheet", "No totals", Frequency.WEEKLY),),
    quote="We never ask any more.",
    mood=Mood.FRUSTRATED,
    nps=0,
    nps_why="Too slow",
    minutes=90,
    surprise="That nobody minds.",
    pains=(Pain("No totals", Weight.COSTLY, "Exports"),),
    promises=(Promise("Send the roadmap", "U0000007", date(2026, 11, 27)),),
    answers=(Answer("Totals", "Not before summer."),),
    decision=Decision.LOST,
    reasons=(Reason.PRICE, Reason.EASE),
    competitor="Fern Labs",
    fellows=("U0000008",),
    picture="F0000001",
    hypothesis_id=3,
    verdict=Verdict.CONTRADICTS,
    sharing=Sharing.NO_NAME,
)


def inputs(view: View) -> dict[str, dict[str, Any]]:
    return {b["block_id"]: b for b in view.to_dict()["blocks"] if b["type"] == "input"}


def test_three_fields_are_asked_and_all_are_required() -> None:
    asked = inputs(debriefs.form(EMPTY))
    assert list(asked) == ["customer", "on", "story"]
    assert not any(block["optional"] for block in asked.values())


def test_the_date_is_filled_in_and_a_customer_that_is_known_too() -> None:
    view = submitted(debriefs.form(replace(EMPTY, customer=(5, "Otter"))), story="Two. Sentences.")
    assert debriefs.read(view) == Draft(customer_id=5, on=TODAY, story="Two. Sentences.")


def test_the_folded_form_says_that_the_story_is_shared_and_when() -> None:
    told = shown(debriefs.form(replace(EMPTY, digest_on=date(2026, 11, 27))).to_dict())
    assert "Shared with your team on Friday 27 November unless you choose otherwise" in told


def test_everything_typed_into_the_long_form_is_read() -> None:
    form = debriefs.form(replace(EMPTY, more=True, parts=ALL))
    assert debriefs.read(submitted(form, **EVERYTHING)) == DRAFT


def test_two_of_a_kind_are_read_apart() -> None:
    form = debriefs.form(replace(EMPTY, more=True, parts={heard.Part.PAIN: 2}))
    typed = {"pain": "No totals", "pain.2": "Slow", "pain_weight.2": "annoying"}
    read = debriefs.read(submitted(form, **typed)).pains
    assert read == (Pain("No totals"), Pain("Slow", Weight.ANNOYING))


@pytest.mark.parametrize("action", heard.ADD)
def test_a_part_that_is_added_is_there_with_all_that_was_typed(action: str) -> None:
    before = submitted(debriefs.form(replace(EMPTY, more=True)), story="One. Two.", quote="Hm.")
    grown = submitted(debriefs.with_more(before, action))
    assert debriefs.read(grown) == debriefs.read(before)
    assert len(grown["state"]["values"]) > len(before["state"]["values"])


def test_no_more_than_four_of_a_kind_and_one_of_what_there_is_one_of_are_added() -> None:
    parts: heard.Parts = {}
    for _ in range(9):
        parts = heard.more(heard.more(parts, heard.Part.PAIN), heard.Part.SCORE)
    assert parts == {heard.Part.PAIN: 4, heard.Part.SCORE: 1}
    offered = shown({"blocks": [each.to_dict() for each in heard.adding(parts)]})
    assert "A pain" not in offered
    assert "A score" not in offered
    assert "A promise" in offered


def test_an_interview_after_a_loss_has_a_short_form_of_its_own() -> None:
    form = replace(EMPTY, customer=(5, "Otter"), kind=VisitKind.LOSS_INTERVIEW)
    asked = inputs(debriefs.form(form))
    assert list(asked) == ["customer", "on", "story", "decision", "reasons", "competitor"]
    assert debriefs.read(submitted(debriefs.form(form))).decision is Decision.LOST


def test_a_picture_that_was_put_in_before_is_kept_while_the_form_is_drawn_anew() -> None:
    form = debriefs.form(replace(EMPTY, more=True, parts=ALL))
    once = debriefs.with_more(submitted(form, picture=[{"id": "F1"}]), "debrief.add_pain")
    assert debriefs.read(submitted(once)).picture == "F1"


def test_unfolding_keeps_ids_and_everything_typed() -> None:
    folded = submitted(
        debriefs.form(EMPTY), customer="new:Otter", on="2026-11-20", story="One. Two."
    )
    before, unfolded = inputs(debriefs.form(EMPTY)), debriefs.unfolded(folded)
    after = inputs(unfolded)
    for name, block in before.items():
        assert after[name]["element"]["action_id"] == block["element"]["action_id"]
    assert debriefs.read(submitted(unfolded)) == debriefs.read(folded)
    assert list(after) == [
        *("customer", "on", "story", "kind", "minutes", "quote", "mood", "surprise"),
        *("workaround", "workaround_why", "workaround_how_often", "sharing"),
    ]


def test_unfolding_keeps_where_the_form_came_from() -> None:
    form = DebriefForm(
        (5, "Otter"),
        TODAY,
        TODAY,
        Sheet("k", visit_id=4, version=2),
        nudge_id=3,
        where="https://hooks.example.com/x",
        kind=VisitKind.PHONE,
        digest_on=TODAY,
    )
    again = debriefs.read_form(submitted(debriefs.unfolded(submitted(debriefs.form(form)))))
    sheet = replace(form.sheet, window="V0000001")
    assert replace(again, typed=None) == replace(
        form, more=True, sheet=sheet, parts=debriefs.AT_FIRST
    )


def test_the_button_to_unfold_is_there_until_it_is_pressed() -> None:
    folded = debriefs.form(EMPTY).to_dict()
    assert pressed(folded, debriefs.MORE, "more")
    assert "Add more" not in shown(debriefs.form(replace(EMPTY, more=True)).to_dict())


def test_a_draft_offered_again_is_unfolded_when_something_would_be_hidden() -> None:
    form = replace(EMPTY, customer=(12, "Otter"), typed=DRAFT, hypothesis=(3, "They all print."))
    assert debriefs.read(submitted(debriefs.form(form))) == DRAFT


def test_a_booked_visits_kind_is_kept_while_the_form_is_folded() -> None:
    form = replace(EMPTY, customer=(5, "Otter"), kind=VisitKind.PHONE)
    assert debriefs.read(submitted(debriefs.form(form))).kind is VisitKind.PHONE


def test_a_reason_without_a_workaround_is_not_lost() -> None:
    view = submitted(debriefs.form(replace(EMPTY, parts=ALL)), workaround_why="No totals")
    assert debriefs.read(view).workarounds == (Workaround("No totals"),)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80))
def test_whatever_was_typed_is_read_again_from_a_form_filled_with_it(text: str) -> None:
    form = samples.full_form(text)
    once = debriefs.read(submitted(debriefs.form(form)))
    again = debriefs.read(submitted(debriefs.form(replace(form, typed=once))))
    assert again == once


def test_a_date_in_the_future_is_explained_at_the_date() -> None:
    view = submitted(debriefs.form(EMPTY), on="2026-11-25", customer="customer:1", story="Hm.")
    wrong = faults(debriefs.read(view), TODAY)
    assert labels.errors(wrong, view, parts.placed) == {
        "on": "This date is in the future. A debrief is for a visit that has taken place."
    }


def test_empty_fields_are_each_explained() -> None:
    view = submitted(debriefs.form(EMPTY), on=None)
    wrong = faults(debriefs.read(view), TODAY)
    assert labels.errors(wrong, view, parts.placed).keys() == {"customer", "on", "story"}


def test_a_fault_that_is_folded_away_is_told_at_the_story() -> None:
    view = submitted(debriefs.form(EMPTY))
    told = labels.errors({"story": Fault.MISSING, "quote": Fault.TOO_LONG}, view, parts.placed)
    assert told == {
        "story": "Write what you heard, in two sentences. "
        "What they said, in their own words: Please keep it below 3,000 characters."
    }


def test_each_fault_that_the_rules_know_has_a_sentence_of_its_own() -> None:
    long = "x" * 4000
    drafts = [
        Draft(None, None, ""),
        Draft(
            None,
            date(2030, 1, 1),
            long,
            quote=long,
            nps=11,
            nps_why=long,
            workarounds=(Workaround(long, long), Workaround("", "", Frequency.DAILY)),
            surprise=long,
            competitor=long,
            pains=(Pain(long, None, long), Pain("", Weight.COSTLY)),
            promises=(Promise(long), Promise("", "U1", date(2026, 1, 1))),
            answers=(Answer(long, long), Answer("", "Yes."), Answer("Totals")),
        ),
        Draft(None, TODAY, long, new_hypothesis=long),
        Draft(None, TODAY, long, verdict=Verdict.UNCLEAR),
        Draft(None, date(2000, 1, 1), long, promises=(Promise("x", None, date(1999, 1, 1)),)),
        Draft(None, TODAY, long, promises=(Promise("x", None, date(2036, 1, 1)),)),
    ]
    for draft in drafts:
        for name, fault in faults(draft, TODAY).items():
            assert (name.partition(".")[0], fault) in labels.FAULTS


def test_when_saving_fails_the_form_says_so_and_how_to_ask_for_help() -> None:
    told = labels.could_not_save("A1B2")
    assert told.keys() <= inputs(debriefs.form(EMPTY)).keys()
    assert "Your text is still here" in told["story"]
    assert "A1B2" in told["story"]


DIGEST = datetime(2026, 11, 27, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sharing", "digest_at", "words"),
    [
        (Sharing.SHARE, DIGEST, "Your team reads it on Friday 27 November at 14:00, London time."),
        (
            Sharing.NO_NAME,
            DIGEST,
            "Your team reads it without the customer's name on Friday 27 November at 14:00, "
            "London time.",
        ),
        (Sharing.PRIVATE, DIGEST, "It stays private."),
        (Sharing.SHARE, None, "Your team has no story channel yet, so it is not shared."),
    ],
)
def test_the_author_reads_what_happens_to_the_story(
    sharing: Sharing, digest_at: datetime | None, words: str
) -> None:
    news = kept.Kept("Otter", date(2026, 12, 8), sharing, digest_at)
    told = kept.recorded(news, "Europe/London", TODAY)
    assert told.text == (
        "Thank you, your debrief for Otter is kept. "
        f"Your next visit is due on Tuesday 8 December. {words}"
    )


def test_a_long_story_gets_a_gentle_word() -> None:
    told = kept.recorded(kept.Kept("Otter", None, Sharing.PRIVATE, None, sentences=5), "UTC", TODAY)
    assert told.text.endswith("A story travels furthest in two sentences; this one has about 5.")
    assert "due" not in told.text
