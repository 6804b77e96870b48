"""Ticks for tests: one pass of all that is due."""

from datetime import datetime
from itertools import chain

from bot.domain.outbox.outcomes import Outcome
from bot.services import Services
from scheduler import jobs


def tick(services: Services, at: datetime, *, audited: bool = False) -> list[Outcome]:
    """Run everything due at an instant; the audit only for tests that are about it.

    The audit takes a third of a tick's time.
    """
    due = (each for each in jobs.JOBS if audited or each.name != "audit")
    return list(chain.from_iterable(jobs._run_measured(services, each, at) for each in due))
