"""A hypothesis from the form that adds it over plan, brief and debrief to its tally."""

import pytest

from sandbox.person import Person
from sandbox.workspace.state import View
from tests.conftest import Nihito
from tests.forms import form_helpers
from tests.times import in_berlin

EVERYWHERE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
MILL = "Brightwater Mill"
HALF, MEASURE = "Half of them print every order.", "Five of ten do it."


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    """Join Ada on Monday 2 March."""
    return form_helpers.new_pm(nihito)


def open_list(person: Person) -> View:
    person.press(person.open_home(), "home.hypotheses")
    return person.wait_for_view()


def listed(person: Person) -> str:
    """Return the whole text of the list on Home."""
    view = open_list(person)
    said = str(view.payload["blocks"])
    person.close()
    return said


def state(nihito: Nihito, person: Person, belief: str = HALF, measure: str = MEASURE) -> View:
    """Add a hypothesis; return the updated list."""
    below = open_list(person)
    form_helpers.open_over(nihito, person, below, lambda: person.press(below, "hypothesis.state"))
    assert person.submit({"belief": belief, "measure": measure}).errors == {}
    nihito.wait_until_idle()
    assert person.view is below
    person.close()
    return below


def look(nihito: Nihito, person: Person) -> View:
    """Return the details of the first in the list."""
    below = open_list(person)
    row = next(e["block_id"] for e in below.payload["blocks"] if "hypothesis.look" in str(e))
    act = lambda: person.press(below, "hypothesis.look", block_id=row)  # noqa: E731
    return form_helpers.open_over(nihito, person, below, act)


def find(person: Person, typed: str = "half") -> str:
    """Return the value of the first option that the open form's search offers."""
    return str(person.options("hypothesis.find", typed)[0]["value"])


def plan(nihito: Nihito, person: Person, on: str, typed: str = "half") -> None:
    """Plan a visit that is to test the first hypothesis found."""
    form = nihito.open_form(person, "/visit", "plan")
    person.fill({"customer": form_helpers.new_customer(person)})
    person.press(form, "plan.more")
    form_helpers.wait_until(nihito, lambda: "hypothesis" in form.state_values)
    assert person.submit({"on": on, "at": "09:00", "hypothesis": find(person, typed)}).errors == {}
    nihito.slack.expect_message(to=person, containing="Planned")


def write(nihito: Nihito, person: Person, day: int) -> View:
    """Return the form of the debrief that is asked for after the visit."""
    nihito.tick_at(in_berlin(day, 12))
    asked = nihito.slack.expect_message(to=person, containing="What did you hear")
    person.press(asked, "prompt.write")
    return person.wait_for_view()


@EVERYWHERE
def test_from_the_statement_over_plan_brief_and_debrief_to_the_tally(
    nihito: Nihito, ada: Person
) -> None:
    assert HALF in str(state(nihito, ada).payload)
    plan(nihito, ada, "2026-03-10")
    tests = "on Tuesday 10 March, to test: “Half of them print every order”."
    assert f"You see them {tests}" in ada.run("/customer", MILL).text
    bo = form_helpers.new_pm(nihito, "Bo")
    assert f"Ada sees them {tests}" in bo.run("/customer", MILL).text
    nihito.tick_at(in_berlin(0, 14))
    nihito.tick_at(in_berlin(7))
    ahead = nihito.slack.expect_message(to=ada, containing="You see Brightwater Mill")
    assert f"The visit tests: {HALF} We would know: {MEASURE}" in ahead.text
    write(nihito, ada, 8)
    assert form_helpers.typed_value(ada, "hypothesis")["text"]["text"] == HALF
    assert form_helpers.typed_value(ada, "verdict") is None
    told = ada.submit({"story": "They print it all."}).errors
    assert told == {"verdict": "Say what you saw: unclear is an answer too."}
    assert ada.submit({"verdict": "supports"}).errors == {}
    nihito.wait_until_idle()
    nihito.slack.expect_message(to=ada, containing="is kept")
    assert "Supported by 1 visit." in listed(bo)
    seen = str(look(nihito, bo).payload["blocks"])
    assert "Brightwater Mill, Tuesday 10 March, Ada, video call" in seen
    assert "Settle it" not in seen


@EVERYWHERE
def test_a_debrief_that_is_changed_and_taken_back_changes_the_tally(
    nihito: Nihito, ada: Person
) -> None:
    state(nihito, ada)
    form_helpers.unfold(nihito, ada, nihito.open_form(ada, "/debrief"), "hypothesis")
    new = form_helpers.new_customer(ada)
    said = {"customer": new, "story": "They print.", "hypothesis": find(ada), "verdict": "supports"}
    assert ada.submit({**said, "kind": "proxy"}).errors == {}
    kept = nihito.slack.expect_message(to=ada, containing="is kept")
    assert "Only second-hand: supported by 1." in listed(ada)
    ada.press(kept, "debrief.change")
    ada.wait_for_view()
    assert form_helpers.typed_value(ada, "hypothesis")["text"]["text"] == HALF
    assert ada.submit({"verdict": "contradicts", "kind": "on_site"}).errors == {}
    nihito.slack.expect_message(to=ada, containing="is changed")
    assert "Contradicted by 1 visit." in listed(ada)
    ada.press(kept, "debrief.change")
    ada.press(ada.wait_for_view(), "debrief.take_back")
    nihito.wait_until_idle()
    ada.close()
    assert "No visit has tested it yet." in listed(ada)


@EVERYWHERE
def test_whoever_stated_it_closes_it_and_it_is_offered_no_more(nihito: Nihito, ada: Person) -> None:
    state(nihito, ada)
    plan(nihito, ada, "2026-03-02")
    look(nihito, ada)
    assert ada.submit({"settled": "refuted"}).errors == {}
    nihito.wait_until_idle()
    below = ada.wait_for_view()
    assert "Refuted on Monday 2 March: no visit has tested it yet." in str(below.payload)
    assert "Nothing is to be tested yet." in str(below.payload)
    ada.close()
    form = nihito.open_form(ada, "/debrief", MILL)
    assert "hypothesis" not in form.state_values
    form_helpers.unfold(nihito, ada, form, "hypothesis")
    assert [each["value"] for each in ada.options("hypothesis.find", "half")] == ["new:half"]


def test_what_is_stated_in_a_plan_has_no_measure_until_it_is_given_one(
    nihito: Nihito, ada: Person
) -> None:
    plan(nihito, ada, "2026-03-10", "They count by feel")
    assert "No measure yet." in listed(ada)
    look(nihito, ada)
    assert ada.submit({"measure": MEASURE}).errors == {}
    nihito.wait_until_idle()
    ada.close()
    said = listed(ada)
    assert "They count by feel" in said
    assert f"We would know: {MEASURE}" in said


def test_a_plan_that_is_changed_shows_its_hypothesis_and_takes_another(
    nihito: Nihito, ada: Person
) -> None:
    state(nihito, ada)
    state(nihito, ada, "They count by feel.")
    plan(nihito, ada, "2026-03-10")
    (planned,) = (each for each in ada.messages() if "Planned" in each.text)
    ada.press(planned, "planned.change")
    ada.wait_for_view()
    assert form_helpers.typed_value(ada, "hypothesis")["text"]["text"] == HALF
    assert ada.submit().errors == {}
    nihito.wait_until_idle()
    assert form_helpers.table_rows(nihito, "plans")[0]["version"] == 0
    ada.press(planned, "planned.change")
    ada.wait_for_view()
    assert ada.submit({"hypothesis": find(ada, "FEEL")}).errors == {}
    nihito.slack.expect_message(to=ada, containing="Changed")
    kept = form_helpers.table_rows(nihito, "plans")[0]
    assert (kept["version"], kept["hypothesis_id"]) == (1, 2)


def test_a_debrief_that_the_command_begins_is_of_the_planned_visit_too(
    nihito: Nihito, ada: Person
) -> None:
    state(nihito, ada)
    plan(nihito, ada, "2026-03-02")
    nihito.open_form(ada, "/debrief", MILL)
    assert form_helpers.typed_value(ada, "hypothesis")["text"]["text"] == HALF
    ada.close()
    nihito.wait_until_idle()
    assert form_helpers.count_rows(nihito, "unfinished") == (0,)


def test_a_form_that_goes_over_a_cap_states_nothing_before_it_is_kept(
    nihito: Nihito, ada: Person
) -> None:
    plan(nihito, ada, "2026-03-10", "They count by feel")
    form = nihito.open_form(ada, "/visit", "plan")
    ada.fill({"customer": form_helpers.new_customer(ada)})
    ada.press(form, "plan.more")
    form_helpers.wait_until(nihito, lambda: "hypothesis" in form.state_values)
    ada.submit({"on": "2026-03-12", "hypothesis": find(ada, "They guess")})
    assert "One visit in three weeks" in str(ada.wait_for_view().payload)
    assert form_helpers.typed_value(ada, "hypothesis")["value"] == "new:They guess"
    assert form_helpers.count_rows(nihito, "hypotheses") == (1,)
    ada.submit({"because": "They asked for it."})
    nihito.slack.expect_message(to=ada, containing="Planned")
    assert form_helpers.count_rows(nihito, "hypotheses") == (2,)


def test_nobody_closes_what_is_not_theirs_with_a_form_of_somebody_else(
    nihito: Nihito, ada: Person
) -> None:
    state(nihito, ada)
    form = look(nihito, ada)
    bo = form_helpers.new_pm(nihito, "Bo")
    sent = form_helpers.submit(nihito, bo, form)
    assert list(sent.errors.values()) == ["This belongs to somebody else."]
    ada.close()
    assert HALF in listed(ada)
