"""The one question after three nudges without an answer, as a PM sees it."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from bot.db import customers
from bot.db.nudges import queries as nudges
from bot.db.tables.nudges import barriers
from bot.domain.customers import Stage
from bot.domain.nudges.answers import NudgeAnswer
from bot.domain.nudges.rules import Strength
from bot.operations.nudges import question as question_operations
from bot.operations.nudges import sent
from bot.operations.staff import directory as staff
from sandbox.person import Person
from sandbox.workspace.state import Message
from tests.conftest import Nihito
from tests.times import in_berlin

# The days on which a PM who never answers gets a message, the question last. The first test goes
# through all days; the others go through these, and the days before them.
SPOKEN = (14, 17, 28, 31, 42, 45, 56)
THIRD = 42


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    ada = nihito.slack.add_user("Ada", tz="Europe/Berlin")
    nihito.join(ada, country="", strength=Strength.STANDARD)
    return ada


def said_on(nihito: Nihito, person: Person, days: Iterable[int]) -> list[tuple[int, str]]:
    """Go through these days; return each message to a person with its day."""
    said: list[tuple[int, str]] = []
    before = len(person.messages())
    for day in days:
        nihito.tick_at(in_berlin(day))
        fresh = person.messages()[before:]
        said += [(day, each.text) for each in fresh]
        before += len(fresh)
        for each in fresh:
            nihito.slack.expect_message(to=person, containing=each.text[:20])
    return said


def around(days: Iterable[int]) -> list[int]:
    """Return these days, and the day before each."""
    return [day for each in days for day in (each - 1, each)]


def question(nihito: Nihito, person: Person) -> Message:
    """Return the question, after three cycles of two weeks without an answer."""
    said = said_on(nihito, person, around(SPOKEN))
    assert "How shall I go on?" in said[-1][1]
    return person.messages()[-1]


def test_three_cycles_without_an_answer_bring_one_question_and_then_silence(
    nihito: Nihito, ada: Person
) -> None:
    said = said_on(nihito, ada, range(1, 84))
    assert [day for day, _ in said] == [*SPOKEN, 70, 73]
    assert ["How shall I go on?" in text for _, text in said].index(True) == 6
    assert sum("How shall I go on?" in text for _, text in said) == 1


def test_an_answer_in_time_brings_no_question(nihito: Nihito, ada: Person) -> None:
    said_on(nihito, ada, around(SPOKEN[: SPOKEN.index(THIRD) + 1]))
    third = ada.messages()[-1]
    ada.press(third, "nudge.barrier", "no_time")
    nihito.slack.expect_update(third, "fifteen minutes")
    said = said_on(nihito, ada, around((45, 56, 59, 70, 73)))
    assert len(said) == 5
    assert "How shall I go on?" not in str(said)


def test_keep_going_turns_the_question_into_the_nudge(nihito: Nihito, ada: Person) -> None:
    asked = question(nihito, ada)
    ada.press(asked, "question.keep_going")
    nihito.slack.expect_update(asked, "Your first customer visit is due")
    assert "You told me to keep going." in ada.run("/visit", "why").text
    nihito.tick_at(in_berlin(59))
    nihito.slack.expect_message(to=ada, containing="A customer would be glad")


def test_less_often_is_the_next_longer_interval_from_today(nihito: Nihito, ada: Person) -> None:
    asked = question(nihito, ada)
    assert "Every month instead" in str(asked.blocks)
    ada.press(asked, "question.less_often")
    nihito.slack.expect_update(
        asked,
        "From now on I ask every month. "
        "My next nudge comes on Wednesday 27 May at 09:30, Berlin time.",
    )
    for day in (59, 70, 85):
        nihito.tick_at(in_berlin(day))
    nihito.tick_at(in_berlin(86))
    nihito.slack.expect_message(to=ada, containing="visit is due")


def test_later_is_a_date_of_ones_own(nihito: Nihito, ada: Person) -> None:
    asked = question(nihito, ada)
    ada.press(asked, "question.later")
    ada.wait_for_view()
    ada.submit({"on": "2026-06-01"})
    nihito.slack.expect_update(asked, "Snoozed. I will ask again on Monday 1 June at 09:30")
    nihito.tick_at(in_berlin(90))
    nihito.tick_at(in_berlin(91))
    nihito.slack.expect_message(to=ada, containing="visit is due")


def test_stopping_counts_the_reason_without_the_name(nihito: Nihito, ada: Person) -> None:
    asked = question(nihito, ada)
    ada.press(asked, "question.stop")
    ada.wait_for_view()
    ada.submit({"why": "boss"})
    nihito.slack.expect_update(asked, "You will get no more nudges.")
    with nihito.services.engine.connect() as connection:
        (counted,) = connection.execute(select(barriers)).all()
    assert (counted.barrier, counted.count) == ("boss", 1)
    assert ada.id not in str(counted)
    nihito.tick_at(in_berlin(120))
    nihito.slack.assert_nothing_else()


def test_less_often_pressed_twice_is_one_step(nihito: Nihito, ada: Person) -> None:
    question(nihito, ada)
    now = in_berlin(56, 10)
    actor = staff.get_actor(nihito.services, nihito.workspace_id, ada.id, now)
    with nihito.services.reading(nihito.workspace_id) as tx:
        nudge = nudges.get_latest(tx, ada.id)
    assert nudge is not None
    widened = {
        question_operations.less_often(nihito.services, actor, nudge.id, 30, now).interval_days
        for _ in range(2)
    }
    assert widened == {30}


def test_stopping_asks_for_no_reason(nihito: Nihito, ada: Person) -> None:
    asked = question(nihito, ada)
    ada.press(asked, "question.stop")
    ada.wait_for_view()
    ada.submit({})
    nihito.slack.expect_update(asked, "You will get no more nudges.")


def test_whoever_has_the_longest_interval_is_not_offered_a_longer_one(
    nihito: Nihito, ada: Person
) -> None:
    nihito.open_form(ada, "/visit", "settings")
    ada.submit({"interval": "90"})
    nihito.slack.expect_message(to=ada, containing="Your settings are saved.")
    # Some days around each on which a message comes: notes go out in between.
    spoken = (91, 94, 182, 185, 270, 275, 360)
    said_on(nihito, ada, sorted({day + more for day in spoken for more in range(-4, 2)}))
    asked = ada.messages()[-1]
    assert "How shall I go on?" in asked.text
    assert "instead" not in str(asked.blocks)


def test_a_visit_settles_the_question(nihito: Nihito, ada: Person) -> None:
    asked = question(nihito, ada)
    nihito.open_form(ada, "/debrief")
    ada.options("customer.find", "Brightwater Mill")
    ada.submit({"customer": "new:Brightwater Mill", "story": "They type it in twice. Nobody said."})
    nihito.slack.expect_update(asked, "You saw Brightwater Mill")
    nihito.slack.expect_message(to=ada, containing="is kept")


def test_the_question_is_the_last_of_its_cycle_and_nothing_else_is_promised(
    nihito: Nihito, ada: Person
) -> None:
    question(nihito, ada)
    told = ada.run("/visit", "why").text
    assert "several before it had no answer, so I asked how to go on" in told
    assert "My next nudge comes on Monday 11 May at 09:30, Berlin time." in told


def test_whoever_dismisses_customers_is_not_asked_why_they_are_silent(
    nihito: Nihito, ada: Person
) -> None:
    with nihito.services.transaction(nihito.workspace_id) as tx:
        for number in range(9):
            customers.add(tx, f"Made-up Mills {number}", Stage.CUSTOMER)
    said_on(nihito, ada, around(SPOKEN[: SPOKEN.index(THIRD) + 1]))
    third = ada.messages()[-1]
    ada.press(third, "nudge.someone_else")
    nihito.slack.expect_update(third, "ideas")
    assert "How shall I go on?" not in str(said_on(nihito, ada, around((45, 56, 59))))


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_press_waits_for_another_one_of_the_same_nudge(nihito: Nihito, ada: Person) -> None:
    question(nihito, ada)
    now = in_berlin(56, 10)
    actor = staff.get_actor(nihito.services, nihito.workspace_id, ada.id, now)
    with ThreadPoolExecutor(1) as pool:
        with nihito.services.transaction(nihito.workspace_id) as tx:
            nudge = nudges.get_latest(tx, ada.id)
            assert nudge is not None
            sent.lock_nudge(tx, nudge.id)
            known = nihito.services, actor, nudge.id, 90, now
            pressed = pool.submit(question_operations.less_often, *known)
            with pytest.raises(TimeoutError):
                pressed.result(0.5)
            nudges.set_answer(tx, nudge.id, NudgeAnswer.LESS_OFTEN, now)
        assert pressed.result(5).interval_days == 14
