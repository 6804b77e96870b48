"""Choose suggestions from the database, save them with a nudge, and show them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zlib import crc32

from bot.db import customers
from bot.db.engine import Tx
from bot.db.nudges import queries as nudges
from bot.db.nudges.queries import NudgeRow
from bot.db.nudges.suggested_customers import SuggestedCustomer
from bot.db.suggestions import claims, coverage
from bot.db.suggestions import queries as suggestions
from bot.domain.staff.pms import Pm
from bot.domain.suggestions.coverage import list_by_shortfall, throw_dart
from bot.domain.suggestions.rules import (
    Suggestion,
    SuggestionContext,
    SuggestionReason,
    draw_reason,
    suggest,
)
from bot.domain.working_time import local_date

# Gaps in coverage are found in a PM's visits of this long, and in this many of them.
COVERAGE_WINDOW = timedelta(days=365)
MAX_VISITS = 10


def stable_seed(user_id: str, on: date) -> int:
    """Return a seed that is the same on every machine, unlike `hash`."""
    return crc32(f"{user_id}{on.isoformat()}".encode())


def choose_suggestions(
    tx: Tx, pm_id: str, zone: str, now: datetime, seed: int, excluded: Collection[int] = ()
) -> Sequence[Suggestion]:
    """Choose up to three customers worth a visit; a seed gives the same ones if nothing changes.

    Never one that a PM is planning to visit just now.
    """
    today = local_date(now, zone)
    others = {*excluded, *claims.list_claimed(tx, now)}
    context = build_context(tx, pm_id, today, seed)
    found = suggestions.list_candidates(tx, pm_id, today, seed, others, context)
    return suggest(found, today, seed, others, context)


def are_available(tx: Tx, pm: Pm, customer_ids: Sequence[int], now: datetime) -> bool:
    """Return whether a PM may still be sent to all of these customers."""
    today = local_date(now, pm.settings.hours.zone)
    claimed = claims.list_claimed(tx, now)
    available = suggestions.list_available(tx, pm.user_id, today, claimed, customer_ids)
    return available == {*customer_ids}


def build_context(tx: Tx, pm_id: str, today: date, seed: int) -> SuggestionContext:
    """Build what a PM's candidates are weighed on.

    The month's dart, a region or segment drawn at random, is the same for all PMs.
    """
    visited, wanted = (
        coverage.list_visited(tx, pm_id, today - COVERAGE_WINDOW, MAX_VISITS),
        coverage.get_wanted_mix(tx),
    )
    reason = draw_reason(seed)
    month = f"{tx.workspace_id} {today:%Y-%m}"
    dart_skew = throw_dart(month, visited, wanted) if reason is SuggestionReason.DART else None
    return SuggestionContext(list_by_shortfall(visited, wanted), dart_skew, reason)


def to_suggested_customers(
    found: Sequence[Suggestion], before: Sequence[int]
) -> Sequence[SuggestedCustomer]:
    """Return suggestions as a nudge has them, with the ids of customers named `before`."""
    return [
        SuggestedCustomer(each.customer_id, each.reason, each.on, each.skew, tuple(before))
        for each in found
    ]


def replace_suggestion(
    tx: Tx, nudge: NudgeRow, customer_id: int, zone: str, now: datetime
) -> NudgeRow:
    """Replace a customer in a nudge by the next one; it is unchanged if it didn't name that one.

    `zone` is the PM's.
    """
    before = customers_named(nudge)
    others = [
        replace(each, before=tuple(before))
        for each in nudge.suggested
        if each.customer_id != customer_id
    ]
    if len(others) < len(nudge.suggested):
        fresh = choose_suggestions(tx, nudge.pm_id, zone, now, nudge.id, before)[:1]
        nudges.set_suggested(tx, nudge.id, [*others, *to_suggested_customers(fresh, before)])
    return nudges.get(tx, nudge.id) or nudge


def customers_named(nudge: NudgeRow) -> list[int]:
    """Return the ids of the customers that a nudge names, and of those it named before."""
    named = [each.customer_id for each in nudge.suggested]
    return [*named, *(id for each in nudge.suggested for id in each.before)]


def get_suggestion(tx: Tx, suggested: SuggestedCustomer) -> Suggestion:
    """Return a suggestion that a nudge has, under the customer's name of today."""
    customer = customers.get(tx, suggested.customer_id)
    name = customer.name if customer else ""
    return Suggestion(suggested.customer_id, name, suggested.reason, suggested.on, suggested.skew)
