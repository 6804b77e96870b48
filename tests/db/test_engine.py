"""The engine: transactions are all or nothing, and writers wait for each other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from bot.db import workspaces
from bot.db.engine import (
    IDLE_TRANSACTION_SECONDS,
    LOCK_TIMEOUT_SECONDS,
    Tx,
    make_engine,
    read_transaction,
    transaction,
)
from bot.db.tables.workspaces import workspaces as table
from bot.domain.outbox.delivery_policy import DeliveryPolicy
from tests.times import T0

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
TIMES = {"created_at": T0, "review_at": T0}


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    made = make_engine(database)
    yield made
    made.dispose()


def keep(engine: Engine, name: str, *, stay: bool = True) -> None:
    with transaction(engine, name, commit=stay) as tx:
        workspaces.save(tx, name, "U0BOT", T0)


@EVERY_DATABASE
def test_leaving_by_an_error_undoes_everything(engine: Engine) -> None:
    def break_off() -> None:
        with transaction(engine, "T1") as tx:
            workspaces.save(tx, "One", "U0BOT", T0)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert workspaces.list_ids(engine) == []


@EVERY_DATABASE
def test_a_dry_run_undoes_everything(engine: Engine) -> None:
    keep(engine, "T1", stay=False)
    assert workspaces.list_ids(engine) == []


def ids(tx: Tx) -> list[str]:
    return list(tx.run(select(table.c.id).order_by(table.c.id)).scalars())


def test_on_sqlite_a_reader_stops_no_writer_and_goes_on_seeing_what_it_saw(
    engine: Engine,
) -> None:
    keep(engine, "T1")
    with read_transaction(engine, "") as tx:
        assert ids(tx) == ["T1"]
        keep(engine, "T2")
        assert ids(tx) == ["T1"]
    assert workspaces.list_ids(engine) == ["T1", "T2"]


def test_on_sqlite_a_writer_stops_no_reader(engine: Engine) -> None:
    keep(engine, "T1")
    with transaction(engine, "T2") as tx:
        workspaces.save(tx, "Two", "U0BOT", T0)
        assert workspaces.list_ids(engine) == ["T1"]
    assert workspaces.list_ids(engine) == ["T1", "T2"]


def test_on_sqlite_writers_queue_instead_of_failing(engine: Engine) -> None:
    """Two transactions each read and then write; without a queue one of them would fail."""

    def count_up(number: int) -> None:
        with transaction(engine, f"T{number}") as tx:
            seen = ids(tx)
            workspaces.save(tx, str(len(seen)), "U0BOT", T0)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_up, range(24)))
    with read_transaction(engine, "") as tx:
        names = tx.run(select(table.c.name)).scalars()
        assert sorted(names, key=int) == [str(number) for number in range(24)]


@EVERY_DATABASE
def test_an_error_of_the_database_does_not_repeat_what_was_written(engine: Engine) -> None:
    keep(engine, "T1")
    with pytest.raises(IntegrityError) as caught, transaction(engine, "T1") as tx:
        tx.run(insert(table).values(id="T1", name="A customer's words", bot_user_id="U", **TIMES))
    assert "customer's words" not in str(caught.value)


@EVERY_DATABASE
def test_one_at_a_time_makes_the_second_wait_for_the_first(engine: Engine) -> None:
    order: list[str] = []
    inside = Event()

    def second() -> None:
        inside.wait(5)
        with transaction(engine, "T1") as tx:
            tx.advisory_lock("a form")
            order.append("second")

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(second)
        with transaction(engine, "T1") as tx:
            tx.advisory_lock("a form")
            inside.set()
            assert not wait([waiting], timeout=0.2).done
            order.append("first")
        waiting.result(5)
    assert order == ["first", "second"]


@ON_POSTGRESQL
def test_on_postgresql_another_workspaces_key_is_another_key(engine: Engine) -> None:
    with transaction(engine, "T1") as first, transaction(engine, "T2") as other:
        first.advisory_lock("a form")
        other.advisory_lock("a form")


@ON_POSTGRESQL
def test_a_copy_that_is_frozen_in_a_transaction_holds_the_others_up_only_for_a_while(
    engine: Engine,
) -> None:
    keep(engine, "T1")

    def freeze() -> None:
        with transaction(engine, "T1") as frozen:
            frozen.run(text("SET LOCAL idle_in_transaction_session_timeout = '300ms'"))
            workspaces.set_interval(frozen, 7)
            # Waits for the row.
            with transaction(engine, "T1") as other:
                workspaces.set_interval(other, 14)
            frozen.run(select(table))

    with pytest.raises(DBAPIError):
        freeze()
    # What it awakes to: its transaction is undone, and the next one gets another connection.
    with transaction(engine, "T1") as tx:
        assert workspaces.get_interval_days(tx) == 14


@ON_POSTGRESQL
def test_an_open_transaction_ends_before_a_wait_for_its_locks_and_both_before_a_lease(
    engine: Engine,
) -> None:
    with read_transaction(engine, "") as tx:
        found = [
            int(tx.run(text(f"SHOW {name}")).scalar_one().removesuffix("s"))
            for name in ("idle_in_transaction_session_timeout", "lock_timeout")
        ]
    assert found == [IDLE_TRANSACTION_SECONDS, LOCK_TIMEOUT_SECONDS]
    lease = DeliveryPolicy().lease.total_seconds()
    assert IDLE_TRANSACTION_SECONDS < LOCK_TIMEOUT_SECONDS < lease


@ON_POSTGRESQL
def test_what_the_address_says_of_the_connection_counts(database: str) -> None:
    engine = make_engine(f"{database}&keepalives_idle=77")
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        found = driver.info.get_parameters()
    engine.dispose()
    assert (found["keepalives_idle"], found["keepalives_count"]) == ("77", "3")


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all.db", "postgresql://u:hunter2@127.0.0.1:9/none"]
)
def test_a_database_that_is_away_is_an_error_without_its_password(url: str) -> None:
    engine = make_engine(url)
    with pytest.raises(OperationalError) as caught:
        workspaces.list_ids(engine)
    assert "hunter2" not in str(caught.value) + repr(engine)
