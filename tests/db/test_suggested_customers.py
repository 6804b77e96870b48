"""The customers of a nudge: rows are read as they were stored, and stored the same again."""

import json
from datetime import date

from bot.db.nudges.suggested_customers import SuggestedCustomer, from_json, to_json
from bot.domain.suggestions.coverage import Dimension, Skew
from bot.domain.suggestions.rules import SuggestionReason

STORED = (
    '[{"customer": 1, "why": "survey", "on": "2026-03-24", "lean": null, "before": []}, '
    '{"customer": 8, "why": "gap", "on": null, "lean": {"aspect": "stage", "sort": "lost", '
    '"seen": 0, "visits": 2, "share": 0.25, "unknown": 1}, "before": [3, 4]}]'
)
SUGGESTED = (
    SuggestedCustomer(1, SuggestionReason.SURVEY, date(2026, 3, 24)),
    SuggestedCustomer(
        8, SuggestionReason.GAP, None, Skew(Dimension.STAGE, "lost", 0, 2, 0.25, 1), (3, 4)
    ),
)


def test_a_stored_row_is_read() -> None:
    assert from_json(json.loads(STORED)) == SUGGESTED


def test_a_row_is_stored_under_the_same_names_and_codes() -> None:
    assert json.dumps(to_json(SUGGESTED)) == STORED


def test_a_row_without_what_later_versions_added_is_read() -> None:
    stored = '[{"customer": 9, "why": "gone", "on": null}]'
    expected = SuggestedCustomer(9, SuggestionReason.LOST_OR_CHURNED, None, None, ())
    assert from_json(json.loads(stored)) == (expected,)
