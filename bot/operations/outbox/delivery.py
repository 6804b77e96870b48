"""Delivery: what waits in the outbox goes to Slack, once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import chain
from time import perf_counter

from bot.db import workspaces
from bot.db.outbox import queries as outbox
from bot.db.outbox import rates
from bot.db.outbox.queries import Parcel, State
from bot.domain.outbox.outcomes import Fate, Outcome
from bot.errors import ChannelRefused, SlackHalted, SlackRefused, SlackUnavailable, TooLate
from bot.log import logger
from bot.operations import messages
from bot.operations.messages import DELIVERIES
from bot.operations.outbox import refusals
from bot.operations.outbox.leases import SHARE, Round, claim, let_go, renewing
from bot.operations.outbox.rendered import Draft, Edit, Later, Withdrawn
from bot.services import Services
from bot.slack import channels
from bot.slack import error_codes as codes
from bot.slack import posting as delivery
from bot.slack.client import Slack
from bot.slack.deadlines import within
from bot.slack.posting import Place
from bot.views.block_kit import Message, plainer

LOG = logger(__name__)


def deliver(services: Services, now: datetime) -> Sequence[Outcome]:
    """Send what is due, by several workers, until nothing is or the process is to stop.

    What goes wrong with one message stays with that message.
    """
    around = Round(services, now, services.clock.now())
    first = claim(around)
    if not first:
        return []
    more = services.terms.workers - 1 if len(first) == SHARE else 0
    with renewing(around), ThreadPoolExecutor(max(1, more), "delivery") as pool:
        others = [pool.submit(_work, around) for _ in range(more)]
        mine = [*_all(around, first), *_work(around)]
        return [*mine, *chain.from_iterable(each.result() for each in others)]


def _work(around: Round) -> Sequence[Outcome]:
    outcomes: list[Outcome] = []
    while not around.services.leaving.is_set() and (parcels := claim(around)):
        outcomes += _all(around, parcels)
    return outcomes


def _all(around: Round, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
    try:
        return [_logged(around, each) for each in parcels]
    finally:
        let_go(around, parcels)


def _logged(around: Round, parcel: Parcel) -> Outcome:
    started = perf_counter()
    outcome = _apart(around, parcel)
    LOG.info(
        "delivery",
        id=parcel.id,
        workspace=parcel.workspace_id,
        kind=parcel.kind,
        attempts=parcel.attempts + 1,
        fate=outcome.fate,
        reason=outcome.reason,
        late_s=round(outcome.late.total_seconds(), 1) if outcome.late is not None else None,
        took_ms=round((perf_counter() - started) * 1000),
    )
    return outcome


def _apart(around: Round, parcel: Parcel) -> Outcome:
    try:
        return _deliver(around, parcel)
    except Exception as error:
        LOG.exception("delivery_failed", kind=parcel.kind, id=parcel.id)
        return _postpone(around, parcel, SlackUnavailable(type(error).__name__))


def _deliver(around: Round, parcel: Parcel) -> Outcome:
    barred = _barred(around, parcel)
    if barred:
        return _wait(around, parcel, barred)
    try:
        # What an earlier attempt came to is settled before anything is decided anew.
        place = _standing(around.services.slack, parcel)
        return _arrived(around, parcel, place) if place else _send(around, parcel)
    except (SlackRefused, ChannelRefused) as error:
        return _finish(around, parcel, State.DEAD, str(error), refused=error)
    except SlackUnavailable as error:
        return _postpone(around, parcel, error)


def _barred(around: Round, parcel: Parcel) -> Later | None:
    """Whether Slack has asked us to wait since this was claimed, as another of its share was."""
    methods = messages.calls(parcel.kind, unsure=parcel.first_tried_at is not None)
    with around.services.reading(parcel.workspace_id) as tx:
        if workspaces.is_halted(tx):
            return Later(around.now, "halted")
        held = rates.held(tx, around.clock)
    until = max((held[each] for each in methods if each in held), default=None)
    return Later(around.now + (until - around.clock), "rate_held") if until else None


def _standing(slack: Slack, parcel: Parcel) -> Place | None:
    if parcel.first_tried_at is None:
        return None
    return delivery.find(slack, parcel.destination, parcel.id, parcel.first_tried_at)


def _send(around: Round, parcel: Parcel) -> Outcome:
    # From before the lease is renewed, and not renewed again: whoever takes over counts on it.
    still_time = within(around.services.terms.heartbeat.total_seconds())
    draft = _drawn(around, parcel)
    if draft is None:
        return Outcome(parcel.kind, parcel.destination, Fate.HELD, "another_has_it")
    if isinstance(draft, Withdrawn):
        return _finish(around, parcel, State.DROPPED, draft.reason)
    if isinstance(draft, Later):
        return _wait(around, parcel, draft)
    slack = around.services.slack.only_while(still_time)
    if isinstance(draft, Edit):
        return _edit(around, slack, parcel, draft)
    if DELIVERIES[parcel.kind].to_channel:
        channels.check(slack, parcel.destination)
    return _arrived(around, parcel, _posted(slack, parcel, draft))


def _drawn(around: Round, parcel: Parcel) -> Draft | Withdrawn | Later | None:
    """What is to be said now, noted as tried; None when another owner has taken it over."""
    with around.services.transaction(parcel.workspace_id) as tx:
        draft = messages.compose(tx, parcel, around.now)
        posts = isinstance(draft, Message)
        if posts and not outbox.trying(tx, parcel, around.clock, around.lease_until):
            return None
        return draft


def _posted(slack: Slack, parcel: Parcel, message: Message) -> Place:
    """Post it; what Slack does not like about its make is left out, rather than the words lost."""
    *richer, plainest = plainer(message)
    for each in richer:
        try:
            return delivery.post(slack, parcel.destination, parcel.id, each.as_arguments())
        except SlackRefused as error:
            if error.code not in codes.PAYLOAD:
                raise
            LOG.warning("posted_plainer", kind=parcel.kind, id=parcel.id, code=error.code)
    return delivery.post(slack, parcel.destination, parcel.id, plainest.as_arguments())


def _edit(around: Round, slack: Slack, parcel: Parcel, draft: Edit) -> Outcome:
    try:
        place = delivery.edit(slack, draft.place, draft.message.as_arguments())
    except SlackRefused as error:
        if error.code not in codes.EDIT_GONE:
            raise
        return _finish(around, parcel, State.DROPPED, error.code)
    return _arrived(around, parcel, place)


def _arrived(around: Round, parcel: Parcel, place: Place) -> Outcome:
    return _finish(around, parcel, State.SENT, "", place=place)


def _wait(around: Round, parcel: Parcel, later: Later) -> Outcome:
    with around.services.transaction(parcel.workspace_id) as tx:
        outbox.wait(tx, parcel, later.until, later.reason)
    return Outcome(parcel.kind, parcel.destination, Fate.HELD, later.reason)


def _finish(
    around: Round,
    parcel: Parcel,
    state: State,
    reason: str,
    *,
    place: Place | None = None,
    refused: SlackRefused | ChannelRefused | None = None,
) -> Outcome:
    now = around.now
    with around.services.transaction(parcel.workspace_id) as tx:
        kept = outbox.finish(tx, parcel, state, now, reason[:255])
        if kept and place:
            messages.posted(tx, parcel, place)
        if kept and refused:
            refusals.follow(tx, parcel, refused, now)
    late = max(timedelta(), now - parcel.due_at) if place else None
    return Outcome(parcel.kind, parcel.destination, Fate(state), reason or "delivered", late)


def _postpone(around: Round, parcel: Parcel, error: SlackUnavailable) -> Outcome:
    wait = refusals.wait(error) or around.services.terms.backoff(parcel.attempts)
    # Slack says so itself, or it never left; after anything else the message may stand in Slack.
    untouched = error.code in codes.TURNED_AWAY or isinstance(error, SlackHalted | TooLate)
    with around.services.transaction(parcel.workspace_id) as tx:
        outbox.postpone(tx, parcel, around.now + wait, error.code, untouched=untouched)
        refusals.hold(tx, error, around.clock)
    return Outcome(parcel.kind, parcel.destination, Fate.RETRIED, error.code)
