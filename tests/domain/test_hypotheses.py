"""The tally of a hypothesis, and errors of a verdict."""

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.customers import Stage
from bot.domain.debriefs.rules import Draft, Sharing, find_faults
from bot.domain.debriefs.sections import BELIEF_LENGTH, Fault, HypothesisVerdict
from bot.domain.hypotheses import VisitEvidence, tally_verdicts
from bot.domain.visits.rules import INDIRECT, VisitKind

TODAY = date(2026, 3, 2)
SUPPORTS, CONTRADICTS, UNCLEAR = HypothesisVerdict
SEEN = VisitEvidence(
    1, SUPPORTS, "U1", Sharing.SHARE, "Otter", Stage.PROSPECT, TODAY, VisitKind.ON_SITE
)
DRAFT = Draft(1, TODAY, "They print it.")


def test_without_a_visit_nothing_is_counted() -> None:
    nothing = tally_verdicts([])
    assert not any(nothing.direct.values())
    assert not any(nothing.indirect.values())


def test_visits_are_counted_by_what_they_say() -> None:
    said = tally_verdicts(
        replace(SEEN, verdict=each) for each in (SUPPORTS, UNCLEAR, SUPPORTS, CONTRADICTS)
    )
    assert said.direct == {SUPPORTS: 2, CONTRADICTS: 1, UNCLEAR: 1}
    assert not any(said.indirect.values())


@pytest.mark.parametrize("kind", VisitKind)
def test_indirect_visits_and_no_others_stand_apart(kind: VisitKind) -> None:
    said = tally_verdicts([SEEN, replace(SEEN, kind=kind)])
    apart = kind in INDIRECT
    assert (said.direct.get(SUPPORTS), said.indirect.get(SUPPORTS, 0)) == (2 - apart, apart)


@pytest.mark.parametrize(
    ("sharing", "author", "others"),
    [
        (Sharing.SHARE, (True, True), (True, True)),
        (Sharing.NO_NAME, (True, True), (True, False)),
        (Sharing.PRIVATE, (True, True), (False, False)),
    ],
)
def test_others_read_what_is_shared_and_the_author_reads_all(
    sharing: Sharing, author: tuple[bool, bool], others: tuple[bool, bool]
) -> None:
    seen = replace(SEEN, sharing=sharing)
    assert (seen.may_read("U1"), seen.may_read_customer("U1")) == author
    assert (seen.may_read("U2"), seen.may_read_customer("U2")) == others


@pytest.mark.parametrize(
    ("known", "wrong"),
    [
        ({}, {}),
        ({"hypothesis_id": 3, "verdict": UNCLEAR}, {}),
        ({"new_hypothesis": "They all print.", "verdict": SUPPORTS}, {}),
        ({"hypothesis_id": 3}, {"verdict": Fault.MISSING}),
        ({"new_hypothesis": "They all print."}, {"verdict": Fault.MISSING}),
        ({"verdict": SUPPORTS}, {"hypothesis": Fault.MISSING}),
        ({"new_hypothesis": " ", "verdict": SUPPORTS}, {"hypothesis": Fault.MISSING}),
        (
            {"new_hypothesis": "x" * (BELIEF_LENGTH + 1), "verdict": SUPPORTS},
            {"hypothesis": Fault.TOO_LONG},
        ),
    ],
)
def test_neither_a_verdict_nor_a_hypothesis_is_told_without_the_other(known, wrong) -> None:
    assert find_faults(replace(DRAFT, **known), TODAY) == wrong


def test_a_hypothesis_that_a_plan_brought_along_is_nothing_that_was_said() -> None:
    bare = replace(DRAFT, story="")
    assert not replace(bare, hypothesis_id=3).has_text
    assert replace(bare, hypothesis_id=3, verdict=UNCLEAR).has_text
    assert replace(bare, new_hypothesis="They all print.").has_text
