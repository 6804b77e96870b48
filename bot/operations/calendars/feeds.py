"""Connect and poll PMs' calendar feeds; meetings with known customers become visits."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import partial
from time import perf_counter
from zlib import crc32

from bot.db.calendars import feeds
from bot.db.calendars.feeds import StoredFeed
from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import MessageKind
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.domain import calendars as rules
from bot.domain.calendars import (
    LOOK_AHEAD,
    LOOK_BACK,
    POLL_INTERVAL,
    ConnectedFeed,
    FeedChange,
    FeedContents,
    FeedFault,
)
from bot.domain.outbox.outcomes import Outcome
from bot.domain.staff.access import Actor
from bot.domain.staff.pms import Pm
from bot.domain.working_time import local_date, to_instant
from bot.errors import FeedRefused
from bot.intake.calendars import addresses
from bot.intake.calendars.fetching import fetch
from bot.intake.calendars.reader import read
from bot.log import error_location, get_logger
from bot.operations.calendars import meetings
from bot.operations.calendars.meetings import VisitChange
from bot.platform.encryption import CannotDecrypt
from bot.services import Services

LOG = get_logger(__name__)

BATCH, WORKERS = 40, 4
# SQLite lets no one else write while visits are written.
VISITS_AT_ONCE = 10
# A process that claimed a batch is done by then, or has died.
LEASE = timedelta(minutes=5)
JITTER_SECONDS = 300
# An unchanged feed is read again after this long: days pass, and customers are added.
FULL_READ_AFTER = timedelta(hours=6)


@dataclass(frozen=True)
class _FetchedFeed:
    """A fetched feed with the server's validators; `reading` is None when it hasn't changed."""

    reading: FeedContents | None
    etag: str
    last_modified: str


def is_available(services: Services) -> bool:
    """Return whether a calendar can be connected: there is a key to encrypt its address."""
    return bool(services.settings.cipher)


def check(change: FeedChange) -> None:
    """Raise `FeedRefused` when the typed address is one that is never fetched."""
    if change.address:
        addresses.parse(change.address)


def change(services: Services, actor: Actor, wanted: FeedChange, now: datetime) -> bool:
    """Connect or disconnect the actor's calendar; False when neither was wanted.

    The next tick reads it. Raises `FeedRefused`.
    """
    if not (wanted.address and is_available(services)):
        return wanted.disconnect and _disconnect(services, actor)
    address = addresses.parse(wanted.address)
    encrypted_address = services.settings.cipher.encrypt(address.url)
    with services.transaction(actor.workspace_id) as tx:
        feeds.connect(tx, actor.user_id, encrypted_address, address.host, now)
    return True


def get_connected_feed(services: Services, actor: Actor) -> ConnectedFeed | None:
    """Return the actor's calendar as settings show it; None without one."""
    with services.reading(actor.workspace_id) as tx:
        feed = feeds.get(tx, actor.user_id)
    if feed is None:
        return None
    return ConnectedFeed(feed.host, feed.checked_at, feed.fault, feed.skipped)


def poll(services: Services, workspace_id: str, now: datetime) -> Sequence[Outcome]:
    """Fetch the feeds that are due, a few at once, and save what they say."""
    more = services.writes_enabled and is_available(services)
    while more and not services.shutting_down.is_set():
        with services.transaction(workspace_id) as tx:
            batch = feeds.claim(tx, now, now + LEASE, BATCH)
        with ThreadPoolExecutor(WORKERS, "calendars") as pool:
            list(pool.map(partial(_poll_one, services, workspace_id, now), batch))
        more = len(batch) == BATCH
    return []


def _disconnect(services: Services, actor: Actor) -> bool:
    with services.transaction(actor.workspace_id) as tx:
        return feeds.remove(tx, actor.user_id)


def _poll_one(services: Services, workspace_id: str, now: datetime, feed: StoredFeed) -> None:
    if services.shutting_down.is_set():
        # Another process takes it, or this one once it is back.
        return
    began = perf_counter()
    try:
        result = _poll_feed(services, workspace_id, feed, now)
    except Exception as error:  # noqa: BLE001 - one calendar must not hold up the others
        LOG.error("calendar_failed", error=type(error).__name__, at=error_location(error))
        return
    took = round((perf_counter() - began) * 1000)
    LOG.info("calendar", workspace=workspace_id, result=result, took_ms=took)


def _poll_feed(services: Services, workspace_id: str, feed: StoredFeed, now: datetime) -> str:
    """Fetch a feed and save the result; returns it in a word."""
    try:
        _fetch_and_save(services, workspace_id, feed, now)
    except FeedRefused as refused:
        with services.transaction(workspace_id) as tx:
            _save_failure(tx, feed, refused.fault, now)
        return refused.fault
    return "read"


def _fetch_and_save(services: Services, workspace_id: str, feed: StoredFeed, now: datetime) -> None:
    with services.reading(workspace_id) as tx:
        pm, member = pms.get(tx, feed.user_id), staff.get(tx, feed.user_id)
    if pm is None:
        return
    email = (member.email or "").lower() if member else ""
    fetched = _fetch_feed(services, feed, pm, email, now)
    if fetched.reading:
        with services.reading(workspace_id) as tx:
            changes = meetings.find_changes(tx, pm, email, fetched.reading, feed.connected_at, now)
        _save_changes(services, workspace_id, feed, pm, changes, now)
    with services.transaction(workspace_id) as tx:
        _save_fetched(tx, services, feed, fetched, now)


def _save_changes(
    services: Services,
    workspace_id: str,
    feed: StoredFeed,
    pm: Pm,
    changes: Sequence[VisitChange],
    now: datetime,
) -> None:
    """Save some changes at a time, as long as no other feed has replaced this one.

    After a crash, the next poll finds the rest.
    """
    for start in range(0, len(changes), VISITS_AT_ONCE):
        with services.transaction(workspace_id) as tx:
            if feeds.hold_claim(tx, feed):
                meetings.save_changes(tx, pm, changes[start : start + VISITS_AT_ONCE], now)


def _fetch_feed(
    services: Services, feed: StoredFeed, pm: Pm, email: str, now: datetime
) -> _FetchedFeed:
    zone = pm.settings.hours.zone
    since = to_instant(local_date(now, zone) - LOOK_BACK, time(), zone)
    validators = (feed.etag, feed.last_modified) if _is_fresh(feed, now) else ("", "")
    address = addresses.parse(_decrypt_address(services, feed))
    with fetch(services.network, address, *validators) as fetched:
        if fetched.chunks is None:
            return _FetchedFeed(None, feed.etag, feed.last_modified)
        reading = read(fetched.chunks, since, now + LOOK_AHEAD, zone, email)
    return _FetchedFeed(reading, fetched.etag, fetched.last_modified)


def _is_fresh(feed: StoredFeed, now: datetime) -> bool:
    return feed.read_at is not None and now - feed.read_at < FULL_READ_AFTER


def _decrypt_address(services: Services, feed: StoredFeed) -> str:
    try:
        return services.settings.cipher.decrypt(feed.address)
    except CannotDecrypt:
        raise FeedRefused(FeedFault.NOT_DECRYPTABLE) from None


def _save_fetched(
    tx: Tx, services: Services, feed: StoredFeed, fetched: _FetchedFeed, now: datetime
) -> None:
    """Save that a feed was read, unless another one has replaced it."""
    saved = replace(
        feed,
        address=services.settings.cipher.rotate(feed.address),
        etag=fetched.etag,
        last_modified=fetched.last_modified,
        checked_at=now,
        failures=0,
        failed_since=None,
        fault=FeedFault.NO_ATTENDEES if feed.fault is FeedFault.NO_ATTENDEES else None,
    )
    if fetched.reading:
        fault = FeedFault.NO_ATTENDEES if fetched.reading.has_no_attendees else None
        saved = replace(saved, read_at=now, fault=fault, skipped=fetched.reading.skipped)
    feeds.finish(tx, saved, now + POLL_INTERVAL + _jitter(feed))


def _save_failure(tx: Tx, feed: StoredFeed, fault: FeedFault, now: datetime) -> None:
    since = feed.failed_since or now
    failed = replace(feed, failures=feed.failures + 1, failed_since=since, fault=fault)
    updated = feeds.finish(tx, failed, now + rules.retry_delay(failed.failures) + _jitter(feed))
    if updated and rules.should_notify(fault, since, now):
        period = failing_since(failed)
        outbox.enqueue(
            tx, MessageKind.CALENDAR_UNAVAILABLE, feed.user_id, period, feed.user_id, now
        )


def failing_since(feed: StoredFeed) -> str:
    """Return since when a feed hasn't been read, as a period: one message for each."""
    return feed.failed_since.isoformat() if feed.failed_since else ""


def _jitter(feed: StoredFeed) -> timedelta:
    """Return a fixed delay for a feed, which keeps all of them from the same minute."""
    return timedelta(seconds=crc32(feed.user_id.encode()) % JITTER_SECONDS)
