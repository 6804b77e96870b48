"""Hypotheses in forms: the search, the tally as text, and the errors of missing fields."""

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.debriefs.sections import HypothesisVerdict
from bot.domain.hypotheses import (
    Hypothesis,
    HypothesisChanges,
    HypothesisList,
    HypothesisOutcome,
    HypothesisRow,
    VerdictTally,
)
from bot.views.block_kit import FormError
from bot.views.hypotheses import fields as hypotheses
from bot.views.hypotheses import modals as hypothesis_modals
from bot.views.samples import hypotheses as samples
from bot.views.samples.payloads import submitted
from bot.views.samples.sample import ORDINARY
from bot.views.visits import plan_form
from tests.views.payloads import shown_text

TODAY = date(2026, 3, 16)
S, C, U = HypothesisVerdict
HALF = Hypothesis(1, "Half of them print.", "", "U1")


@pytest.mark.parametrize(
    ("direct", "indirect", "words"),
    [
        ({}, {}, "no visit has tested it yet"),
        ({S: 1}, {}, "supported by 1 visit"),
        ({C: 2}, {}, "contradicted by 2 visits"),
        ({U: 1}, {}, "unclear after 1 visit"),
        (
            {S: 5, C: 2, U: 1},
            {S: 1},
            "supported by 5 visits, contradicted by 2, unclear 1; and second-hand: supported by 1",
        ),
        ({}, {C: 3, U: 1}, "only second-hand: contradicted by 3, unclear 1"),
    ],
)
def test_a_tally_is_told_in_words_with_what_is_second_hand_apart(direct, indirect, words) -> None:
    assert hypotheses.tally_text(VerdictTally(direct, indirect)) == words


def labels(answer) -> list[tuple[str, str]]:
    return [(each["value"], each["text"]["text"]) for each in answer["options"]]


def test_what_nobody_has_stated_is_offered_to_be() -> None:
    assert labels(hypotheses.options([(4, "Half of them print.", "")], " all of  them ")) == [
        ("hypothesis:4", "Half of them print."),
        ("new:all of them", "State “all of them”"),
    ]


def test_what_is_stated_is_not_offered_again_whatever_its_case_and_accents() -> None:
    answer = hypotheses.options([(4, "Hälf of them print.", "")], "half OF them print.")
    assert labels(answer) == [("hypothesis:4", "Hälf of them print.")]


@pytest.mark.parametrize("count", [99, 100, 5000])
def test_no_more_than_a_hundred_are_offered(count: int) -> None:
    offered = labels(hypotheses.options([(n, f"They {n}", "") for n in range(count)], "they"))
    assert len(offered) == 100
    assert offered[-1][0] == "new:they"


@pytest.mark.parametrize("chosen", [(4, "Half of them print."), (None, "All: of them."), None])
def test_what_is_chosen_in_a_plan_is_read_and_shown_again(chosen) -> None:
    blank = plan_form.parse_form(submitted(plan_form.render_blank((3, "Otter"), TODAY)))
    form = plan_form.PlanForm((3, "Otter"), TODAY, blank.typed, TODAY, True, hypothesis=chosen)
    again = plan_form.parse_form(submitted(plan_form.render_form(form)))
    assert again.hypothesis == chosen
    read = again.typed.hypothesis_id, again.typed.new_hypothesis
    assert read == ((None, "") if chosen is None else (chosen[0], "" if chosen[0] else chosen[1]))


def test_the_list_points_at_what_has_no_measure() -> None:
    told = shown_text(
        hypothesis_modals.render_list(
            HypothesisList(TODAY, (HypothesisRow(HALF, VerdictTally()),))
        ).to_dict()
    )
    assert "Half of them print. No measure yet. No visit has tested it yet." in told


def test_the_list_says_how_many_more_there_are() -> None:
    told = shown_text(
        hypothesis_modals.render_list(
            HypothesisList(TODAY, (HypothesisRow(HALF, VerdictTally()),), 7)
        ).to_dict()
    )
    assert "and 7 more: type a word of it in a plan" in told


def test_only_whoever_stated_it_is_asked_to_close_it_and_only_while_it_is_open() -> None:
    known = samples.own_hypothesis(ORDINARY)
    others = replace(known, can_close=False)
    closed = replace(known, row=samples.closed_row(ORDINARY))
    asks = [
        "settled" in str(hypothesis_modals.render_details(each).to_dict()["blocks"])
        for each in (known, others)
    ]
    assert asks == [True, False]
    assert hypothesis_modals.render_details(closed).submit is None


def test_stating_one_needs_what_is_believed_and_how_one_would_know() -> None:
    with pytest.raises(FormError) as fault:
        hypothesis_modals.parse_hypothesis(
            submitted(hypothesis_modals.render_form(), belief=" ", measure=None)
        )
    assert fault.value.errors.keys() == {"belief", "measure"}
    for name in ("belief", "measure"):
        typed = {"belief": "They print.", "measure": "Five of ten.", name: "x" * 301}
        with pytest.raises(FormError) as fault:
            hypothesis_modals.parse_hypothesis(submitted(hypothesis_modals.render_form(), **typed))
        assert fault.value.errors.keys() == {name}


def test_settling_is_read_as_it_was_chosen() -> None:
    form = hypothesis_modals.render_details(samples.own_hypothesis(ORDINARY))
    wish = hypothesis_modals.parse_changes(
        submitted(form, measure="Five of ten.", settled="given_up")
    )
    assert wish == HypothesisChanges(1, "Five of ten.", HypothesisOutcome.GIVEN_UP)
    assert hypothesis_modals.parse_changes(submitted(form)).outcome is None
    with pytest.raises(FormError):
        hypothesis_modals.parse_changes(submitted(form, measure="x" * 301))
