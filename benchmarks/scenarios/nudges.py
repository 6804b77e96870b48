"""Nudges that leave as fast as they are rendered."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Event, Timer

from benchmarks.scenarios.scenario import UNPACED, Load, Scenario
from benchmarks.support import seed_pms
from bot.db.tables.staff import pms
from bot.domain.outbox.outcomes import DeliveryStatus
from bot.operations.nudges import scheduling
from bot.operations.outbox import delivery
from bot.services import Services

DUE = 10_000


def prepare(load: Load) -> None:
    """Enqueue nudges that are due, as the job does."""
    now, count = load.services.clock.now(), load.count or DUE
    with load.services.transaction(load.workspace_id) as tx:
        seed_pms.make_due(tx, count, now)
        # All in one place, where it is noon: none of the nudges waits for another day.
        place = {"zone": "Europe/London", "country": None, "paused_until": None}
        tx.run(tx.update(pms).values(**place))
    scheduling.enqueue_due(load.services, load.workspace_id, now)


def run(load: Load) -> int:
    """Deliver nudges until all have left or the time is up; return how many have."""
    with _stopped_after(load.services, load.seconds) as services:
        outcomes = delivery.deliver(services, services.clock.now())
    return sum(each.status is DeliveryStatus.SENT for each in outcomes)


@contextmanager
def _stopped_after(services: Services, wait: timedelta) -> Iterator[Services]:
    over = Event()
    timer = Timer(wait.total_seconds(), over.set)
    timer.start()
    yield replace(services, shutting_down=over, delivery_policy=UNPACED)
    timer.cancel()


SCENARIOS = (Scenario("nudges", "nudges sent", prepare, run),)
