"""Ticks over many PMs: few statements, one row for each nudge, and nobody who stops the others."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from time import perf_counter

import pytest
from sqlalchemy import Engine, Table, event, func, select, text

from benchmarks.support import seed_pms as crowd
from bot.db.engine import make_engine
from bot.db.staff import pms as pm_rows
from bot.db.tables.nudges import nudges as nudges_table
from bot.db.tables.outbox import outbox
from bot.domain.nudges.rules import Planned, Strength
from bot.domain.outbox.outcomes import Fate, Outcome
from bot.domain.staff.pms import Pm
from bot.operations.nudges import scheduling as nudges
from bot.operations.nudges import sent as standing
from bot.operations.staff import pms
from tests.operations.operations_fixture import Office
from tests.times import T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
HOUR = timedelta(hours=1)


def fill(office: Office, count: int, due: int) -> None:
    """So many PMs of many places, of whom the first are due at the crowd's noon."""
    with office.services.transaction(office.workspace_id) as tx:
        crowd.settle(tx, count)
        crowd.fall_due(tx, due, crowd.NOW)


def remind(office: Office) -> Sequence[Outcome]:
    return nudges.remind(office.services, office.workspace_id, crowd.NOW)


def rows(engine: Engine, table: Table) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """What is asked of the database, transactions' beginnings aside."""
    found: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith("BEGIN"):
            found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("due", [20, 400])
@EVERY_DATABASE
def test_a_batch_takes_four_statements_however_many_are_due(office: Office, due: int) -> None:
    fill(office, 450, due)
    with statements(office.services.engine) as asked:
        assert len(remind(office)) == due
    assert len(asked) == 4, asked


@EVERY_DATABASE
def test_a_tick_looks_at_all_who_are_due_and_at_each_once(office: Office) -> None:
    fill(office, 5_000, 2_000)
    started = perf_counter()
    outcomes = remind(office)
    took = perf_counter() - started
    assert len({each.subject for each in outcomes}) == len(outcomes) == 2_000
    assert remind(office) == []
    queued = sum(each.fate is Fate.QUEUED for each in outcomes)
    assert 1_600 < queued == rows(office.services.engine, outbox)
    # The benchmark asks for a fifth of it; this is for what is slower by orders of magnitude.
    assert took < 5


@EVERY_DATABASE
def test_a_nudge_is_a_letter_and_a_plan_until_it_is_drawn(office: Office) -> None:
    ada = office.pm("Ada")
    before = pm(office, ada.id)
    (outcome,) = nudges.remind(office.services, office.workspace_id, T(days=14))
    assert (outcome.fate, outcome.reason) == (Fate.QUEUED, "due")
    assert rows(office.services.engine, nudges_table) == 0
    after = pm(office, ada.id)
    assert after == replace(before, planned=after.planned, asked=before.planned)
    assert after.planned.on > before.planned.on
    with office.services.reading(office.workspace_id) as tx:
        (letter,) = tx.run(tx.select(outbox)).all()
    assert (letter.subject, letter.period) == (ada.id, before.planned.on.isoformat())
    assert (letter.destination, letter.due_at) == (ada.id, before.planned.at)


def pm(office: Office, user_id: str) -> Pm:
    with office.services.reading(office.workspace_id) as tx:
        found = pm_rows.get(tx, user_id)
    assert found is not None
    return found


def test_a_nudge_that_is_drawn_again_names_the_same_customers(office: Office) -> None:
    ada = pm(office, office.pm("Ada").id)
    for number in range(20):
        office.customer(f"Customer {number}")
    with office.services.transaction(office.workspace_id) as tx:
        first = standing.drawn(tx, ada, ada.planned, T(days=14))
    office.customer("Newcomer")
    with office.services.transaction(office.workspace_id) as tx:
        assert standing.drawn(tx, ada, ada.planned, T(days=15)) == first
    assert len(first.suggested) == 3


@EVERY_DATABASE
def test_a_look_that_holds_keeps_what_was_asked_for_last(office: Office) -> None:
    ada = office.pm("Ada", strength=Strength.STANDARD)
    nudges.remind(office.services, office.workspace_id, T(days=14))
    asked = pm(office, ada.id).asked
    office.book(ada, office.customer("Brightwater Mill"), T(days=18).date())
    (outcome,) = nudges.remind(office.services, office.workspace_id, T(days=17))
    assert (outcome.fate, outcome.reason) == (Fate.HELD, "visit_booked")
    assert pm(office, ada.id).asked == asked is not None


def test_a_date_that_was_asked_for_before_is_not_asked_for_again(office: Office) -> None:
    ada = office.pm("Ada")
    planned = pm(office, ada.id).planned
    nudges.remind(office.services, office.workspace_id, T(days=14))
    plan(office, ada.id, planned)
    (outcome,) = nudges.remind(office.services, office.workspace_id, T(days=14, hours=1))
    assert (outcome.fate, outcome.reason) == (Fate.DROPPED, "sent_already")
    assert pm(office, ada.id).planned.on > planned.on


def plan(office: Office, user_id: str, planned: Planned) -> None:
    with office.services.transaction(office.workspace_id) as tx:
        pm_rows.plan(tx, user_id, planned)


def test_new_settings_do_not_bring_a_nudge_again_that_waits(office: Office) -> None:
    ada = office.pm("Ada")
    nudges.remind(office.services, office.workspace_id, T(days=14))
    office.clock.at = T(days=14)
    choices = pms.choices(office.services, office.actor(ada))
    assert choices is not None
    pms.join(
        office.services, office.actor(ada), replace(choices, at=T(hours=-2).time()), T(days=14)
    )
    assert nudges.remind(office.services, office.workspace_id, T(days=14, hours=1)) == []


def test_a_rehearsal_looks_at_everybody_once_and_keeps_nothing(office: Office) -> None:
    fill(office, 1_100, 1_050)
    rehearsal = office.services.rehearsal()
    outcomes = nudges.remind(rehearsal, office.workspace_id, crowd.NOW)
    assert len({each.subject for each in outcomes}) == len(outcomes) == 1_050
    assert rows(office.services.engine, outbox) == 0


# A zone that no longer exists can be read and not decided on; a date that is none cannot be read.
@pytest.mark.parametrize(
    ("database", "broken"),
    [
        ("sqlite", "zone = 'Nowhere/Atlantis'"),
        ("sqlite", "next_on = 'soon'"),
        ("sqlite", "working_days = '[0, 1'"),
        ("postgresql", "step = 'someday'"),
        ("postgresql", "anchor_on = 'infinity'"),
    ],
    indirect=["database"],
)
def test_a_row_that_nobody_can_read_stops_nobody_else(office: Office, broken: str) -> None:
    ada, bo, cy = (office.pm(name) for name in ("Ada", "Bo", "Cy"))
    with office.services.engine.begin() as connection:
        connection.execute(text(f"UPDATE pms SET {broken} WHERE user_id = '{bo.id}'"))
    outcomes = nudges.remind(office.services, office.workspace_id, T(days=14))
    assert {each.subject: (each.fate, each.reason) for each in outcomes} == {
        ada.id: (Fate.QUEUED, "due"),
        bo.id: (Fate.HELD, "failed"),
        cy.id: (Fate.QUEUED, "due"),
    }
    soon = T(days=14) + HOUR - timedelta(seconds=1)
    assert nudges.remind(office.services, office.workspace_id, soon) == []
    (again,) = nudges.remind(office.services, office.workspace_id, T(days=14) + HOUR)
    assert (again.subject, again.reason) == (bo.id, "failed")


@POSTGRESQL
def test_three_copies_that_tick_at_once_ask_for_each_nudge_once(
    office: Office, database: str
) -> None:
    fill(office, 350, 300)
    copies = [replace(office.services, engine=make_engine(database)) for _ in range(3)]
    with ThreadPoolExecutor(len(copies)) as pool:
        ticks = [
            pool.submit(nudges.remind, each, office.workspace_id, crowd.NOW) for each in copies
        ]
        outcomes = [each for tick in ticks for each in tick.result()]
    for each in copies:
        each.engine.dispose()
    assert len({each.subject for each in outcomes}) == len(outcomes) == 300
    queued = sum(each.fate is Fate.QUEUED for each in outcomes)
    assert 200 < queued == rows(office.services.engine, outbox)


@POSTGRESQL
def test_a_pm_whose_settings_change_this_moment_is_looked_at_afterwards(office: Office) -> None:
    ada = office.pm("Ada")
    with office.services.transaction(office.workspace_id) as tx:
        taken = pm_rows.take(tx, ada.id)
        assert nudges.remind(office.services, office.workspace_id, T(days=14)) == []
        assert taken is not None
        pm_rows.keep(tx, taken)
    (outcome,) = nudges.remind(office.services, office.workspace_id, T(days=14))
    assert outcome.fate is Fate.QUEUED
