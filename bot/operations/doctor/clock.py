"""Notice that the clock was set back, and correct what then waits for a time it had shown."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.db import inbox, workspaces
from bot.db.calendars import feeds
from bot.db.engine import Tx
from bot.db.outbox import clock_corrections
from bot.db.staff import queries as staff
from bot.db.workspaces import ClockHistory
from bot.domain.calendars import MAX_POLL_INTERVAL
from bot.domain.outbox.outcomes import Outcome
from bot.log import get_logger
from bot.operations.contacts.flags import REVIEW_EVERY
from bot.operations.inbox.requests import LEASE
from bot.operations.staff.directory import FRESH_FOR
from bot.services import Services

LOG = get_logger(__name__)

# What is less may be two machines whose clocks differ.
MAX_CLOCK_SKEW = timedelta(minutes=1)
# For how long it is said that the clock was set back.
MENTIONED_FOR = timedelta(days=1)


def check_clock(services: Services, workspace_id: str, _now: datetime) -> Sequence[Outcome]:
    """Save that jobs run, and correct what the clock recorded while it was ahead.

    It was if jobs last ran, by the clock, later than now. Goes by the clock, whatever instant the
    tick is for.
    """
    clock, policy = services.clock.now(), services.delivery_policy
    with services.transaction(workspace_id) as tx:
        # Without a sign too: a delivery may have been all that ran meanwhile.
        furthest = clock + policy.lease + policy.heartbeat
        clock_corrections.shorten_leases(tx, furthest, clock + policy.lease)
        jobs_ran_at = workspaces.mark_jobs_run(tx, clock)
        if jobs_ran_at is None or jobs_ran_at <= clock + MAX_CLOCK_SKEW:
            return []
        _correct(tx, clock, jobs_ran_at)
    LOG.error(
        "clock_set_back",
        workspace=workspace_id,
        seconds=round((jobs_ran_at - clock).total_seconds()),
    )
    return []


def _correct(tx: Tx, clock: datetime, recorded_until: datetime) -> None:
    """Correct each thing that is taken up at an instant, to what it would be from now.

    Not what people have plans for: the day of a nudge, a digest or a snooze stays.
    """
    workspaces.correct_clock(tx, clock, recorded_until, clock + REVIEW_EVERY, clock + FRESH_FOR)
    clock_corrections.make_due(tx, clock, recorded_until)
    clock_corrections.widen_look_ups(tx, clock)
    inbox.shorten_claims(tx, clock + LEASE)
    feeds.poll_by(tx, clock + MAX_POLL_INTERVAL)
    staff.reset_dnd_checks_after(tx, clock)


def describe_setback(history: ClockHistory, clock: datetime) -> str:
    """Return how far the clock was set back and when, in words; "" if not in the last day."""
    ran, at, before = history.jobs_ran_at, history.set_back_at, history.set_back_from
    if ran and ran > clock + MAX_CLOCK_SKEW:
        return f"{_in_words(ran - clock)} behind the time that jobs last ran at, {ran:{_TIME}}"
    if at and before and at <= clock + MAX_CLOCK_SKEW and clock - at < MENTIONED_FOR:
        return f"set back by {_in_words(before - at)} at {at:{_TIME}}"
    return ""


def describe_last_run(history: ClockHistory, clock: datetime) -> str:
    """Return when jobs last ran, in words; "" if they never did."""
    ran = history.jobs_ran_at
    return f"last ran {_in_words(max(timedelta(), clock - ran))} ago, {ran:{_TIME}}" if ran else ""


_TIME = "%d %B %H:%M UTC"


def _in_words(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes < 1:
        return f"{span.total_seconds():.0f} s"
    hours, rest = divmod(minutes, 60)
    return " ".join([*([f"{hours} h"] if hours else []), *([f"{rest} min"] if rest else [])])
