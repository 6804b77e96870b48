"""Calendars: PMs' feeds are read in time, and meetings with known customers become visits."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import partial
from time import perf_counter
from zlib import crc32

from bot.db.calendars import feeds
from bot.db.calendars.feeds import KeptFeed
from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import Kind, Parcel
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.domain import calendars as rules
from bot.domain.calendars import AHEAD, BACK, EVERY, FeedFault, Reading
from bot.domain.outbox.outcomes import Outcome
from bot.domain.staff.access import Actor
from bot.domain.staff.pms import Pm
from bot.domain.working_time import instant, local_date, open_hour
from bot.errors import FeedRefused
from bot.intake.calendars import addresses
from bot.intake.calendars.fetching import fetch
from bot.intake.calendars.reader import read
from bot.log import logger, place
from bot.operations.calendars import meetings
from bot.operations.nudges import away
from bot.operations.outbox.rendered import Later, Withdrawn
from bot.platform.encryption import Locked
from bot.services import Services
from bot.views import calendars as views
from bot.views.block_kit import Message
from bot.views.calendars import FeedChange, FeedShown

LOG = logger(__name__)

BATCH, AT_ONCE = 40, 4
# Whoever has taken a batch is done by then, or has died.
LEASE = timedelta(minutes=5)
SPREAD_SECONDS = 300
# What has not changed is read anew after so long: the days go on, and customers are added.
WHOLE_AFTER = timedelta(hours=6)


@dataclass(frozen=True)
class _Told:
    """What a feed says: `reading` is None when it has not changed; with the server's marks."""

    reading: Reading | None
    etag: str
    last_modified: str


def offered(services: Services) -> bool:
    """Whether a calendar can be connected: there is a key to keep its address under."""
    return bool(services.settings.safe)


def check(change: FeedChange) -> None:
    """Raises `FeedRefused` when what was typed is no address that is ever asked."""
    if change.address:
        addresses.parse(change.address)


def change(services: Services, actor: Actor, wanted: FeedChange, now: datetime) -> bool:
    """Connect or disconnect the actor's calendar; False when nothing was wanted.

    It is read by the clock's next tick. Raises `FeedRefused`.
    """
    if not (wanted.address and offered(services)):
        return wanted.disconnect and _disconnected(services, actor)
    address = addresses.parse(wanted.address)
    shut = services.settings.safe.shut(address.written)
    with services.transaction(actor.workspace_id) as tx:
        feeds.connect(tx, actor.user_id, shut, address.host, now)
    return True


def shown(services: Services, actor: Actor) -> FeedShown | None:
    """The actor's calendar as settings show it; None without one."""
    with services.reading(actor.workspace_id) as tx:
        feed = feeds.get(tx, actor.user_id)
    if feed is None:
        return None
    return FeedShown(feed.host, feed.checked_at, feed.fault, feed.left_out)


def poll(services: Services, workspace_id: str, now: datetime) -> Sequence[Outcome]:
    """Ask for the feeds that are due, a few at once, and keep what they say."""
    more = services.writes and offered(services)
    while more and not services.leaving.is_set():
        with services.transaction(workspace_id) as tx:
            batch = feeds.claim(tx, now, now + LEASE, BATCH)
        with ThreadPoolExecutor(AT_ONCE, "calendars") as crew:
            list(crew.map(partial(_one, services, workspace_id, now), batch))
        more = len(batch) == BATCH
    return []


def compose(tx: Tx, parcel: Parcel, now: datetime) -> Message | Withdrawn | Later:
    """That a PM's calendar cannot be read, if that is still so."""
    feed, pm = feeds.get(tx, parcel.subject), pms.get(tx, parcel.subject)
    if pm is None:
        return Withdrawn("left")
    if feed is None or feed.fault is None or _since(feed) != parcel.period:
        return Withdrawn("back")
    at = away.waits_until(tx, pm.user_id, now) or open_hour(now, pm.rhythm.hours)
    return Later(at) if at > now else views.lost(feed.host, feed.fault)


def _disconnected(services: Services, actor: Actor) -> bool:
    with services.transaction(actor.workspace_id) as tx:
        return feeds.remove(tx, actor.user_id)


def _one(services: Services, workspace_id: str, now: datetime, feed: KeptFeed) -> None:
    if services.leaving.is_set():
        # Another copy takes it, or this one once it is back.
        return
    began = perf_counter()
    try:
        said = _done(services, workspace_id, feed, now)
    except Exception as error:  # noqa: BLE001 - one calendar must not keep the others waiting
        LOG.error("calendar_failed", error=type(error).__name__, at=place(error))
        return
    took = round((perf_counter() - began) * 1000)
    LOG.info("calendar", workspace=workspace_id, said=said, took_ms=took)


def _done(services: Services, workspace_id: str, feed: KeptFeed, now: datetime) -> str:
    """Ask for a feed and keep what comes of it; gives that in a word."""
    try:
        _asked(services, workspace_id, feed, now)
    except FeedRefused as refused:
        with services.transaction(workspace_id) as tx:
            _failed(tx, feed, refused.fault, now)
        return refused.fault
    return "read"


def _asked(services: Services, workspace_id: str, feed: KeptFeed, now: datetime) -> None:
    with services.reading(workspace_id) as tx:
        pm, member = pms.get(tx, feed.user_id), staff.get(tx, feed.user_id)
    if pm is None:
        return
    email = (member.email or "").lower() if member else ""
    told = _told(services, feed, pm, email, now)
    with services.transaction(workspace_id) as tx:
        if _kept(tx, services, feed, told, now) and told.reading:
            meetings.keep(tx, pm, email, told.reading, feed.connected_at, now)


def _told(services: Services, feed: KeptFeed, pm: Pm, email: str, now: datetime) -> _Told:
    zone = pm.rhythm.hours.zone
    since = instant(local_date(now, zone) - BACK, time(), zone)
    marks = (feed.etag, feed.last_modified) if _is_fresh(feed, now) else ("", "")
    address = addresses.parse(_opened(services, feed))
    with fetch(services.ways, address, *marks) as fetched:
        if fetched.chunks is None:
            return _Told(None, feed.etag, feed.last_modified)
        reading = read(fetched.chunks, since, now + AHEAD, zone, email)
    return _Told(reading, fetched.etag, fetched.last_modified)


def _is_fresh(feed: KeptFeed, now: datetime) -> bool:
    return feed.read_at is not None and now - feed.read_at < WHOLE_AFTER


def _opened(services: Services, feed: KeptFeed) -> str:
    try:
        return services.settings.safe.open(feed.address)
    except Locked:
        raise FeedRefused(FeedFault.NO_KEY) from None


def _kept(tx: Tx, services: Services, feed: KeptFeed, told: _Told, now: datetime) -> bool:
    """Note that a feed was read; False when it is another one by now."""
    known = {"checked_at": now, "failures": 0, "failed_since": None, "etag": told.etag}
    if told.reading:
        nameless = FeedFault.NAMELESS if told.reading.nameless else None
        known |= {"read_at": now, "fault": nameless, "left_out": told.reading.left_out}
    elif feed.fault is not FeedFault.NAMELESS:
        known["fault"] = None
    renewed = services.settings.safe.renewed(feed.address)
    known |= {"last_modified": told.last_modified, "address": renewed}
    return feeds.finish(tx, feed, now + EVERY + _spread(feed), **known)


def _failed(tx: Tx, feed: KeptFeed, fault: FeedFault, now: datetime) -> None:
    since, failures = feed.failed_since or now, feed.failures + 1
    next_at = now + rules.wait(failures) + _spread(feed)
    known = {"failures": failures, "failed_since": since, "fault": fault}
    mine = feeds.finish(tx, feed, next_at, **known)
    if mine and rules.is_to_be_told(fault, since, now):
        period = _since(replace(feed, failed_since=since))
        outbox.put(tx, Kind.CALENDAR_LOST, feed.user_id, period, feed.user_id, now)


def _since(feed: KeptFeed) -> str:
    """Since when a feed has not been read: each time is told of once."""
    return feed.failed_since.isoformat() if feed.failed_since else ""


def _spread(feed: KeptFeed) -> timedelta:
    """Not all of them at the same minute."""
    return timedelta(seconds=crc32(feed.user_id.encode()) % SPREAD_SECONDS)
