"""Instants in the database: stored aware, read back unchanged, in order, on both engines."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.exc import StatementError

from bot.db.engine import make_engine, transaction
from bot.db.tables.workspaces import workspaces
from tests.times import T0, T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
WALL = T0.replace(tzinfo=None)
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(
    [
        UTC,
        timezone(timedelta(hours=5, minutes=45)),
        *map(ZoneInfo, ("Europe/Berlin", "America/New_York", "Pacific/Apia")),
    ]
)


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    made = make_engine(database)
    yield made
    made.dispose()


def keep(engine: Engine, name: str, at: datetime) -> None:
    with transaction(engine, name) as tx:
        row = tx.upsert(workspaces).values(
            id=name, name="", bot_user_id="U0BOT", created_at=T0, review_at=at
        )
        tx.run(row.on_conflict_do_update(index_elements=["id"], set_={"review_at": at}))


def kept(engine: Engine, name: str) -> datetime:
    with transaction(engine, name) as tx:
        chosen = select(workspaces.c.review_at).where(workspaces.c.id == name)
        found: datetime = tx.run(chosen).scalar_one()
        return found


@EVERY_DATABASE
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.datetimes(WALL.replace(year=1990), WALL.replace(year=2100), timezones=ZONES))
def test_an_instant_comes_back_as_it_was(engine: Engine, at: datetime) -> None:
    keep(engine, "T1", at)
    # Not by `==` across zones: Python says that a time in a gap equals nothing.
    assert kept(engine, "T1") == at.astimezone(UTC)
    assert kept(engine, "T1").utcoffset() == timedelta(0)


@EVERY_DATABASE
@pytest.mark.parametrize("fold", [0, 1])
def test_the_two_half_past_twos_of_an_autumn_night_stay_apart(engine: Engine, fold: int) -> None:
    at = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=fold)
    keep(engine, "T1", at)
    assert kept(engine, "T1") == datetime(2026, 10, 25, fold, 30, tzinfo=UTC)


@EVERY_DATABASE
def test_a_naive_datetime_is_refused(engine: Engine) -> None:
    with pytest.raises(StatementError, match="naive datetime"):
        keep(engine, "T1", T0.replace(tzinfo=None))


@EVERY_DATABASE
def test_a_naive_datetime_is_refused_in_a_question_too(engine: Engine) -> None:
    naive = T0.replace(tzinfo=None)
    chosen = select(workspaces).where(workspaces.c.review_at <= naive)
    with transaction(engine, "T1") as tx, pytest.raises(StatementError, match="naive datetime"):
        tx.run(chosen)


@EVERY_DATABASE
def test_instants_are_compared_as_instants_whatever_zone_they_came_in(engine: Engine) -> None:
    moments = [T0, T(minutes=1), T0 + timedelta(microseconds=1), T(hours=-1), T(days=1)]
    shown_in = [UTC, BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata"), UTC]
    for number, (at, zone) in enumerate(zip(moments, shown_in, strict=True)):
        keep(engine, f"T{number}", at.astimezone(zone))
    with transaction(engine, "") as tx:
        order = select(workspaces.c.review_at).order_by(workspaces.c.review_at)
        assert list(tx.run(order).scalars()) == sorted(moments)
        early = select(workspaces.c.id).where(workspaces.c.review_at <= T0.astimezone(BERLIN))
        assert set(tx.run(early).scalars()) == {"T0", "T3"}
