"""Two PMs and one customer: claimed suggestions, and caps over all PMs together."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from bot.db import customers
from bot.db.tables.visits import visits
from bot.domain.customers import Stage
from sandbox.person import Person
from sandbox.workspace.state import Message
from tests.conftest import Nihito
from tests.times import T, in_berlin

EVERYWHERE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
NAMES = ("Brightwater Mill", "Fernleigh Post", "Harrow Tiles", "Quarry and Daughters")


@pytest.fixture
def pair(nihito: Nihito) -> tuple[Person, Person]:
    """Join Ada and Bo, and add four customers."""
    both = (
        nihito.slack.add_user("Ada", tz="Europe/Berlin"),
        nihito.slack.add_user("Bo", tz="Europe/Berlin"),
    )
    for person in both:
        nihito.join(person)
    with nihito.services.transaction(nihito.workspace_id) as tx:
        for name in NAMES:
            customers.add(tx, name, Stage.CUSTOMER)
    return both


def nudged(nihito: Nihito, *people: Person) -> list[Message]:
    """Return their nudges of Monday 16 March."""
    nihito.tick_at(in_berlin(14))
    return [nihito.slack.expect_message(to=each, containing="visit is due") for each in people]


def shared(*nudges: Message) -> str:
    """Return a customer that all nudges suggest: of four, each suggests three."""
    (name, *_) = (name for name in NAMES if all(name in str(each.blocks) for each in nudges))
    return name


def row(nudge: Message, name: str) -> str:
    """Return the id of the block that suggests a customer."""
    return next(each["block_id"] for each in nudge.blocks if name in str(each.get("text")))


@EVERYWHERE
def test_of_two_who_press_at_once_one_plans_and_the_other_is_offered_the_next(
    nihito: Nihito, pair: tuple[Person, Person]
) -> None:
    nudges = nudged(nihito, *pair)
    name, together = shared(*nudges), Barrier(2)

    def press(person: Person, nudge: Message) -> None:
        together.wait()
        person.press(nudge, "nudge.plan", block_id=row(nudge, name))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(press, pair, nudges))
    nihito.wait_until_idle()
    planning = [each for each in pair if each.view]
    (late,) = (each for each in pair if not each.view)
    assert len(planning) == 1
    told = nihito.slack.expect_update(
        nudges[pair.index(late)],
        f"{planning[0].name} is planning to see {name}. Here is somebody else.",
    )
    rows = [str(block["text"]) for block in told.blocks if block["type"] == "section"]
    assert len(rows) == 3
    assert name not in str(rows)


def test_whoever_is_first_keeps_the_customer_for_half_an_hour(
    nihito: Nihito, pair: tuple[Person, Person]
) -> None:
    ada, bo = pair
    adas, bos = nudged(nihito, ada, bo)
    name = shared(adas, bos)
    ada.press(adas, "nudge.plan", block_id=row(adas, name))
    ada.wait_for_view()
    ada.press(adas, "nudge.plan", block_id=row(adas, name))
    nihito.clock.at = in_berlin(14, 10, 0)
    bo.press(bos, "nudge.plan", block_id=row(bos, name))
    assert bo.wait_for_view()


def test_a_customer_whom_another_pm_is_planning_to_see_cannot_be_booked(
    nihito: Nihito, pair: tuple[Person, Person]
) -> None:
    ada, bo = pair
    adas, bos = nudged(nihito, ada, bo)
    name = shared(adas, bos)
    ada.press(adas, "nudge.plan", block_id=row(adas, name))
    ada.wait_for_view()
    nihito.open_form(bo, "/visit", "plan")
    chosen = bo.options("customer.find", name)[0]["value"]
    outcome = bo.submit({"customer": chosen, "on": "2026-03-20"})
    assert outcome.errors == {
        "customer": "Ada is planning to see this customer just now. Choose another one."
    }


def plan(nihito: Nihito, person: Person, on: str, **more: str) -> None:
    nihito.open_form(person, "/visit", "plan")
    chosen = person.options("customer.find", NAMES[0])[0]["value"]
    person.submit({"customer": chosen, "on": on, **more})


def reasons(nihito: Nihito) -> list[str | None]:
    with nihito.services.engine.connect() as connection:
        kept = select(visits.c.over_cap_reason).order_by(visits.c.id)
        return list(connection.execute(kept).scalars())


def test_going_over_a_cap_asks_for_a_reason_and_keeps_it(
    nihito: Nihito, pair: tuple[Person, Person]
) -> None:
    ada, bo = pair
    plan(nihito, ada, "2026-03-20")
    nihito.slack.expect_message(to=ada, containing="Planned: Brightwater Mill")
    plan(nihito, bo, "2026-03-30", kind="phone", goal="See them print.")
    form = bo.wait_for_view()
    assert "Ada sees them on Friday 20 March. One visit in three weeks" in str(form.payload)
    assert "See them print." in str(form.payload)
    assert reasons(nihito) == [None]
    assert "Say why, or choose another date" in bo.submit().errors["because"]
    bo.submit({"because": "They go live the day after."})
    nihito.slack.expect_message(to=bo, containing="Planned: Brightwater Mill, Monday 30 March.")
    assert reasons(nihito) == [None, "They go live the day after."]


def test_the_third_visit_in_a_quarter_asks_for_a_reason_too(
    nihito: Nihito, pair: tuple[Person, Person]
) -> None:
    ada, _ = pair
    for on in ("2026-03-20", "2026-04-13"):
        plan(nihito, ada, on)
        nihito.slack.expect_message(to=ada, containing="Planned")
    plan(nihito, ada, "2026-05-11")
    form = ada.wait_for_view()
    assert "You see them on Monday 13 April. Two visits in a quarter" in str(form.payload)


def test_another_date_within_the_caps_needs_no_reason(
    nihito: Nihito, pair: tuple[Person, Person]
) -> None:
    ada, bo = pair
    plan(nihito, ada, "2026-03-20")
    nihito.slack.expect_message(to=ada, containing="Planned")
    plan(nihito, bo, "2026-03-30")
    bo.wait_for_view()
    bo.submit({"on": "2026-04-20"})
    nihito.slack.expect_message(to=bo, containing="Planned: Brightwater Mill, Monday 20 April.")
    assert reasons(nihito) == [None, None]


def test_a_customer_seen_twice_in_a_quarter_is_not_suggested(
    nihito: Nihito, pair: tuple[Person, Person]
) -> None:
    ada, _ = pair
    for on in (T(days=-70), T(days=-30)):
        nihito.open_form(ada, "/debrief")
        chosen = ada.options("customer.find", NAMES[0])[0]["value"]
        story = "They type it in twice. Nobody has said so."
        ada.submit({"customer": chosen, "on": on.date().isoformat(), "story": story})
        nihito.slack.expect_message(to=ada, containing="is kept")
    for nudge in nudged(nihito, *pair):
        assert f"*{NAMES[0]}*" not in str(nudge.blocks)
