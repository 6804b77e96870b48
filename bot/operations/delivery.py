"""Delivery: what waits in the outbox goes to Slack, once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.db import outbox
from bot.db.outbox import Parcel, State
from bot.domain.outcomes import Fate, Outcome
from bot.errors import ChannelRefused, SlackRefused, SlackUnavailable
from bot.log import logger
from bot.operations import messages
from bot.operations.messages import DELIVERIES, Edit, Later, Withdrawn
from bot.services import Services
from bot.slack import channels, delivery
from bot.slack.delivery import Place
from bot.views.kit import Message

LOG = logger(__name__)

BATCH = 100
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)


def deliver(services: Services, owner: str, now: datetime) -> Sequence[Outcome]:
    """Send what is due; `owner` names this process, so that a lost lease is noticed.

    What goes wrong with one message stays with that message.
    """
    parcels = outbox.claim(services.engine, owner, now, BATCH)
    return [_apart(services, parcel, now) for parcel in parcels]


def _apart(services: Services, parcel: Parcel, now: datetime) -> Outcome:
    try:
        return _deliver(services, parcel, now)
    except Exception as error:
        LOG.exception("delivery_failed", kind=parcel.kind, id=parcel.id)
        return _postpone(services, parcel, SlackUnavailable(type(error).__name__), now)


def _deliver(services: Services, parcel: Parcel, now: datetime) -> Outcome:
    try:
        # What an earlier attempt came to is settled before anything is decided anew.
        place = _standing(services, parcel)
        return _arrived(services, parcel, place, now) if place else _send(services, parcel, now)
    except (SlackRefused, ChannelRefused) as error:
        return _finish(services, parcel, State.DEAD, now, str(error))
    except SlackUnavailable as error:
        return _postpone(services, parcel, error, now)


def _standing(services: Services, parcel: Parcel) -> Place | None:
    if parcel.first_tried_at is None:
        return None
    return delivery.find(services.slack, parcel.destination, parcel.id, parcel.first_tried_at)


def _send(services: Services, parcel: Parcel, now: datetime) -> Outcome:
    with services.reading(parcel.workspace_id) as tx:
        draft = messages.compose(tx, parcel, now)
    if isinstance(draft, Withdrawn):
        return _finish(services, parcel, State.DROPPED, now, draft.reason)
    if isinstance(draft, Later):
        return _wait(services, parcel, draft)
    if isinstance(draft, Edit):
        return _edit(services, parcel, draft, now)
    return _post(services, parcel, draft, now)


def _edit(services: Services, parcel: Parcel, draft: Edit, now: datetime) -> Outcome:
    try:
        place = delivery.edit(services.slack, draft.place, draft.message.as_arguments())
    except SlackRefused as error:
        if not delivery.gone(error):
            raise
        return _finish(services, parcel, State.DROPPED, now, error.code)
    return _arrived(services, parcel, place, now)


def _post(services: Services, parcel: Parcel, message: Message, now: datetime) -> Outcome:
    if DELIVERIES[parcel.kind].to_channel:
        channels.check(services.slack, parcel.destination)
    with services.transaction(parcel.workspace_id) as tx:
        # By the clock: those before it in the batch may have taken longer than the lease.
        mine = outbox.trying(tx, parcel, services.clock.now())
    if not mine:
        return _outcome(parcel, Fate.HELD, "another_has_it")
    place = delivery.post(services.slack, parcel.destination, parcel.id, message.as_arguments())
    return _arrived(services, parcel, place, now)


def _arrived(services: Services, parcel: Parcel, place: Place, now: datetime) -> Outcome:
    return _finish(services, parcel, State.SENT, now, place=place)


def _wait(services: Services, parcel: Parcel, later: Later) -> Outcome:
    with services.transaction(parcel.workspace_id) as tx:
        outbox.wait(tx, parcel, later.until, later.reason)
    return _outcome(parcel, Fate.HELD, later.reason)


def _finish(
    services: Services,
    parcel: Parcel,
    state: State,
    now: datetime,
    reason: str = "",
    place: Place | None = None,
) -> Outcome:
    with services.transaction(parcel.workspace_id) as tx:
        kept = outbox.finish(tx, parcel, state, now, reason[:255])
        if kept and place:
            messages.posted(tx, parcel, place)
        if kept and state is State.DEAD:
            messages.died(tx, parcel)
    return _outcome(parcel, Fate(state), reason or "delivered")


def _postpone(
    services: Services, parcel: Parcel, error: SlackUnavailable, now: datetime
) -> Outcome:
    backoff = min(FIRST_WAIT * 2 ** min(parcel.attempts, 10), LONGEST_WAIT)
    wait = timedelta(seconds=error.retry_after) if error.retry_after else backoff
    # A 429 says that nothing happened; after anything else the message may stand in Slack.
    untouched = error.retry_after is not None
    with services.transaction(parcel.workspace_id) as tx:
        outbox.postpone(tx, parcel, now + wait, error.code, untouched=untouched)
    return _outcome(parcel, Fate.RETRIED, error.code)


def _outcome(parcel: Parcel, fate: Fate, reason: str) -> Outcome:
    return Outcome(parcel.kind, parcel.destination, fate, reason)
