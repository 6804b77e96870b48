"""A planned visit: every field of its form, changed, called off, and from two windows."""

import pytest

from bot.db.visits import plans
from bot.db.visits import queries as visits
from bot.domain.visits.plans import VisitPlan
from bot.domain.visits.rules import Visit
from sandbox.delivery.outcome import Outcome
from sandbox.person import Person
from sandbox.workspace.state import View
from tests.conftest import Nihito
from tests.times import in_berlin

EVERYWHERE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
MILL, POST = "Brightwater Mill", "Fernleigh Post"
HYPOTHESIS = "Half of them print every order."


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    """Join Ada."""
    ada = nihito.slack.add_user("Ada", tz="Europe/Berlin")
    nihito.join(ada)
    return ada


def fill(nihito: Nihito, person: Person, name: str = MILL) -> View:
    """Open the form that plans a visit, and fill it in with a customer."""
    form = nihito.open_form(person, "/visit", "plan")
    person.options("customer.find", name)
    new = [each["value"] for each in person.options("customer.find", name)]
    person.fill({"customer": new[0]})
    return form


def unfold(nihito: Nihito, person: Person, form: View) -> None:
    person.press(form, "plan.more")
    nihito.wait_until_idle()


def state(person: Person) -> str:
    """Return the option that adds a hypothesis in the open form."""
    return str(person.options("hypothesis.find", HYPOTHESIS)[-1]["value"])


def plan(nihito: Nihito, person: Person, on: str, name: str = MILL, **more: str) -> None:
    fill(nihito, person, name)
    person.submit({"on": on, **more})
    nihito.slack.expect_message(to=person, containing=f"Planned: {name}")


def open_change(nihito: Nihito, person: Person) -> View:
    """Open the form that changes the first visit on Home."""
    press(person, "planned.change")
    nihito.wait_until_idle()
    return person.wait_for_view()


def press(person: Person, action: str) -> Outcome:
    home = person.open_home()
    assert home
    first = next(each["block_id"] for each in home.payload["blocks"] if action in str(each))
    return person.press(home, action, block_id=first)


def kept(nihito: Nihito, visit_id: int = 1) -> tuple[Visit, VisitPlan]:
    with nihito.services.reading(nihito.workspace_id) as tx:
        visit = visits.get(tx, visit_id)
        assert visit
        return visit, plans.get(tx, visit_id)


@EVERYWHERE
def test_everything_of_a_plan_is_kept(nihito: Nihito, ada: Person) -> None:
    bo, cleo = nihito.slack.add_user("Bo"), nihito.slack.add_user("Cleo")
    form = fill(nihito, ada)
    ada.fill({"on": "2026-03-11", "at": "14:00", "goal": "See them print.", "kind": "phone"})
    unfold(nihito, ada, form)
    more = {"hypothesis": state(ada), "criteria": "One order.", "follow_through": "A mail."}
    ada.submit({**more, "fellows": [bo, cleo], "sales_owner": bo})
    nihito.slack.expect_message(
        to=ada, containing="Planned: Brightwater Mill, Wednesday 11 March at 14:00."
    )
    visit, plan = kept(nihito)
    assert (visit.goal, visit.minutes) == ("See them print.", 30)
    assert (visit.starts_at, visit.ends_at) == (in_berlin(9, 14, 0), in_berlin(9, 14, 30))
    assert plan == VisitPlan(0, 1, "One order.", "A mail.", (bo.id, cleo.id), bo.id)


def test_a_length_that_is_chosen_counts(nihito: Nihito, ada: Person) -> None:
    plan(nihito, ada, "2026-03-11", at="09:00", minutes="240")
    visit, _ = kept(nihito)
    assert visit.ends_at == in_berlin(9, 13, 0)


def test_nothing_typed_is_lost_when_more_is_added_or_a_cap_is_met(
    nihito: Nihito, ada: Person
) -> None:
    plan(nihito, ada, "2026-03-11")
    form = fill(nihito, ada)
    ada.fill({"on": "2026-03-18", "goal": "Watch them count."})
    unfold(nihito, ada, form)
    ada.submit({"hypothesis": state(ada)})
    assert "One visit in three weeks" in str(ada.wait_for_view().payload)
    ada.submit({"because": "They asked for it."})
    nihito.slack.expect_message(to=ada, containing="Planned: Brightwater Mill")
    visit, plan_kept = kept(nihito, 2)
    assert (visit.goal, plan_kept.hypothesis_id) == ("Watch them count.", 1)


def test_more_that_is_added_after_a_cap_was_met_keeps_the_reason(
    nihito: Nihito, ada: Person
) -> None:
    plan(nihito, ada, "2026-03-11")
    fill(nihito, ada)
    ada.submit({"on": "2026-03-18"})
    form = ada.wait_for_view()
    ada.fill({"because": "They asked for it."})
    unfold(nihito, ada, form)
    assert "One visit in three weeks" in str(form.payload)
    ada.submit({"hypothesis": state(ada)})
    nihito.slack.expect_message(to=ada, containing="Planned: Brightwater Mill")


def test_the_sales_owner_of_the_last_plan_is_proposed(nihito: Nihito, ada: Person) -> None:
    bo = nihito.slack.add_user("Bo")
    unfold(nihito, ada, fill(nihito, ada))
    ada.submit({"on": "2026-03-11", "sales_owner": bo})
    nihito.slack.expect_message(to=ada, containing="Planned")
    form = fill(nihito, ada)
    unfold(nihito, ada, form)
    owner = next(each for each in form.payload["blocks"] if each["block_id"] == "sales_owner")
    assert owner["element"]["initial_user"] == bo.id


@EVERYWHERE
def test_a_changed_visit_moves_with_its_brief(nihito: Nihito, ada: Person) -> None:
    plan(nihito, ada, "2026-03-10", goal="See them print.")
    nihito.tick_at(in_berlin(0, 14))
    form = open_change(nihito, ada)
    assert "See them print." in str(form.payload)
    ada.submit({"on": "2026-03-12", "at": "10:00", "minutes": "60"})
    nihito.wait_until_idle()
    assert "on Thursday 12 March at 10:00" in str(ada.home)
    visit, changed = kept(nihito)
    assert (visit.ends_at, changed.version) == (in_berlin(10, 11, 0), 1)
    for day in (7, 9):
        nihito.tick_at(in_berlin(day))
        nihito.tick_at(in_berlin(day, 9, 31))
    nihito.slack.expect_message(to=ada, containing="You see Brightwater Mill on Thursday 12 March")


def test_a_visit_moved_to_and_fro_has_its_brief_once(nihito: Nihito, ada: Person) -> None:
    plan(nihito, ada, "2026-03-10")
    for on in ("2026-03-12", "2026-03-10"):
        nihito.tick_at(in_berlin(0, 14))
        open_change(nihito, ada)
        ada.submit({"on": on})
    for days in (7, 8):
        nihito.tick_at(in_berlin(days))
    nihito.slack.expect_message(to=ada, containing="You see Brightwater Mill on Tuesday 10 March")


def test_caps_are_looked_at_again_when_the_date_changes_and_only_then(
    nihito: Nihito, ada: Person
) -> None:
    plan(nihito, ada, "2026-03-11")
    plan(nihito, ada, "2026-04-13")
    open_change(nihito, ada)
    assert ada.submit({"goal": "See them count."}).errors == {}
    nihito.wait_until_idle()
    assert ada.view is None
    open_change(nihito, ada)
    ada.submit({"on": "2026-03-26"})
    assert "You see them on Monday 13 April. One visit" in str(ada.wait_for_view().payload)
    ada.submit({"because": "They go live."})
    nihito.wait_until_idle()
    assert kept(nihito)[0].on.isoformat() == "2026-03-26"


def test_two_windows_do_not_change_a_plan_without_knowing_of_each_other(
    nihito: Nihito, ada: Person
) -> None:
    plan(nihito, ada, "2026-03-11")
    old = open_change(nihito, ada)
    stack = list(nihito.slack.workspace.stacks[ada.id])
    open_change(nihito, ada)
    ada.submit({"on": "2026-03-12", "goal": "See them pack."})
    nihito.wait_until_idle()
    old.open = True
    nihito.slack.workspace.stacks[ada.id] = stack
    ada.submit({"goal": "See them print."})
    form = ada.wait_for_view()
    assert "the visit is on Thursday 12 March now. Save, and it is as" in str(form.payload)
    ada.submit()
    nihito.wait_until_idle()
    visit, changed = kept(nihito)
    assert (visit.goal, visit.on.isoformat()) == ("See them print.", "2026-03-11")
    assert changed.version == 2


def test_a_visit_called_off_silences_nothing_and_has_no_brief(nihito: Nihito, ada: Person) -> None:
    plan(nihito, ada, "2026-03-25")
    nihito.tick_at(in_berlin(0, 14))
    for day in (14, 15):
        nihito.tick_at(in_berlin(day))
    home = ada.open_home()
    assert home
    assert "My next nudge comes on Tuesday 31 March" in str(home.payload)
    press(ada, "planned.call_off")
    nihito.wait_until_idle()
    assert "Coming up" not in str(ada.home)
    assert "My next nudge comes on Wednesday 18 March at 09:30" in str(ada.home)
    nihito.tick_at(in_berlin(16))
    nihito.slack.expect_message(to=ada, containing="Your first customer visit is due")
    nihito.tick_at(in_berlin(22))
    nihito.slack.assert_nothing_else()


def test_a_visit_is_called_off_once_and_then_changed_no_more(nihito: Nihito, ada: Person) -> None:
    plan(nihito, ada, "2026-03-11")
    (told,) = (each for each in ada.messages() if "Planned" in each.text)
    open_change(nihito, ada)
    ada.press(told, "planned.call_off")
    nihito.slack.expect_message(
        to=ada,
        containing="Called off: Brightwater Mill, Wednesday 11 March. Your next visit is due on "
        "Monday 16 March. My next nudge comes on Monday 16 March at 09:30",
    )
    assert set(ada.submit({"goal": "Too late."}).errors.values()) == {
        "This visit has been called off."
    }
    for action in ("planned.call_off", "planned.change"):
        ada.press(told, action)
        nihito.slack.expect_message(to=ada, containing="This visit has been called off.")


def test_a_visit_that_was_written_down_is_not_changed(nihito: Nihito, ada: Person) -> None:
    plan(nihito, ada, "2026-03-02")
    (told,) = (each for each in ada.messages() if "Planned" in each.text)
    nihito.open_form(ada, "/debrief")
    known = ada.options("customer.find", MILL)[0]["value"]
    ada.submit({"customer": known, "story": "They print it all. Nobody asked."})
    nihito.slack.expect_message(to=ada, containing="is kept")
    for action in ("planned.call_off", "planned.change"):
        ada.press(told, action)
        nihito.slack.expect_message(to=ada, containing="its debrief is written.")


@pytest.mark.parametrize("action", ["planned.call_off", "planned.change"])
def test_another_pms_visit_is_left_alone(nihito: Nihito, ada: Person, action: str) -> None:
    bo = nihito.slack.add_user("Bo", tz="Europe/Berlin")
    nihito.join(bo)
    plan(nihito, ada, "2026-03-11")
    plan(nihito, bo, "2026-03-12", POST)
    (told,) = (each for each in bo.messages() if "Planned" in each.text)
    for block in told.blocks:
        for element in block["elements"]:
            if element.get("action_id") == action:
                element["value"] = "1"
    bo.press(told, action)
    nihito.slack.expect_message(to=bo, containing="This belongs to somebody else.")
    assert kept(nihito)[0].state == "booked"


@EVERYWHERE
def test_a_visit_goes_into_a_calendar_and_a_change_follows_it(nihito: Nihito, ada: Person) -> None:
    plan(nihito, ada, "2026-03-11", at="14:00", goal="See them print.")
    for version, start in ((0, "20260311T130000Z"), (1, "20260311T140000Z")):
        press(ada, "planned.calendar")
        nihito.wait_until_idle()
        nihito.slack.expect_message(to=ada, containing="for your calendar")
        *_, file = nihito.slack.workspace.files.values()
        assert (file.name, file.shared_in) == ("visit.ics", [ada.dm.id])
        told = file.content.decode()
        assert f"SEQUENCE:{version}\r\n" in told
        assert f"DTSTART:{start}\r\n" in told
        assert "UID:visit-1@t0000001.nihito\r\n" in told
        if version == 0:
            open_change(nihito, ada)
            ada.submit({"at": "15:00"})
            nihito.wait_until_idle()


def test_a_refused_calendar_file_is_told_in_words(nihito: Nihito, ada: Person) -> None:
    plan(nihito, ada, "2026-03-11")
    (told,) = (each for each in ada.messages() if "Planned" in each.text)
    nihito.slack.fail("files.completeUploadExternal", "missing_scope")
    ada.press(told, "planned.calendar")
    nihito.slack.expect_message(to=ada, containing="Slack did not take the calendar file.")
