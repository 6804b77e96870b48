"""The debrief's form: short, unfolding, and losing nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.views import View

from bot.domain.debriefs.facts import DebriefForm, SectionCounts
from bot.domain.debriefs.rules import (
    Draft,
    FormSession,
    Frequency,
    Mood,
    ReportedWorkaround,
    Sharing,
    find_faults,
)
from bot.domain.debriefs.sections import (
    Answer,
    DealDecision,
    DealReason,
    Fault,
    HypothesisVerdict,
    Pain,
    PainWeight,
    Promise,
    Section,
)
from bot.domain.visits.rules import VisitKind
from bot.views.debriefs import confirmations, form_labels, form_sections, repeated_fields
from bot.views.debriefs import form as debriefs
from bot.views.samples.debriefs import full_form
from bot.views.samples.payloads import submitted
from bot.views.samples.sample import SampleData
from tests.views.payloads import pressed, shown_text

TODAY = date(2026, 11, 24)
EMPTY = DebriefForm(None, TODAY, TODAY, FormSession("k"))
ALL = dict.fromkeys(Section, 1)
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
    workarounds=(ReportedWorkaround("A spreadsheet", "No totals", Frequency.WEEKLY),),
    quote="We never ask any more.",
    mood=Mood.FRUSTRATED,
    nps=0,
    nps_why="Too slow",
    minutes=90,
    surprise="That nobody minds.",
    pains=(Pain("No totals", PainWeight.COSTLY, "Exports"),),
    promises=(Promise("Send the roadmap", "U0000007", date(2026, 11, 27)),),
    answers=(Answer("Totals", "Not before summer."),),
    decision=DealDecision.LOST,
    reasons=(DealReason.PRICE, DealReason.EASE),
    competitor="Fern Labs",
    companions=("U0000008",),
    picture="F0000001",
    hypothesis_id=3,
    verdict=HypothesisVerdict.CONTRADICTS,
    sharing=Sharing.NO_NAME,
)


def inputs(view: View) -> dict[str, dict[str, Any]]:
    return {b["block_id"]: b for b in view.to_dict()["blocks"] if b["type"] == "input"}


def test_three_fields_are_asked_and_all_are_required() -> None:
    asked = inputs(debriefs.render_form(EMPTY))
    assert list(asked) == ["customer", "on", "story"]
    assert not any(block["optional"] for block in asked.values())


def test_the_date_is_filled_in_and_a_customer_that_is_known_too() -> None:
    view = submitted(
        debriefs.render_form(replace(EMPTY, customer=(5, "Otter"))), story="Two. Sentences."
    )
    assert debriefs.parse_draft(view) == Draft(customer_id=5, on=TODAY, story="Two. Sentences.")


def test_the_folded_form_says_that_the_story_is_shared_and_when() -> None:
    told = shown_text(debriefs.render_form(replace(EMPTY, digest_on=date(2026, 11, 27))).to_dict())
    assert "Shared with your team on Friday 27 November unless you choose otherwise" in told


def test_everything_typed_into_the_long_form_is_read() -> None:
    form = debriefs.render_form(replace(EMPTY, expanded=True, sections=ALL))
    assert debriefs.parse_draft(submitted(form, **EVERYTHING)) == DRAFT


def test_two_of_a_kind_are_read_apart() -> None:
    form = debriefs.render_form(replace(EMPTY, expanded=True, sections={Section.PAIN: 2}))
    typed = {"pain": "No totals", "pain.2": "Slow", "pain_weight.2": "annoying"}
    read = debriefs.parse_draft(submitted(form, **typed)).pains
    assert read == (Pain("No totals"), Pain("Slow", PainWeight.ANNOYING))


@pytest.mark.parametrize("action", form_sections.SECTION_BY_ACTION)
def test_a_part_that_is_added_is_there_with_all_that_was_typed(action: str) -> None:
    before = submitted(
        debriefs.render_form(replace(EMPTY, expanded=True)), story="One. Two.", quote="Hm."
    )
    grown = submitted(debriefs.render_with_section(before, action))
    assert debriefs.parse_draft(grown) == debriefs.parse_draft(before)
    assert len(grown["state"]["values"]) > len(before["state"]["values"])


def test_no_more_than_four_of_a_kind_and_one_of_what_there_is_one_of_are_added() -> None:
    parts: SectionCounts = {}
    for _ in range(9):
        parts = form_sections.add_section(
            form_sections.add_section(parts, Section.PAIN),
            Section.SCORE,
        )
    assert parts == {Section.PAIN: 4, Section.SCORE: 1}
    offered = shown_text({"blocks": [each.to_dict() for each in form_sections.add_buttons(parts)]})
    assert "A pain" not in offered
    assert "A score" not in offered
    assert "A promise" in offered


def test_an_interview_after_a_loss_has_a_short_form_of_its_own() -> None:
    form = replace(EMPTY, customer=(5, "Otter"), kind=VisitKind.LOSS_INTERVIEW)
    asked = inputs(debriefs.render_form(form))
    assert list(asked) == ["customer", "on", "story", "decision", "reasons", "competitor"]
    assert debriefs.parse_draft(submitted(debriefs.render_form(form))).decision is DealDecision.LOST


def test_a_picture_that_was_put_in_before_is_kept_while_the_form_is_rendered_anew() -> None:
    form = debriefs.render_form(replace(EMPTY, expanded=True, sections=ALL))
    once = debriefs.render_with_section(submitted(form, picture=[{"id": "F1"}]), "debrief.add_pain")
    assert debriefs.parse_draft(submitted(once)).picture == "F1"


def test_unfolding_keeps_ids_and_everything_typed() -> None:
    folded = submitted(
        debriefs.render_form(EMPTY), customer="new:Otter", on="2026-11-20", story="One. Two."
    )
    before, unfolded = inputs(debriefs.render_form(EMPTY)), debriefs.render_expanded(folded)
    after = inputs(unfolded)
    for name, block in before.items():
        assert after[name]["element"]["action_id"] == block["element"]["action_id"]
    assert debriefs.parse_draft(submitted(unfolded)) == debriefs.parse_draft(folded)
    assert list(after) == [
        *("customer", "on", "story", "kind", "minutes", "quote", "mood", "surprise"),
        *("workaround", "workaround_why", "workaround_how_often", "sharing"),
    ]


def test_unfolding_keeps_where_the_form_came_from() -> None:
    form = DebriefForm(
        (5, "Otter"),
        TODAY,
        TODAY,
        FormSession("k", visit_id=4, version=2),
        nudge_id=3,
        reply_to="https://hooks.example.com/x",
        kind=VisitKind.PHONE,
        digest_on=TODAY,
    )
    again = debriefs.parse_form(
        submitted(debriefs.render_expanded(submitted(debriefs.render_form(form))))
    )
    session = replace(form.session, form_id="V0000001")
    assert replace(again, typed=None) == replace(
        form, expanded=True, session=session, sections=debriefs.INITIAL_SECTIONS
    )


def test_the_button_to_unfold_is_there_until_it_is_pressed() -> None:
    folded = debriefs.render_form(EMPTY).to_dict()
    assert pressed(folded, debriefs.ADD_MORE, "more")
    assert "Add more" not in shown_text(
        debriefs.render_form(replace(EMPTY, expanded=True)).to_dict()
    )


def test_a_draft_offered_again_is_unfolded_when_something_would_be_hidden() -> None:
    form = replace(EMPTY, customer=(12, "Otter"), typed=DRAFT, hypothesis=(3, "They all print."))
    assert debriefs.parse_draft(submitted(debriefs.render_form(form))) == DRAFT


def test_a_booked_visits_kind_is_kept_while_the_form_is_folded() -> None:
    form = replace(EMPTY, customer=(5, "Otter"), kind=VisitKind.PHONE)
    assert debriefs.parse_draft(submitted(debriefs.render_form(form))).kind is VisitKind.PHONE


def test_a_reason_without_a_workaround_is_not_lost() -> None:
    view = submitted(debriefs.render_form(replace(EMPTY, sections=ALL)), workaround_why="No totals")
    assert debriefs.parse_draft(view).workarounds == (ReportedWorkaround("No totals"),)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80))
def test_whatever_was_typed_is_read_again_from_a_form_filled_with_it(text: str) -> None:
    form = full_form(SampleData(text))
    once = debriefs.parse_draft(submitted(debriefs.render_form(form)))
    again = debriefs.parse_draft(submitted(debriefs.render_form(replace(form, typed=once))))
    assert again == once


def test_a_date_in_the_future_is_explained_at_the_date() -> None:
    view = submitted(
        debriefs.render_form(EMPTY), on="2026-11-25", customer="customer:1", story="Hm."
    )
    wrong = find_faults(debriefs.parse_draft(view), TODAY)
    assert form_labels.field_errors(wrong, view, repeated_fields.locate_field) == {
        "on": "This date is in the future. A debrief is for a visit that has taken place."
    }


def test_empty_fields_are_each_explained() -> None:
    view = submitted(debriefs.render_form(EMPTY), on=None)
    wrong = find_faults(debriefs.parse_draft(view), TODAY)
    assert form_labels.field_errors(wrong, view, repeated_fields.locate_field).keys() == {
        "customer",
        "on",
        "story",
    }


def test_a_fault_that_is_folded_away_is_told_at_the_story() -> None:
    view = submitted(debriefs.render_form(EMPTY))
    told = form_labels.field_errors(
        {"story": Fault.MISSING, "quote": Fault.TOO_LONG}, view, repeated_fields.locate_field
    )
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
            workarounds=(
                ReportedWorkaround(long, long),
                ReportedWorkaround("", "", Frequency.DAILY),
            ),
            surprise=long,
            competitor=long,
            pains=(Pain(long, None, long), Pain("", PainWeight.COSTLY)),
            promises=(Promise(long), Promise("", "U1", date(2026, 1, 1))),
            answers=(Answer(long, long), Answer("", "Yes."), Answer("Totals")),
        ),
        Draft(None, TODAY, long, new_hypothesis=long),
        Draft(None, TODAY, long, verdict=HypothesisVerdict.UNCLEAR),
        Draft(None, date(2000, 1, 1), long, promises=(Promise("x", None, date(1999, 1, 1)),)),
        Draft(None, TODAY, long, promises=(Promise("x", None, date(2036, 1, 1)),)),
    ]
    for draft in drafts:
        for name, fault in find_faults(draft, TODAY).items():
            assert (name.partition(".")[0], fault) in form_labels.FAULT_TEXTS


def test_when_saving_fails_the_form_says_so_and_how_to_ask_for_help() -> None:
    told = form_labels.not_saved_errors("A1B2")
    assert told.keys() <= inputs(debriefs.render_form(EMPTY)).keys()
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
    news = confirmations.DebriefConfirmation("Otter", date(2026, 12, 8), sharing, digest_at)
    told = confirmations.saved_message(news, "Europe/London", TODAY)
    assert told.text == (
        "Thank you, your debrief for Otter is kept. "
        f"Your next visit is due on Tuesday 8 December. {words}"
    )


def test_a_long_story_gets_a_gentle_word() -> None:
    told = confirmations.saved_message(
        confirmations.DebriefConfirmation("Otter", None, Sharing.PRIVATE, None, sentences=5),
        "UTC",
        TODAY,
    )
    assert told.text.endswith("A story travels furthest in two sentences; this one has about 5.")
    assert "due" not in told.text
