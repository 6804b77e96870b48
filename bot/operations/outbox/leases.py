"""Claims: who delivers which message, under a lease that is renewed while it is worked on."""

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Event, Thread
from uuid import uuid4

from sqlalchemy.exc import SQLAlchemyError

from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox import rates
from bot.db.outbox.queries import Parcel
from bot.domain.outbox.rates import Rate, room, spent
from bot.log import logger
from bot.operations.messages import DELIVERIES, calls
from bot.services import Services

LOG = logger(__name__)

# Few at a time, so that no workspace waits for long behind another.
SHARE = 5
# More are looked at than are taken: some go to the same place, or have no room in a rate.
LOOKED_AT = 3 * SHARE
# What comes as a message of its own: Slack takes about one a second in one place.
POSTED = [kind for kind, known in DELIVERIES.items() if not known.edits]


@dataclass(frozen=True)
class Round:
    """One pass over what is due at `began_at`, and over what becomes due while it lasts.

    `owners` are the claims that are being worked on, each with its workspace.
    """

    services: Services
    began_at: datetime
    started: datetime
    owners: dict[str, str] = field(default_factory=dict)

    @property
    def clock(self) -> datetime:
        """What the clock says: leases and attempts go by it, whatever instant the pass is for."""
        return self.services.clock.now()

    @property
    def now(self) -> datetime:
        """The instant that the pass is for, as time goes on."""
        return self.began_at + (self.clock - self.started)

    @property
    def lease_until(self) -> datetime:
        """Until when a lease lasts that is taken now."""
        return self.clock + self.services.terms.lease


class Allowance:
    """What a workspace has room for now, by method; counts down as parcels are taken."""

    def __init__(self, known: Mapping[str, Rate], a_minute: Mapping[str, int], now: datetime):
        self._known = known
        self._a_minute = a_minute
        self._now = now
        self._room = {each: room(rate, a_minute[each], now) for each, rate in known.items()}
        self._calls = dict.fromkeys(known, 0)

    def take(self, methods: Sequence[str]) -> bool:
        """Whether there is room for one call of each; if so it is used up."""
        if not self.allows(methods):
            return False
        for each in methods:
            self._room[each] -= 1
            self._calls[each] += 1
        return True

    def allows(self, methods: Sequence[str]) -> bool:
        """Whether there is room for one call of each."""
        return all(self._room[each] > 0 for each in methods)

    def spent(self) -> Mapping[str, Rate]:
        """The rates that have changed."""
        return {
            each: spent(self._known[each], self._a_minute[each], count, self._now)
            for each, count in self._calls.items()
            if count
        }


def claim(around: Round) -> Sequence[Parcel]:
    """A share of what one workspace has waiting; whose turn it is, is drawn by lot."""
    waiting = outbox.waiting(around.services.engine, around.now, around.clock)
    for workspace_id in random.sample(waiting, len(waiting)):
        owner = uuid4().hex
        with around.services.transaction(workspace_id) as tx:
            parcels = _taken(tx, around, owner)
        if parcels:
            around.owners[owner] = workspace_id
            return parcels
    return []


def let_go(around: Round, parcels: Sequence[Parcel]) -> None:
    """These are worked on no longer: what is left of their lease runs out."""
    for each in parcels:
        around.owners.pop(str(each.lease_owner), None)


@contextmanager
def renewing(around: Round) -> Iterator[None]:
    """Renew the leases of a round's claims until it is over."""
    over = Event()
    thread = Thread(target=_beat, args=(around, over), name="leases", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(around: Round, over: Event) -> None:
    while not over.wait(around.services.terms.heartbeat.total_seconds()):
        try:
            _renew(around)
        except SQLAlchemyError as error:
            LOG.warning("leases_not_renewed", error=type(error).__name__)


def _renew(around: Round) -> None:
    owners = dict(around.owners)
    for workspace_id in set(owners.values()):
        with around.services.transaction(workspace_id) as tx:
            outbox.renew(tx, list(owners), around.lease_until)


def _taken(tx: Tx, around: Round, owner: str) -> Sequence[Parcel]:
    a_minute = around.services.terms.rates()
    left = Allowance(rates.of(tx, a_minute, around.clock), a_minute, around.clock)
    due = outbox.takable(
        tx,
        [kind for kind in DELIVERIES if left.allows(calls(kind))],
        [kind for kind in DELIVERIES if left.allows(calls(kind, unsure=True))],
        around.now,
        around.clock,
        LOOKED_AT,
    )
    parcels = _fitting(due, left)
    if parcels:
        outbox.claim(tx, parcels, owner, around.lease_until)
        places = [each.destination for each in parcels if each.kind in POSTED]
        outbox.space_out(tx, places, POSTED, around.now)
        for method, rate in left.spent().items():
            rates.keep(tx, method, rate)
    return [replace(each, lease_owner=owner) for each in parcels]


def _fitting(due: Sequence[Parcel], left: Allowance) -> Sequence[Parcel]:
    taken: list[Parcel] = []
    places: set[str] = set()
    for each in due:
        # One at a time to each place; its others wait for their second.
        crowded = each.destination in places or len(taken) == SHARE
        if crowded or not left.take(calls(each.kind, unsure=each.first_tried_at is not None)):
            continue
        taken.append(each)
        places |= {each.destination} if each.kind in POSTED else set()
    return taken
