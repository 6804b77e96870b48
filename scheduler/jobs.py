"""The clock's jobs: a table of name, seconds between ticks, operation."""

import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from apscheduler.schedulers.background import BackgroundScheduler

from bot.db import workspaces
from bot.domain.outcomes import Outcome
from bot.log import logger
from bot.operations import contacts, delivery, nudges, stories
from bot.services import Services

LOG = logger(__name__)
OWNER = f"{socket.gethostname()}:{os.getpid()}"

Operation = Callable[[Services, datetime], Sequence[Outcome]]


@dataclass(frozen=True)
class Job:
    """Something that the clock does; what is due is in the database, so a missed tick heals."""

    name: str
    seconds: int
    operation: Operation


def in_each_workspace(
    operation: Callable[[Services, str, datetime], Sequence[Outcome]],
) -> Operation:
    """The operation for every installation, one after the other."""

    def run(services: Services, now: datetime) -> Sequence[Outcome]:
        found = workspaces.ids(services.engine)
        return list(chain.from_iterable(operation(services, each, now) for each in found))

    return run


def deliver(services: Services, now: datetime) -> Sequence[Outcome]:
    """Send what waits; a rehearsal sends nothing."""
    return delivery.deliver(services, OWNER, now) if services.writes else []


JOBS = (
    Job("nudges", 15, in_each_workspace(nudges.remind)),
    Job("flags", 60, in_each_workspace(contacts.review_all)),
    Job("digests", 30, in_each_workspace(stories.post_digests)),
    Job("delivery", 2, deliver),
)


def tick(services: Services, now: datetime) -> Sequence[Outcome]:
    """One pass of everything that is due at an instant."""
    return list(chain.from_iterable(job.operation(services, now) for job in JOBS))


def schedule(services: Services) -> BackgroundScheduler:
    """A scheduler with the jobs; the caller starts it. Late ticks run once, however many."""
    defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    scheduler = BackgroundScheduler(timezone="UTC", job_defaults=defaults)
    for job in JOBS:
        scheduler.add_job(_run, "interval", (services, job), seconds=job.seconds, id=job.name)
    return scheduler


def _run(services: Services, job: Job) -> None:
    try:
        outcomes = job.operation(services, services.clock.now())
    except Exception:  # the door: the next tick tries again
        LOG.exception("job_failed", job=job.name)
        return
    for each in outcomes:
        LOG.info("outcome", job=job.name, kind=each.kind, fate=each.fate, reason=each.reason)
