"""Hypotheses through operations alone: added once, counted live, closed by their author."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from bot.db.debriefs import queries as debrief_queries
from bot.db.debriefs import saved_drafts
from bot.db.tables.debriefs import saved_drafts as table
from bot.domain.debriefs.rules import Draft, FormSession, SavedDraft, Sharing
from bot.domain.debriefs.sections import HypothesisVerdict
from bot.domain.hypotheses import HypothesisChanges, HypothesisDetails, HypothesisOutcome
from bot.domain.visits.plans import PlanChoices
from bot.domain.visits.rules import VisitKind
from bot.errors import HypothesisSettled, NoSuchHypothesis, NotYours, StatedAlready
from bot.operations import hypotheses
from bot.operations.debriefs import recording as debriefs
from bot.operations.visits import booking as visits
from bot.operations.visits import plans
from bot.views.hypotheses.fields import tally_text
from sandbox.person import Person
from tests.operations.operations_fixture import BotWorkspace
from tests.times import T0, T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
HALF, MEASURE = "Half of them print every order.", "Five of ten."
MILL, POST = "Brightwater Mill", "Fernleigh Post"
SUPPORTS, CONTRADICTS, UNCLEAR = HypothesisVerdict


def state(workspace: BotWorkspace, pm: Person, belief: str = HALF, measure: str = MEASURE) -> int:
    """Add a hypothesis; return its id."""
    actor = workspace.actor(pm)
    hypotheses.add(workspace.services, actor, belief, measure, workspace.clock.at)
    return hypotheses.search(workspace.services, actor, belief)[0][0]


def see(
    workspace: BotWorkspace,
    pm: Person,
    id: int | None,
    verdict: HypothesisVerdict = SUPPORTS,
    customer: str = MILL,
    **more: object,
) -> None:
    """Save a debrief with a verdict."""
    workspace.record_debrief(
        pm, customer, "They showed me.", hypothesis_id=id, verdict=verdict, **more
    )


def look(workspace: BotWorkspace, pm: Person, id: int) -> HypothesisDetails:
    return hypotheses.get_details(workspace.services, workspace.actor(pm), id, workspace.clock.at)


def tally(workspace: BotWorkspace, pm: Person, id: int) -> str:
    """Return a hypothesis's tally as text, the same in the list and in its details."""
    page = hypotheses.get_list(workspace.services, workspace.actor(pm), workspace.clock.at)
    (listed,) = [tally_text(each.tally) for each in page.rows if each.hypothesis.id == id]
    looked = look(workspace, pm, id)
    counted = sum(looked.row.tally.direct.values()) + sum(looked.row.tally.indirect.values())
    assert (tally_text(looked.row.tally), counted) == (listed, len(looked.visits))
    return listed


def change_hypothesis(
    workspace: BotWorkspace,
    pm: Person,
    id: int,
    settled: HypothesisOutcome | None,
    measure: str = MEASURE,
) -> None:
    made = HypothesisChanges(id, measure, settled)
    hypotheses.change(workspace.services, workspace.actor(pm), made, workspace.clock.at)


def open_ones(workspace: BotWorkspace, pm: Person, typed: str = "") -> list[str]:
    found = hypotheses.search(workspace.services, workspace.actor(pm), typed)
    return [belief for _, belief, _ in found]


@EVERY_DATABASE
def test_visits_are_counted_and_indirect_ones_apart(workspace: BotWorkspace) -> None:
    ada, bo = workspace.add_pm("Ada"), workspace.add_pm("Bo")
    id = state(workspace, ada)
    see(workspace, ada, id)
    see(workspace, bo, id, customer=POST)
    see(workspace, bo, id, CONTRADICTS)
    see(workspace, ada, id, UNCLEAR, POST)
    see(workspace, ada, id, CONTRADICTS, "Otter", kind=VisitKind.PROXY)
    assert tally(workspace, bo, id) == (
        "supported by 2 visits, contradicted by 1, unclear 1; and second-hand: contradicted by 1"
    )
    seen = {(each.verdict, each.customer, each.author) for each in look(workspace, bo, id).visits}
    assert (SUPPORTS, POST, "Bo") in seen
    assert (CONTRADICTS, "Otter", "Ada") in seen


@EVERY_DATABASE
def test_a_debrief_that_is_changed_or_taken_back_changes_the_tally(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    actor, id, other = (
        workspace.actor(ada),
        state(workspace, ada),
        state(workspace, ada, "They count."),
    )
    see(workspace, ada, id)
    with workspace.services.reading(workspace.workspace_id) as tx:
        (kept,) = debrief_queries.list_latest(tx, ada.id, 1)
    draft = Draft(
        kept.customer_id, kept.on, kept.draft.story, hypothesis_id=id, verdict=CONTRADICTS
    )
    session = FormSession(f"debrief:{kept.id}", "V2", kept.version, None, kept.id)
    debriefs.record(workspace.services, actor, draft, session, T0)
    assert tally(workspace, ada, id) == "contradicted by 1 visit"
    moved = Draft(kept.customer_id, kept.on, "Other.", hypothesis_id=other, verdict=SUPPORTS)
    debriefs.record(workspace.services, actor, moved, session, T0)
    assert tally(workspace, ada, id) == "no visit has tested it yet"
    assert tally(workspace, ada, other) == "supported by 1 visit"
    debriefs.withdraw(workspace.services, actor, kept.id, T0, took_place=True)
    assert tally(workspace, ada, other) == "no visit has tested it yet"


@EVERY_DATABASE
def test_what_is_private_counts_for_its_author_alone(workspace: BotWorkspace) -> None:
    ada, bo = workspace.add_pm("Ada"), workspace.add_pm("Bo")
    id = state(workspace, bo)
    see(workspace, ada, id, CONTRADICTS, sharing=Sharing.PRIVATE)
    assert tally(workspace, ada, id) == "contradicted by 1 visit"
    assert tally(workspace, bo, id) == "no visit has tested it yet"


@EVERY_DATABASE
def test_without_the_name_the_visit_is_shown_as_that_of_a_customer(workspace: BotWorkspace) -> None:
    ada, bo = workspace.add_pm("Ada"), workspace.add_pm("Bo")
    workspace.add_customer(MILL, segment="Paper")
    id = state(workspace, bo)
    see(workspace, ada, id, sharing=Sharing.NO_NAME)
    names = [look(workspace, each, id).visits[0] for each in (ada, bo)]
    assert [each.customer for each in names] == [MILL, ""]
    assert (names[1].places, names[1].author) == (("Paper", ""), "Ada")


@EVERY_DATABASE
def test_what_is_stated_in_a_debrief_has_no_measure_and_is_stated_once(
    workspace: BotWorkspace,
) -> None:
    ada, bo = workspace.add_pm("Ada"), workspace.add_pm("Bo")
    see(workspace, ada, None, new_hypothesis="They  count by feel.")
    see(workspace, bo, None, CONTRADICTS, POST, new_hypothesis="THEY COUNT BY FÉEL.")
    assert open_ones(workspace, ada) == ["They count by feel."]
    (row,) = hypotheses.get_list(workspace.services, workspace.actor(ada), T0).rows
    assert (row.hypothesis.measure, row.hypothesis.stated_by) == ("", ada.id)
    assert tally_text(row.tally) == "supported by 1 visit, contradicted by 1"


@EVERY_DATABASE
def test_the_same_stated_by_several_at_one_moment_is_stated_once(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    actor, ready = workspace.actor(ada), Barrier(4)

    def act(_: int) -> None:
        ready.wait()
        hypotheses.add(workspace.services, actor, HALF, MEASURE, T0)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(act, range(4)))
    assert open_ones(workspace, ada) == [HALF]


@EVERY_DATABASE
def test_what_somebody_else_has_stated_is_said_to_be(workspace: BotWorkspace) -> None:
    ada, bo = workspace.add_pm("Ada"), workspace.add_pm("Bo")
    id = state(workspace, ada)
    with pytest.raises(StatedAlready):
        state(workspace, bo, HALF.upper())
    change_hypothesis(workspace, ada, id, HypothesisOutcome.REFUTED)
    again = state(workspace, bo, HALF.upper())
    assert again != id
    assert open_ones(workspace, ada) == [HALF.upper()]


@EVERY_DATABASE
def test_any_part_finds_one_whatever_its_case_and_accents(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    state(workspace, ada, "Die Hälfte druckt 50 % aller Aufträge.")
    state(workspace, ada, HALF)
    for typed in ("halfte", "AUFTRÄGE", "50 %", "druckt  50"):
        assert open_ones(workspace, ada, typed) == ["Die Hälfte druckt 50 % aller Aufträge."]
    assert open_ones(workspace, ada, "_") == []
    assert open_ones(workspace, ada)[0] == HALF


@EVERY_DATABASE
def test_of_many_the_newest_are_listed_and_a_hundred_found(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    for number in range(103):
        hypotheses.add(workspace.services, workspace.actor(ada), f"They {number}.", MEASURE, T0)
    page = hypotheses.get_list(workspace.services, workspace.actor(ada), T0)
    assert [each.hypothesis.belief for each in page.rows] == [
        f"They {n}." for n in range(102, 87, -1)
    ]
    assert page.more == 88
    assert len(open_ones(workspace, ada)) == 100


@EVERY_DATABASE
@pytest.mark.parametrize("settled", HypothesisOutcome)
def test_what_is_closed_leaves_the_pickers_and_keeps_its_date(
    workspace: BotWorkspace, settled: HypothesisOutcome
) -> None:
    ada = workspace.add_pm("Ada")
    id = state(workspace, ada)
    see(workspace, ada, id)
    change_hypothesis(workspace, ada, id, settled, "Six of ten.")
    assert open_ones(workspace, ada) == []
    page = hypotheses.get_list(workspace.services, workspace.actor(ada), T(days=1))
    (row,) = page.closed
    assert (page.rows, row.hypothesis.measure) == ((), "Six of ten.")
    assert (row.hypothesis.outcome, row.hypothesis.closed_on) == (settled, T0.date())
    assert tally_text(row.tally) == "supported by 1 visit"


@EVERY_DATABASE
def test_what_is_closed_is_closed_once(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    id = state(workspace, ada)
    change_hypothesis(workspace, ada, id, HypothesisOutcome.CONFIRMED)
    change_hypothesis(workspace, ada, id, HypothesisOutcome.CONFIRMED)
    for other in (HypothesisOutcome.REFUTED, None):
        with pytest.raises(HypothesisSettled):
            change_hypothesis(workspace, ada, id, other)
    assert look(workspace, ada, id).row.hypothesis.outcome is HypothesisOutcome.CONFIRMED


@EVERY_DATABASE
def test_nobody_else_closes_it_or_changes_its_measure(workspace: BotWorkspace) -> None:
    ada, bo = workspace.add_pm("Ada"), workspace.add_pm("Bo")
    id = state(workspace, ada)
    for settled in (HypothesisOutcome.CONFIRMED, None):
        with pytest.raises(NotYours):
            change_hypothesis(workspace, bo, id, settled, "None at all.")
    looked = look(workspace, bo, id)
    assert (looked.row.hypothesis.outcome, looked.row.hypothesis.measure) == (None, MEASURE)
    assert (looked.can_close, looked.author) == (False, "Ada")


@EVERY_DATABASE
def test_one_that_is_not_there_is_refused_wherever_it_is_named(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    with pytest.raises(NoSuchHypothesis):
        see(workspace, ada, 99)
    with pytest.raises(NoSuchHypothesis):
        look(workspace, ada, 99)
    with pytest.raises(NoSuchHypothesis):
        change_hypothesis(workspace, ada, 99, None)
    with workspace.services.reading(workspace.workspace_id) as tx:
        assert debrief_queries.list_latest(tx, ada.id, 1) == []


@EVERY_DATABASE
def test_words_that_were_kept_before_there_were_hypotheses_are_read(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada")
    draft = Draft(None, T0.date(), "They print.", "Otter", verdict=UNCLEAR, new_hypothesis=HALF)
    with workspace.services.transaction(workspace.workspace_id) as tx:
        saved_drafts.save(tx, ada.id, SavedDraft("K", draft, T0, T0))
        kept = saved_drafts.get(tx, ada.id, "K")
        assert kept
        assert kept.draft == draft
        (row,) = tx.run(tx.select(table, table.c.draft)).scalars()
        old = {name: row[name] for name in row if "hypothesis" not in name and name != "verdict"}
        assert len(row) - len(old) == 3
        tx.run(tx.update(table).values(draft=old))
        kept = saved_drafts.get(tx, ada.id, "K")
    assert kept
    assert kept.draft == Draft(None, T0.date(), "They print.", "Otter")


@EVERY_DATABASE
def test_a_plan_that_states_one_and_is_saved_twice_is_changed_once(workspace: BotWorkspace) -> None:
    actor, day = workspace.actor(workspace.add_pm("Ada")), T(days=9).date()
    typed = PlanChoices(None, MILL, VisitKind.PHONE, day, None, "", None)
    booked = visits.book(workspace.services, actor, typed, "K", T0)
    assert isinstance(booked, visits.BookedVisit)
    wanted, id = replace(typed, new_hypothesis=HALF), booked.visit.id
    changed = plans.change(workspace.services, actor, id, 0, wanted, T0)
    assert isinstance(changed, plans.PlannedVisit)
    assert (changed.version, changed.hypothesis) == (1, (1, HALF))
    assert plans.change(workspace.services, actor, id, 0, wanted, T0) is None
