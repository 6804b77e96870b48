"""Corrections of the outbox after the clock was set back: what it holds must not wait for hours."""

from datetime import datetime, timedelta

from sqlalchemy import and_, case

from bot.db.engine import Tx
from bot.db.outbox.queries import OPEN_STATES, OutboxState
from bot.db.tables.outbox import outbox
from bot.domain.outbox.rates import MAX_RETRY_AFTER

# When a message was really tried by a wrong clock isn't known: so far back it is looked for.
MAX_TIME_SINCE_ATTEMPT = timedelta(days=7)


def shorten_leases(tx: Tx, furthest: datetime, until: datetime) -> int:
    """Shorten leases that end after `furthest`; return how many. Their owner may still be at work.

    So they end `until` an instant, like new ones, and not now.
    """
    ahead = outbox.c.state == OutboxState.SENDING, outbox.c.lease_until > furthest
    return int(tx.run(tx.update(outbox).where(*ahead).values(lease_until=until)).rowcount)


def make_due(tx: Tx, now: datetime, recorded_until: datetime) -> int:
    """Make messages due that wait for a time the clock had already shown; return how many.

    One with an hour of its own before that waits for its hour. Each is rendered anew from what is
    true, and postponed again if it still has to wait.
    """
    waits = (
        outbox.c.state == OutboxState.PENDING,
        outbox.c.next_at > now,
        outbox.c.next_at <= recorded_until + MAX_RETRY_AFTER,
    )
    has_hour = and_(outbox.c.due_at > now, outbox.c.due_at < outbox.c.next_at)
    next_at = case((has_hour, outbox.c.due_at), else_=now)
    return int(tx.run(tx.update(outbox).where(*waits).values(next_at=next_at)).rowcount)


def widen_look_ups(tx: Tx, now: datetime) -> None:
    """Look further back for messages that were tried, by the clock, later than now."""
    tried = outbox.c.state.in_(OPEN_STATES), outbox.c.first_attempt_at > now
    since = now - MAX_TIME_SINCE_ATTEMPT
    tx.run(tx.update(outbox).where(*tried).values(first_attempt_at=since))
