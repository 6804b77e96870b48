"""The customers that a nudge would suggest today, for tests of suggestions."""

from datetime import date, timedelta

import pytest

from bot.db.suggestions import queries as suggestions
from bot.domain.suggestions.rules import SuggestionReason, suggest
from tests.operations.operations_fixture import BotWorkspace
from tests.times import T0

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
ADA = "U0000001"
TODAY = T0.date()


def days_from_today(count: int) -> date:
    return TODAY + timedelta(days=count)


def suggested_customers(
    workspace: BotWorkspace, today: date = TODAY
) -> dict[str, tuple[SuggestionReason, date | None]]:
    """Return the suggested customers, each with the reason and its date."""
    with workspace.services.reading(workspace.workspace_id) as tx:
        found = suggest(suggestions.list_candidates(tx, ADA, today), today, seed=1)
    return {each.name: (each.reason, each.on) for each in found}
