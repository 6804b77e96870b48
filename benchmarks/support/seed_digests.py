"""Insert made-up teams with a story each, and made-up PMs, all due at once, in bulk."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Engine, Table, func, insert

from benchmarks.support.process_pool import WORKSPACE
from bot.db import customers, workspaces
from bot.db.engine import Tx, transaction
from bot.db.outbox.queries import OPEN_STATES
from bot.db.tables.debriefs import debriefs as debriefs_table
from bot.db.tables.outbox import outbox as outbox_table
from bot.db.tables.staff import pms as pms_table
from bot.db.tables.staff import staff as staff_table
from bot.db.tables.stories import teams as teams_table
from bot.db.tables.visits import visits as visits_table
from bot.domain.customers import Stage
from bot.domain.debriefs.rules import Sharing
from bot.domain.nudges.rules import NudgeStep, Strength
from bot.domain.stories import iso_week
from bot.domain.visits.rules import VisitKind, VisitState
from bot.operations.stories import digests as stories
from bot.services import Services

CUSTOMERS = 20


def enqueue_digests(services: Services, channels: Sequence[str], now: datetime) -> None:
    """Enqueue a digest for each channel: a team, an author and a story each."""
    with services.transaction(WORKSPACE) as tx:
        customer = _base(tx, now)
        authors = [f"U9{number:06}" for number in range(len(channels))]
        _write(tx, teams_table, [_team(each, now) for each in channels])
        teams = tx.run(tx.select(teams_table, teams_table.c.id)).scalars().all()
        _add_pms(tx, authors, teams, now + timedelta(days=365))
        _write(tx, visits_table, [_visit(each, customer, now) for each in authors])
        visits = tx.run(tx.select(visits_table, visits_table.c.id, visits_table.c.pm_id)).all()
        _write(tx, debriefs_table, [_debrief(each.id, each.pm_id, now) for each in visits])
    stories.enqueue_digests(services, WORKSPACE, now)


def add_pms(engine: Engine, user_ids: Sequence[str], now: datetime) -> None:
    """Add PMs whose nudge is due now."""
    with transaction(engine, WORKSPACE) as tx:
        _base(tx, now)
        _add_pms(tx, user_ids, [None] * len(user_ids), now)


def count_finished(services: Services) -> int:
    """Count the messages that were sent or never will be."""
    with services.reading(WORKSPACE) as tx:
        finished = outbox_table.c.state.not_in(OPEN_STATES)
        return int(tx.run(tx.select(outbox_table, func.count()).where(finished)).scalar_one())


def _base(tx: Tx, now: datetime) -> int:
    workspaces.save(tx, "Benchmark", "U0000000", now)
    added = [customers.add(tx, f"Customer {each}", Stage.CUSTOMER) for each in range(CUSTOMERS)]
    return added[0]


def _add_pms(
    tx: Tx, user_ids: Sequence[str], teams: Sequence[int | None], next_at: datetime
) -> None:
    _write(tx, staff_table, [_person(each, next_at) for each in user_ids])
    pairs = zip(user_ids, teams, strict=True)
    _write(tx, pms_table, [_pm(user_id, team, next_at) for user_id, team in pairs])


def _write(tx: Tx, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    tx.connection.execute(insert(table), [{"workspace_id": WORKSPACE, **row} for row in rows])


def _person(user_id: str, at: datetime) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "name": f"Person {user_id}",
        "zone": "UTC",
        "membership": "member",
        "is_admin": False,
        "is_support": False,
        "refreshed_at": at,
    }


def _team(channel_id: str, now: datetime) -> dict[str, Any]:
    return {
        "name": channel_id,
        "channel_id": channel_id,
        "digest_weekday": now.weekday(),
        "digest_at": time(now.hour, now.minute),
        "zone": "UTC",
        "week": iso_week(now.date()),
        "next_on": now.date(),
        "next_at": now.replace(second=0, microsecond=0),
    }


def _pm(user_id: str, team_id: int | None, next_at: datetime) -> dict[str, Any]:
    on = next_at.date()
    return {
        "user_id": user_id,
        "team_id": team_id,
        "joined_at": next_at - timedelta(days=400),
        "interval_days": 14,
        "strength": Strength.STANDARD,
        "zone": "UTC",
        "nudge_at": time(next_at.hour, next_at.minute),
        "working_days": [0, 1, 2, 3, 4],
        "cycle_start": on - timedelta(days=14),
        "step": NudgeStep.DUE,
        "cycle": 1,
        "next_on": on,
        "next_at": next_at.replace(second=0, microsecond=0),
    }


def _visit(author: str, customer_id: int, now: datetime) -> dict[str, Any]:
    return {
        "pm_id": author,
        "customer_id": customer_id,
        "kind": VisitKind.ON_SITE,
        "state": VisitState.HELD,
        "on": now.date() - timedelta(days=1),
        "goal": "",
        "source": "benchmark",
        "source_id": author,
        "created_at": now - timedelta(days=1),
    }


def _debrief(visit_id: int, author: str, now: datetime) -> dict[str, Any]:
    return {
        "visit_id": visit_id,
        "author_id": author,
        "story": f"Made up: what {author} heard.",
        "quote": "",
        "nps_why": "",
        "surprise": "",
        "reasons": [],
        "competitor": "",
        "picture": "",
        "shared_at": now - timedelta(days=1),
        "version": 1,
        "form_id": "",
        "sharing": Sharing.SHARE,
        "created_at": now - timedelta(days=1),
    }
