"""Queries on Slack's rate limits, by workspace and method."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import func, or_

from bot.db.engine import Tx
from bot.db.tables.outbox import rates
from bot.domain.outbox.rates import MAX_RETRY_AFTER, RateUsage


def get_for_update(tx: Tx, methods: Iterable[str], now: datetime) -> Mapping[str, RateUsage]:
    """Lock and return the rate usage of each method, adding those that are new."""
    wanted = sorted(methods)
    found = _select_for_update(tx, wanted)
    if len(found) == len(wanted):
        return found
    fresh = [{"workspace_id": tx.workspace_id, "method": each, "free_at": now} for each in wanted]
    tx.run(tx.upsert(rates).on_conflict_do_nothing(), fresh)
    return _select_for_update(tx, wanted)


def save(tx: Tx, method: str, rate: RateUsage) -> None:
    """Save the usage of a method's rate."""
    tx.run(tx.update(rates).where(rates.c.method == method).values(free_at=rate.free_at))


def mark_limited(tx: Tx, method: str, until: datetime, now: datetime) -> None:
    """Save that Slack wants no calls of a method until an instant, from any process."""
    row = tx.upsert(rates).values(
        workspace_id=tx.workspace_id, method=method, free_at=now, held_until=until
    )
    known = func.coalesce(rates.c.held_until, until)
    # The longer one counts, unless it is longer than Slack can have asked for.
    shorter = or_(known <= until, known > now + MAX_RETRY_AFTER)
    key = ["workspace_id", "method"]
    tx.run(row.on_conflict_do_update(index_elements=key, set_={"held_until": until}, where=shorter))


def list_rate_limited(tx: Tx, now: datetime) -> Mapping[str, datetime]:
    """Return, for each method that Slack has limited, until when."""
    found = tx.select(rates).where(
        rates.c.held_until > now, rates.c.held_until <= now + MAX_RETRY_AFTER
    )
    return {row.method: row.held_until for row in tx.run(found)}


def _select_for_update(tx: Tx, methods: list[str]) -> Mapping[str, RateUsage]:
    chosen = tx.select(rates).where(rates.c.method.in_(methods)).order_by(rates.c.method)
    rows = tx.run(chosen.with_for_update())
    return {row.method: RateUsage(row.free_at, row.held_until) for row in rows}
