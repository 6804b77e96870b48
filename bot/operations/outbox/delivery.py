"""Deliver what is due in the outbox to Slack, once."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from time import perf_counter
from typing import Any

from bot.db import workspaces
from bot.db.outbox import queries as outbox
from bot.db.outbox import rates
from bot.db.outbox.dead_letters import MAYBE_POSTED
from bot.db.outbox.queries import ClaimedMessage, OutboxState
from bot.domain.outbox.message_ref import MessageRef
from bot.domain.outbox.outcomes import DeliveryStatus, Outcome
from bot.errors import (
    ChannelRefused,
    DeadlinePassed,
    MaybePosted,
    SlackHalted,
    SlackRefused,
    SlackUnavailable,
)
from bot.log import get_logger
from bot.operations.messages import MESSAGE_TYPES, delivery_methods
from bot.operations.outbox import lost_posts, refusals
from bot.operations.outbox.leases import BATCH, DeliveryRun, claim, release, renewing_leases
from bot.operations.outbox.rendered import Postpone, Withdraw
from bot.services import Services
from bot.slack import channels, error_codes, posting
from bot.slack.client import Slack
from bot.slack.deadlines import deadline_in
from bot.slack.posting import Delivery
from bot.views.block_kit import Message, with_fallbacks

LOG = get_logger(__name__)
# How often something is chosen for a message before it waits: each time it had just changed.
MAX_CHOICES = 3
CHANGED_WAIT = timedelta(seconds=5)


def deliver(services: Services, now: datetime) -> Sequence[Outcome]:
    """Deliver what is due, with several workers, until nothing is or the process shuts down.

    What goes wrong with one message doesn't affect the others.
    """
    run = DeliveryRun(services, now, services.clock.now())
    first = claim(run)
    if not first:
        return run.dropped
    more = services.delivery_policy.workers - 1 if len(first) == BATCH else 0
    with renewing_leases(run), ThreadPoolExecutor(max(1, more), "delivery") as pool:
        others = [pool.submit(_work, run) for _ in range(more)]
        mine = [*_deliver_all(run, first), *_work(run)]
        theirs = chain.from_iterable(each.result() for each in others)
        return [*mine, *theirs, *run.dropped]


def _work(run: DeliveryRun) -> Sequence[Outcome]:
    outcomes: list[Outcome] = []
    while not run.services.shutting_down.is_set() and (batch := claim(run)):
        outcomes += _deliver_all(run, batch)
    return outcomes


def _deliver_all(run: DeliveryRun, batch: Sequence[ClaimedMessage]) -> Sequence[Outcome]:
    try:
        return [_deliver_logged(run, each) for each in batch]
    finally:
        release(run, batch)


def _deliver_logged(run: DeliveryRun, message: ClaimedMessage) -> Outcome:
    started = perf_counter()
    outcome = _deliver_or_retry(run, message)
    LOG.info(
        "delivery",
        id=message.id,
        workspace=message.workspace_id,
        kind=message.kind,
        attempts=message.attempts + 1,
        status=outcome.status,
        reason=outcome.reason,
        late_s=round(outcome.delay.total_seconds(), 1) if outcome.delay is not None else None,
        took_ms=round((perf_counter() - started) * 1000),
    )
    return outcome


def _deliver_or_retry(run: DeliveryRun, message: ClaimedMessage) -> Outcome:
    try:
        return _deliver(run, message)
    except Exception as error:
        LOG.exception("delivery_failed", kind=message.kind, id=message.id)
        return _retry_later(run, message, SlackUnavailable(type(error).__name__))


def _deliver(run: DeliveryRun, message: ClaimedMessage) -> Outcome:
    limited = _find_limit(run, message)
    if limited:
        return _postpone(run, message, limited)
    try:
        if lost_posts.may_be_posted(run, message):
            return _send(run, message, maybe_lost=True)
        # Find out what an earlier attempt came to before anything is decided again.
        message_ref = _find_posted(run.services.slack, message)
        if message_ref is None:
            return _send(run, message)
        # It shows what was true at that attempt: what has changed since is edited in.
        return _finish_posted(run, replace(message, revision=0), message_ref)
    except (SlackRefused, ChannelRefused) as error:
        state = refusals.final_state(message, error)
        return _finish(run, message, state, str(error), refused=error)
    except MaybePosted:
        return _finish(run, message, OutboxState.DEAD, MAYBE_POSTED)
    except SlackUnavailable as error:
        return _retry_later(run, message, error)


def _find_limit(run: DeliveryRun, message: ClaimedMessage) -> Postpone | None:
    """Return until when to wait, if Slack has said so since the claim.

    A workspace is halted while Slack rejects its token; a method is limited for as long as Slack's
    429 said.
    """
    methods = delivery_methods(message)
    with run.services.reading(message.workspace_id) as tx:
        if workspaces.is_halted(tx):
            return Postpone(run.now, "halted")
        # Rates go by the clock; `run.now` is the instant the run is for, which a command may give.
        limited = rates.list_rate_limited(tx, run.clock)
    until = max((limited[each] for each in methods if each in limited), default=None)
    return Postpone(run.now + (until - run.clock), "rate_held") if until else None


def _find_posted(slack: Slack, message: ClaimedMessage) -> MessageRef | None:
    if message.message_ref or message.first_attempt_at is None:
        return None
    return posting.find(slack, message.destination, message.id, message.first_attempt_at)


def _send(run: DeliveryRun, message: ClaimedMessage, *, maybe_lost: bool = False) -> Outcome:
    # Starts before the lease is renewed and is never extended: the next owner counts on it.
    # A post that hasn't left by the next heartbeat of the lease doesn't leave.
    before_deadline = deadline_in(run.services.delivery_policy.heartbeat.total_seconds())
    not_begun = None if message.message_ref else _begin_attempt(run, message)
    if not_begun:
        return not_begun
    with run.computing, run.services.reading(message.workspace_id) as tx:
        rendered = MESSAGE_TYPES[message.kind].render(tx, message, run.now)
    if isinstance(rendered, Withdraw):
        return _finish_withdrawn(run, message, rendered.reason)
    if isinstance(rendered, Postpone):
        return _postpone(run, message, rendered)
    slack = run.services.slack.with_deadline(before_deadline)
    if message.message_ref:
        return _edit(run, slack, message, message.message_ref, rendered)
    if MESSAGE_TYPES[message.kind].to_channel:
        channels.check_story_channel(slack, message.destination)
    about = lost_posts.hash_about(run, message)
    if maybe_lost and (found := lost_posts.find(run, message, about)):
        return _adopt(run, slack, message, found, rendered)
    delivery = Delivery(message.id, about)
    send = partial(posting.post, slack, message.destination, delivery)
    return _finish_posted(run, message, _send_plainer(message, rendered, send))


def _adopt(
    run: DeliveryRun,
    slack: Slack,
    message: ClaimedMessage,
    message_ref: MessageRef,
    rendered: Message,
) -> Outcome:
    """Finish a message that a lost database has posted; its buttons get the ids of this one.

    A channel's message stays as it is: it may be all that is left of stories that were lost.
    """
    if not MESSAGE_TYPES[message.kind].to_channel:
        try:
            _send_plainer(message, rendered, partial(posting.edit, slack, message_ref))
        except SlackRefused as error:
            if error.code not in error_codes.UNEDITABLE_MESSAGE:
                raise
    return _finish_posted(run, message, message_ref)


def _begin_attempt(run: DeliveryRun, message: ClaimedMessage) -> Outcome | None:
    """Save that a post is attempted, with what is chosen for it; the outcome if it can't begin.

    Choosing takes long and only reads, since a write would keep every other one waiting.
    """
    choice = MESSAGE_TYPES[message.kind].choice
    for _ in range(MAX_CHOICES):
        chosen = None
        if choice:
            with run.computing, run.services.reading(message.workspace_id) as tx:
                chosen = choice.choose(tx, message, run.now)
        with run.services.transaction(message.workspace_id) as tx:
            if choice and chosen is not None and not choice.save(tx, message, chosen, run.now):
                continue
            if outbox.mark_attempt(tx, message, run.clock, run.lease_until):
                return None
        return _taken_over(message)
    return _postpone(run, message, Postpone(run.now + CHANGED_WAIT, "changed"))


def _taken_over(message: ClaimedMessage) -> Outcome:
    """Return the outcome of a message that is another owner's by now: theirs to send or record."""
    return Outcome(message.kind, message.destination, DeliveryStatus.DELAYED, "another_has_it")


def _send_plainer(
    message: ClaimedMessage,
    rendered: Message,
    send: Callable[[Mapping[str, Any]], MessageRef],
) -> MessageRef:
    """Send a message; layout that Slack refuses is left out, rather than the words lost."""
    *richer, plainest = with_fallbacks(rendered)
    for each in richer:
        try:
            return send(each.as_arguments())
        except SlackRefused as error:
            if error.code not in error_codes.INVALID_PAYLOAD:
                raise
            LOG.warning("posted_plainer", kind=message.kind, id=message.id, code=error.code)
    return send(plainest.as_arguments())


def _edit(
    run: DeliveryRun,
    slack: Slack,
    message: ClaimedMessage,
    message_ref: MessageRef,
    rendered: Message,
) -> Outcome:
    try:
        _send_plainer(message, rendered, partial(posting.edit, slack, message_ref))
    except SlackRefused as error:
        if error.code not in error_codes.UNEDITABLE_MESSAGE:
            raise
        return _finish_withdrawn(run, message, error.code)
    return _finish(run, message, OutboxState.SENT, "")


def _postpone(run: DeliveryRun, message: ClaimedMessage, postponed: Postpone) -> Outcome:
    with run.services.transaction(message.workspace_id) as tx:
        outbox.postpone(tx, message, postponed.until, postponed.reason)
    return Outcome(message.kind, message.destination, DeliveryStatus.DELAYED, postponed.reason)


def _finish_withdrawn(run: DeliveryRun, message: ClaimedMessage, reason: str) -> Outcome:
    """Finish a message that isn't sent, or a posted one that stays as it is."""
    state = OutboxState.SENT if message.message_ref else OutboxState.DROPPED
    finished = _finish(run, message, state, reason)
    if finished.status is DeliveryStatus.DELAYED:
        return finished
    return replace(finished, status=DeliveryStatus.DROPPED, delay=None)


def _finish_posted(run: DeliveryRun, message: ClaimedMessage, message_ref: MessageRef) -> Outcome:
    return _finish(run, message, OutboxState.SENT, "", message_ref=message_ref)


def _finish(
    run: DeliveryRun,
    message: ClaimedMessage,
    state: OutboxState,
    reason: str,
    *,
    message_ref: MessageRef | None = None,
    refused: SlackRefused | ChannelRefused | None = None,
) -> Outcome:
    now = run.now
    with run.services.transaction(message.workspace_id) as tx:
        updated = outbox.finish(tx, message, state, now, reason[:255])
        if updated and message_ref:
            outbox.mark_posted(tx, message, message_ref, now)
            MESSAGE_TYPES[message.kind].on_posted(tx, message, message_ref)
        if updated and refused and message.message_ref is None:
            refusals.handle_final_refusal(tx, message, refused, now)
        if updated and state is OutboxState.DROPPED:
            MESSAGE_TYPES[message.kind].on_withdrawn(tx, message, now)
    if not updated:
        return _taken_over(message)
    late = max(timedelta(), now - message.due_at) if state is OutboxState.SENT else None
    known = reason or ("edited" if message.message_ref else "delivered")
    return Outcome(message.kind, message.destination, DeliveryStatus(state), known, late)


def _retry_later(run: DeliveryRun, message: ClaimedMessage, error: SlackUnavailable) -> Outcome:
    wait = refusals.retry_after(error) or run.services.delivery_policy.backoff(message.attempts)
    # These say that it was not posted; after any other error the message may be in Slack.
    surely_not_posted = error.code in error_codes.RATE_LIMITED or isinstance(
        error, SlackHalted | DeadlinePassed
    )
    with run.services.transaction(message.workspace_id) as tx:
        outbox.schedule_retry(
            tx, message, run.now + wait, error.code, surely_not_posted=surely_not_posted
        )
        refusals.limit_calls(tx, error, run.clock)
    return Outcome(message.kind, message.destination, DeliveryStatus.RETRIED, error.code)
