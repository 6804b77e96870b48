"""The table of jobs: name, seconds between ticks, operation."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from time import perf_counter

from bot.db import engine
from bot.domain.outbox.outcomes import Outcome
from bot.log import get_logger
from bot.operations import workspaces as workspace_operations
from bot.operations.calendars import feeds as calendars
from bot.operations.contacts import flags as contacts
from bot.operations.debriefs import saved_drafts
from bot.operations.doctor import audit, clock
from bot.operations.inbox import requests as inbox
from bot.operations.notes import offers as notes
from bot.operations.nudges import away
from bot.operations.nudges import scheduling as nudges
from bot.operations.outbox import delivery
from bot.operations.staff import directory as staff
from bot.operations.stories import digests as stories
from bot.operations.workarounds import fix_notices
from bot.platform.metrics import reason_label
from bot.services import Services
from scheduler.steady import Every, SteadyScheduler

LOG = get_logger(__name__)

Operation = Callable[[Services, datetime], Sequence[Outcome]]


@dataclass(frozen=True)
class Job:
    """An operation to run every so many `seconds`.

    What is due is looked up in the database, so a later tick makes up for a missed one.
    """

    name: str
    seconds: int
    operation: Operation


@dataclass(frozen=True)
class FailedJob:
    """A job that raised an error."""

    name: str
    error: Exception


def in_each_workspace(
    operation: Callable[[Services, str, datetime], Sequence[Outcome]],
) -> Operation:
    """Return an operation that runs `operation` for each workspace there is a token for."""

    def run(services: Services, now: datetime) -> Sequence[Outcome]:
        found = workspace_operations.list_reachable(services)
        return list(chain.from_iterable(operation(services, each, now) for each in found))

    return run


def deliver(services: Services, now: datetime) -> Sequence[Outcome]:
    """Deliver the outbox; a dry run sends nothing."""
    return delivery.deliver(services, now) if services.writes_enabled else []


def write_back_log(services: Services, _now: datetime) -> Sequence[Outcome]:
    """Write a SQLite file's log back into the file."""
    if services.writes_enabled:
        engine.write_back_log(services.engine)
    return []


JOBS = (
    # First: what a clock that was ahead has left is corrected before it is looked at.
    Job("clock", 10, in_each_workspace(clock.check_clock)),
    Job("staff", 60, in_each_workspace(staff.refresh_daily)),
    Job("quiet", 60, in_each_workspace(away.refresh_dnd_statuses)),
    # Before nudges: a visit found in a calendar silences them.
    Job("calendars", 60, in_each_workspace(calendars.poll)),
    Job("nudges", 15, in_each_workspace(nudges.enqueue_due)),
    # Once a month, an offer to write a customer a note that asks for nothing.
    Job("notes", 60, in_each_workspace(notes.offer)),
    Job("fixes", 60, in_each_workspace(fix_notices.hand_over)),
    Job("flags", 60, in_each_workspace(contacts.review_all)),
    Job("digests", 30, in_each_workspace(stories.enqueue_digests)),
    Job("installations", 300, workspace_operations.retry_halted),
    Job("tidying", 900, in_each_workspace(inbox.clean_up)),
    Job("unfinished", 3600, in_each_workspace(saved_drafts.clean_up)),
    Job("delivery", 2, deliver),
    # After all that sends: then it finds nothing.
    Job("audit", 60, audit.audit),
    # After all that writes.
    Job("checkpoint", 10, write_back_log),
)


def tick(services: Services, now: datetime) -> tuple[Sequence[Outcome], Sequence[FailedJob]]:
    """Run all jobs once, for what is due at an instant; one that fails stops none of the others."""
    outcomes: list[Outcome] = []
    failed: list[FailedJob] = []
    for job in JOBS:
        try:
            outcomes += _run_measured(services, job, now)
        except Exception as error:  # the caller reports it
            LOG.debug("job_failed", job=job.name, exc_info=error)
            failed.append(FailedJob(job.name, error))
    return outcomes, failed


def schedule(services: Services, *more: Job) -> SteadyScheduler:
    """Build a scheduler of `JOBS` and `more`; the caller starts it.

    However many ticks of a job were missed, it runs once.
    """
    defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    scheduler = SteadyScheduler(timezone="UTC", job_defaults=defaults)
    for job in (*JOBS, *more):
        scheduler.add_job(_run, Every(job.seconds), (services, job), id=job.name)
    services.metrics.start_clock()
    return scheduler


def _run(services: Services, job: Job) -> None:
    try:
        outcomes = _run_measured(services, job, services.clock.now())
    except Exception:  # the next tick tries again
        LOG.exception("job_failed", job=job.name)
        return
    if outcomes:
        # Counts only: each delivery is logged by itself.
        counts = Counter(
            f"{each.kind} {each.status} {reason_label(each.reason)}" for each in outcomes
        )
        LOG.info("job", job=job.name, outcomes=dict(counts))


def _run_measured(services: Services, job: Job, now: datetime) -> Sequence[Outcome]:
    """Run a job once and count it in the metrics."""
    started, failed = perf_counter(), True
    try:
        outcomes = job.operation(services, now)
        failed = False
    finally:
        services.metrics.count_job(job.name, perf_counter() - started, failed)
    for each in outcomes:
        services.metrics.count_outcome(each)
    return outcomes
