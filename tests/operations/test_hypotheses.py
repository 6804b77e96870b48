"""Hypotheses through the operations alone: stated once, counted live, settled by their author."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from bot.db.debriefs import queries as rows
from bot.db.debriefs import saved_drafts as words
from bot.db.tables.debriefs import unfinished as table
from bot.domain.debriefs.rules import Draft, Sharing, Sheet, Unfinished
from bot.domain.debriefs.sections import Verdict
from bot.domain.hypotheses import Settled
from bot.domain.visits.rules import VisitKind
from bot.errors import HypothesisSettled, NoSuchHypothesis, NotYours, StatedAlready
from bot.operations import hypotheses
from bot.operations.debriefs import recording as debriefs
from bot.operations.visits import booking as visits
from bot.operations.visits import plans
from bot.views.hypotheses.fields import told
from bot.views.hypotheses.modals import Looked, Wish
from bot.views.visits.plan_form import PlanChoices
from sandbox.person import Person
from tests.operations.operations_fixture import Office
from tests.times import T0, T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
HALF, MEASURE = "Half of them print every order.", "Five of ten."
MILL, POST = "Brightwater Mill", "Fernleigh Post"
SUPPORTS, CONTRADICTS, UNCLEAR = Verdict


def state(office: Office, pm: Person, belief: str = HALF, measure: str = MEASURE) -> int:
    """Somebody states a hypothesis; gives its id."""
    actor = office.actor(pm)
    hypotheses.state(office.services, actor, belief, measure, office.clock.at)
    return hypotheses.find(office.services, actor, belief)[0][0]


def see(
    office: Office,
    pm: Person,
    id: int | None,
    verdict: Verdict = SUPPORTS,
    customer: str = MILL,
    **more: object,
) -> None:
    """A debrief with a verdict."""
    office.debrief(pm, customer, "They showed me.", hypothesis_id=id, verdict=verdict, **more)


def look(office: Office, pm: Person, id: int) -> Looked:
    return hypotheses.look(office.services, office.actor(pm), id, office.clock.at)


def tally(office: Office, pm: Person, id: int) -> str:
    """What a PM reads of a hypothesis; in the list and where it is looked at they read the same."""
    page = hypotheses.page(office.services, office.actor(pm), office.clock.at)
    (listed,) = [told(each.tally) for each in page.rows if each.known.id == id]
    looked = look(office, pm, id)
    counted = sum(looked.row.tally.direct.values()) + sum(looked.row.tally.indirect.values())
    assert (told(looked.row.tally), counted) == (listed, len(looked.visits))
    return listed


def wish(
    office: Office, pm: Person, id: int, settled: Settled | None, measure: str = MEASURE
) -> None:
    made = Wish(id, measure, settled)
    hypotheses.change(office.services, office.actor(pm), made, office.clock.at)


def open_ones(office: Office, pm: Person, typed: str = "") -> list[str]:
    found = hypotheses.find(office.services, office.actor(pm), typed)
    return [belief for _, belief, _ in found]


@EVERY_DATABASE
def test_visits_are_counted_and_indirect_ones_apart(office: Office) -> None:
    ada, bo = office.pm("Ada"), office.pm("Bo")
    id = state(office, ada)
    see(office, ada, id)
    see(office, bo, id, customer=POST)
    see(office, bo, id, CONTRADICTS)
    see(office, ada, id, UNCLEAR, POST)
    see(office, ada, id, CONTRADICTS, "Otter", kind=VisitKind.PROXY)
    assert tally(office, bo, id) == (
        "supported by 2 visits, contradicted by 1, unclear 1; and second-hand: contradicted by 1"
    )
    seen = {(each.verdict, each.customer, each.who) for each in look(office, bo, id).visits}
    assert (SUPPORTS, POST, "Bo") in seen
    assert (CONTRADICTS, "Otter", "Ada") in seen


@EVERY_DATABASE
def test_a_debrief_that_is_changed_or_taken_back_changes_the_tally(office: Office) -> None:
    ada = office.pm("Ada")
    actor, id, other = office.actor(ada), state(office, ada), state(office, ada, "They count.")
    see(office, ada, id)
    with office.services.reading(office.workspace_id) as tx:
        (kept,) = rows.latest(tx, ada.id, 1)
    draft = Draft(kept.customer_id, kept.on, kept.story, hypothesis_id=id, verdict=CONTRADICTS)
    sheet = Sheet(f"debrief:{kept.id}", "V2", kept.version, None, kept.id)
    debriefs.record(office.services, actor, draft, sheet, T0)
    assert tally(office, ada, id) == "contradicted by 1 visit"
    moved = Draft(kept.customer_id, kept.on, "Other.", hypothesis_id=other, verdict=SUPPORTS)
    debriefs.record(office.services, actor, moved, sheet, T0)
    assert tally(office, ada, id) == "no visit has tested it yet"
    assert tally(office, ada, other) == "supported by 1 visit"
    debriefs.take_back(office.services, actor, kept.id, T0, took_place=True)
    assert tally(office, ada, other) == "no visit has tested it yet"


@EVERY_DATABASE
def test_what_is_private_counts_for_its_author_alone(office: Office) -> None:
    ada, bo = office.pm("Ada"), office.pm("Bo")
    id = state(office, bo)
    see(office, ada, id, CONTRADICTS, sharing=Sharing.PRIVATE)
    assert tally(office, ada, id) == "contradicted by 1 visit"
    assert tally(office, bo, id) == "no visit has tested it yet"


@EVERY_DATABASE
def test_without_the_name_the_visit_is_shown_as_that_of_a_customer(office: Office) -> None:
    ada, bo = office.pm("Ada"), office.pm("Bo")
    office.customer(MILL, segment="Paper")
    id = state(office, bo)
    see(office, ada, id, sharing=Sharing.NO_NAME)
    names = [look(office, each, id).visits[0] for each in (ada, bo)]
    assert [each.customer for each in names] == [MILL, ""]
    assert (names[1].places, names[1].who) == (("Paper", ""), "Ada")


@EVERY_DATABASE
def test_what_is_stated_in_a_debrief_has_no_measure_and_is_stated_once(office: Office) -> None:
    ada, bo = office.pm("Ada"), office.pm("Bo")
    see(office, ada, None, new_hypothesis="They  count by feel.")
    see(office, bo, None, CONTRADICTS, POST, new_hypothesis="THEY COUNT BY FÉEL.")
    assert open_ones(office, ada) == ["They count by feel."]
    (row,) = hypotheses.page(office.services, office.actor(ada), T0).rows
    assert (row.known.measure, row.known.by) == ("", ada.id)
    assert told(row.tally) == "supported by 1 visit, contradicted by 1"


@EVERY_DATABASE
def test_the_same_stated_by_several_at_one_moment_is_stated_once(office: Office) -> None:
    ada = office.pm("Ada")
    actor, ready = office.actor(ada), Barrier(4)

    def act(_: int) -> None:
        ready.wait()
        hypotheses.state(office.services, actor, HALF, MEASURE, T0)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(act, range(4)))
    assert open_ones(office, ada) == [HALF]


@EVERY_DATABASE
def test_what_somebody_else_has_stated_is_said_to_be(office: Office) -> None:
    ada, bo = office.pm("Ada"), office.pm("Bo")
    id = state(office, ada)
    with pytest.raises(StatedAlready):
        state(office, bo, HALF.upper())
    wish(office, ada, id, Settled.REFUTED)
    again = state(office, bo, HALF.upper())
    assert again != id
    assert open_ones(office, ada) == [HALF.upper()]


@EVERY_DATABASE
def test_any_part_finds_one_whatever_its_case_and_accents(office: Office) -> None:
    ada = office.pm("Ada")
    state(office, ada, "Die Hälfte druckt 50 % aller Aufträge.")
    state(office, ada, HALF)
    for typed in ("halfte", "AUFTRÄGE", "50 %", "druckt  50"):
        assert open_ones(office, ada, typed) == ["Die Hälfte druckt 50 % aller Aufträge."]
    assert open_ones(office, ada, "_") == []
    assert open_ones(office, ada)[0] == HALF


@EVERY_DATABASE
def test_of_many_the_newest_are_listed_and_a_hundred_found(office: Office) -> None:
    ada = office.pm("Ada")
    for number in range(103):
        hypotheses.state(office.services, office.actor(ada), f"They {number}.", MEASURE, T0)
    page = hypotheses.page(office.services, office.actor(ada), T0)
    assert [each.known.belief for each in page.rows] == [f"They {n}." for n in range(102, 87, -1)]
    assert page.more == 88
    assert len(open_ones(office, ada)) == 100


@EVERY_DATABASE
@pytest.mark.parametrize("settled", Settled)
def test_what_is_settled_leaves_the_pickers_and_keeps_its_date(
    office: Office, settled: Settled
) -> None:
    ada = office.pm("Ada")
    id = state(office, ada)
    see(office, ada, id)
    wish(office, ada, id, settled, "Six of ten.")
    assert open_ones(office, ada) == []
    page = hypotheses.page(office.services, office.actor(ada), T(days=1))
    (row,) = page.settled
    assert (page.rows, row.known.measure) == ((), "Six of ten.")
    assert (row.known.settled, row.known.settled_on) == (settled, T0.date())
    assert told(row.tally) == "supported by 1 visit"


@EVERY_DATABASE
def test_what_is_settled_is_settled_once(office: Office) -> None:
    ada = office.pm("Ada")
    id = state(office, ada)
    wish(office, ada, id, Settled.CONFIRMED)
    wish(office, ada, id, Settled.CONFIRMED)
    for other in (Settled.REFUTED, None):
        with pytest.raises(HypothesisSettled):
            wish(office, ada, id, other)
    assert look(office, ada, id).row.known.settled is Settled.CONFIRMED


@EVERY_DATABASE
def test_nobody_else_settles_it_or_changes_its_measure(office: Office) -> None:
    ada, bo = office.pm("Ada"), office.pm("Bo")
    id = state(office, ada)
    for settled in (Settled.CONFIRMED, None):
        with pytest.raises(NotYours):
            wish(office, bo, id, settled, "None at all.")
    looked = look(office, bo, id)
    assert (looked.row.known.settled, looked.row.known.measure) == (None, MEASURE)
    assert (looked.own, looked.who) == (False, "Ada")


@EVERY_DATABASE
def test_one_that_is_not_there_is_refused_wherever_it_is_named(office: Office) -> None:
    ada = office.pm("Ada")
    with pytest.raises(NoSuchHypothesis):
        see(office, ada, 99)
    with pytest.raises(NoSuchHypothesis):
        look(office, ada, 99)
    with pytest.raises(NoSuchHypothesis):
        wish(office, ada, 99, None)
    with office.services.reading(office.workspace_id) as tx:
        assert rows.latest(tx, ada.id, 1) == []


@EVERY_DATABASE
def test_words_that_were_kept_before_there_were_hypotheses_are_read(office: Office) -> None:
    ada = office.pm("Ada")
    draft = Draft(None, T0.date(), "They print.", "Otter", verdict=UNCLEAR, new_hypothesis=HALF)
    with office.services.transaction(office.workspace_id) as tx:
        words.keep(tx, ada.id, Unfinished("K", draft, T0, T0))
        kept = words.get(tx, ada.id, "K")
        assert kept
        assert kept.draft == draft
        (row,) = tx.run(tx.select(table, table.c.draft)).scalars()
        old = {name: row[name] for name in row if "hypothesis" not in name and name != "verdict"}
        assert len(row) - len(old) == 3
        tx.run(tx.update(table).values(draft=old))
        kept = words.get(tx, ada.id, "K")
    assert kept
    assert kept.draft == Draft(None, T0.date(), "They print.", "Otter")


@EVERY_DATABASE
def test_a_plan_that_states_one_and_is_saved_twice_is_changed_once(office: Office) -> None:
    actor, day = office.actor(office.pm("Ada")), T(days=9).date()
    typed = PlanChoices(None, MILL, VisitKind.PHONE, day, None, "", None)
    booked = visits.plan(office.services, actor, typed, "K", T0)
    assert isinstance(booked, visits.Booked)
    wanted, id = replace(typed, new_hypothesis=HALF), booked.visit.id
    changed = plans.change(office.services, actor, id, 0, wanted, T0)
    assert isinstance(changed, plans.Planned)
    assert (changed.version, changed.hypothesis) == (1, (1, HALF))
    assert plans.change(office.services, actor, id, 0, wanted, T0) is None
