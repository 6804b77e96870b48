"""A private copy of a database: the same rows, and nothing of it reaches anyone else."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from bot.db import customers, workspaces
from bot.db.engine import Tx, make_engine, read_transaction, transaction
from bot.db.private_copy import private_copy
from bot.db.tables.customers import customers as table
from bot.domain.customers import Stage
from tests.times import T0

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
pytestmark = EVERY_DATABASE


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    made = make_engine(database)
    with transaction(made, "T1") as tx:
        workspaces.save(tx, "One", "U0BOT", T0)
        customers.add(tx, "Alder", Stage.CUSTOMER, domain="alder.example")
    yield made
    made.dispose()


def names(engine: Engine) -> list[str]:
    with read_transaction(engine, "T1") as tx:
        return list(tx.run(tx.select(table, table.c.name).order_by(table.c.id)).scalars())


def add(engine: Engine, name: str) -> None:
    with transaction(engine, "T1") as tx:
        customers.add(tx, name, Stage.CUSTOMER)


def test_a_copy_has_the_rows_of_its_moment(engine: Engine) -> None:
    with private_copy(engine) as copy:
        add(engine, "Birch")
        assert names(copy) == ["Alder"]


def test_what_is_committed_in_a_copy_stays_in_it(engine: Engine) -> None:
    with private_copy(engine) as copy:
        add(copy, "Birch")
        assert names(copy) == ["Alder", "Birch"]
        assert names(engine) == ["Alder"]
    assert names(engine) == ["Alder"]


def test_a_copy_rolls_back_too(engine: Engine) -> None:
    def break_off(copy: Engine) -> None:
        with transaction(copy, "T1") as tx:
            customers.add(tx, "Birch", Stage.CUSTOMER)
            raise ZeroDivisionError

    with private_copy(engine) as copy:
        with pytest.raises(ZeroDivisionError):
            break_off(copy)
        assert names(copy) == ["Alder"]


def add_cedar(tx: Tx) -> bool:
    """Add a customer, unless its domain is known."""
    row = tx.upsert(table).values(
        workspace_id="T1",
        name="Cedar",
        name_key="cedar",
        stage=Stage.CUSTOMER,
        domain="cedar.example",
        brand=False,
        new_market=False,
        new_geography=False,
    )
    return tx.run(row.on_conflict_do_nothing().returning(table.c.id)).first() is not None


def test_what_is_unique_is_unique_in_a_copy(engine: Engine) -> None:
    with private_copy(engine) as copy, transaction(copy, "T1") as tx:
        assert add_cedar(tx)
        assert not add_cedar(tx)


def test_no_one_waits_for_a_transaction_in_a_copy(engine: Engine) -> None:
    with private_copy(engine) as copy, transaction(copy, "T1") as tx:
        add_cedar(tx)
        tx.run(tx.update(table).values(region="North"))
        with transaction(engine, "T1") as other:
            if engine.dialect.name == "postgresql":
                other.connection.exec_driver_sql("SET LOCAL lock_timeout = '1s'")
            assert add_cedar(other)
            other.run(other.update(table).values(region="South"))


def test_a_copy_of_a_database_that_is_written_has_what_was_committed(engine: Engine) -> None:
    with transaction(engine, "T1") as tx:
        customers.add(tx, "Birch", Stage.CUSTOMER)
        with private_copy(engine) as copy:
            assert names(copy) == ["Alder"]


def test_nothing_is_left_of_a_copy(engine: Engine, database: str) -> None:
    with private_copy(engine) as copy:
        add(copy, "Birch")
    other = make_engine(database)
    assert [names(each) for each in (engine, other)] == [["Alder"]] * 2
    other.dispose()
