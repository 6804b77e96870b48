"""Whom a nudge would name today, for tests of suggestions."""

from datetime import date, timedelta

import pytest

from bot.db.suggestions import queries as suggestions
from bot.domain.suggestions.rules import Why, suggest
from tests.operations.operations_fixture import Office
from tests.times import T0

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
ADA = "U0000001"
TODAY = T0.date()


def day(count: int) -> date:
    return TODAY + timedelta(days=count)


def named(office: Office, today: date = TODAY) -> dict[str, tuple[Why, date | None]]:
    """The customers suggested, with the reason and its date."""
    with office.services.reading(office.workspace_id) as tx:
        found = suggest(suggestions.candidates(tx, ADA, today), today, seed=1)
    return {each.name: (each.why, each.on) for each in found}
