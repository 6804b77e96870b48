"""Claim messages for delivery, under leases that are renewed while they are worked on."""

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Event, Lock, Thread
from uuid import uuid4

from sqlalchemy.exc import SQLAlchemyError

from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox import rates
from bot.db.outbox.queries import ClaimedMessage, MessageKind
from bot.db.staff import membership
from bot.domain.outbox.outcomes import DeliveryStatus, Outcome
from bot.domain.outbox.rates import RateUsage, count_available_calls, spend
from bot.log import get_logger
from bot.operations.messages import EDIT_METHOD, MESSAGE_TYPES, delivery_methods, post_methods
from bot.services import Services

LOG = get_logger(__name__)

NOT_A_MEMBER = "not_a_member"
# Few at a time: no workspace waits for long behind another.
BATCH = 5
# More are selected than claimed: some have the same destination, or exceed a rate.
CANDIDATES = 3 * BATCH


@dataclass(frozen=True)
class DeliveryRun:
    """One pass over what is due at `now_at_start`, and over what becomes due while it lasts.

    `owners` are the lease owners at work, each with its workspace; `dropped` are messages that
    weren't claimed, as their person has left. `computing` lets one worker at a time choose and
    render: Python computes one thing at a time, so several would not be faster, and whoever holds
    the database's writer would wait for all of them.
    """

    services: Services
    now_at_start: datetime
    clock_at_start: datetime
    owners: dict[str, str] = field(default_factory=dict)
    dropped: list[Outcome] = field(default_factory=list)
    computing: AbstractContextManager[object] = field(default_factory=Lock)

    @property
    def clock(self) -> datetime:
        """Return the clock's time: leases and attempts go by it, whatever instant a run is for."""
        return self.services.clock.now()

    @property
    def now(self) -> datetime:
        """Return the instant that the run is for, as time goes on."""
        return self.now_at_start + (self.clock - self.clock_at_start)

    @property
    def lease_until(self) -> datetime:
        """Return when a lease that is taken now ends."""
        return self.clock + self.services.delivery_policy.lease


class RateBudget:
    """The calls that a workspace has room for now, by method, less those of claimed messages."""

    def __init__(self, known: Mapping[str, RateUsage], limits: Mapping[str, int], now: datetime):
        self._rates = known
        self._limits = limits
        self._now = now
        self._room = {
            each: count_available_calls(rate, limits[each], now) for each, rate in known.items()
        }
        self._calls = dict.fromkeys(known, 0)

    def try_take(self, methods: Sequence[str]) -> bool:
        """Use up one call of each method if there is room; returns whether there was."""
        if not self.allows(methods):
            return False
        for each in methods:
            self._room[each] -= 1
            self._calls[each] += 1
        return True

    def allows(self, methods: Sequence[str]) -> bool:
        """Return whether there is room for one call of each method."""
        return all(self._room[each] > 0 for each in methods)

    def changed_rates(self) -> Mapping[str, RateUsage]:
        """Return the rates that have changed."""
        return {
            each: spend(self._rates[each], self._limits[each], count, self._now)
            for each, count in self._calls.items()
            if count
        }


def claim(run: DeliveryRun) -> Sequence[ClaimedMessage]:
    """Claim a batch of what one workspace has due; the workspace is chosen at random."""
    services = run.services
    waiting = outbox.list_workspaces_with_due(
        services.engine, list(services.reachable), run.now, run.clock
    )
    for workspace_id in random.sample(waiting, len(waiting)):
        owner, more = uuid4().hex, True
        while more:
            with run.services.transaction(workspace_id) as tx:
                batch, dropped = _claim_batch(tx, run, owner)
            run.dropped.extend(dropped)
            # Others may be due behind those that were dropped.
            more = bool(dropped) and not batch
        if batch:
            run.owners[owner] = workspace_id
            return batch
    return []


def release(run: DeliveryRun, batch: Sequence[ClaimedMessage]) -> None:
    """Stop renewing the leases of a batch: what is left of them runs out."""
    for each in batch:
        run.owners.pop(str(each.lease_owner), None)


@contextmanager
def renewing_leases(run: DeliveryRun) -> Iterator[None]:
    """Renew the leases of a run's claims until it is over."""
    over = Event()
    thread = Thread(target=_heartbeat, args=(run, over), name="leases", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _heartbeat(run: DeliveryRun, over: Event) -> None:
    while not over.wait(run.services.delivery_policy.heartbeat.total_seconds()):
        try:
            _renew_leases(run)
        except SQLAlchemyError as error:
            LOG.warning("leases_not_renewed", error=type(error).__name__)


def _renew_leases(run: DeliveryRun) -> None:
    owners = dict(run.owners)
    for workspace_id in set(owners.values()):
        with run.services.transaction(workspace_id) as tx:
            outbox.renew_leases(tx, list(owners), run.lease_until)


def _claim_batch(
    tx: Tx, run: DeliveryRun, owner: str
) -> tuple[Sequence[ClaimedMessage], Sequence[Outcome]]:
    limits = run.services.delivery_policy.calls_per_minute()
    budget = RateBudget(rates.get_for_update(tx, limits, run.clock), limits, run.clock)
    due = outbox.select_due(
        tx,
        [kind for kind in MessageKind if budget.allows(post_methods(kind))],
        [kind for kind in MessageKind if budget.allows(post_methods(kind, search_first=True))],
        run.now,
        run.clock,
        CANDIDATES,
        may_edit=budget.allows((EDIT_METHOD,)),
        at_work=list(run.owners),
    )
    gone = _drop_unreachable(tx, due, run.now)
    batch = _select_within_budget([each for each in due if each not in gone], budget)
    if batch:
        outbox.claim(tx, batch, owner, run.lease_until)
        destinations = [each.destination for each in batch if each.message_ref is None]
        outbox.postpone_same_destination(tx, destinations, run.now)
        for method, rate in budget.changed_rates().items():
            rates.save(tx, method, rate)
    claimed = [replace(each, lease_owner=owner) for each in batch]
    return claimed, [
        Outcome(each.kind, each.destination, DeliveryStatus.DROPPED, NOT_A_MEMBER) for each in gone
    ]


def _drop_unreachable(
    tx: Tx, due: Sequence[ClaimedMessage], now: datetime
) -> Sequence[ClaimedMessage]:
    """Drop and return messages to people who are known not to be members (`product.md` A4).

    Here, as this is where every message passes, whatever its kind and however old it is.
    """
    to_people = [each for each in due if not (each.message_ref or _to_channel(each))]
    non_members = membership.list_non_members(tx, {each.destination for each in to_people})
    gone = [each for each in to_people if each.destination in non_members]
    if gone:
        outbox.drop(tx, gone, NOT_A_MEMBER)
    for each in gone:
        MESSAGE_TYPES[each.kind].on_dead(tx, each)
        MESSAGE_TYPES[each.kind].on_withdrawn(tx, each, now)
    return gone


def _to_channel(message: ClaimedMessage) -> bool:
    return MESSAGE_TYPES[message.kind].to_channel


def _select_within_budget(
    due: Sequence[ClaimedMessage], budget: RateBudget
) -> Sequence[ClaimedMessage]:
    batch: list[ClaimedMessage] = []
    destinations: set[str] = set()
    for each in due:
        # One post at a time to each destination; its others wait for their second.
        posts_to = {each.destination} if each.message_ref is None else set()
        must_wait = bool(posts_to & destinations) or len(batch) == BATCH
        if must_wait or not budget.try_take(delivery_methods(each)):
            continue
        batch.append(each)
        destinations |= posts_to
    return batch
