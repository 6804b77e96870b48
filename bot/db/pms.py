"""PMs: queries."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, func, select

from bot.db.engine import Tx, reading
from bot.db.tables import pms
from bot.domain.calendar import Hours
from bot.domain.nudges import Planned, Rhythm, Step, Strength
from bot.domain.pms import Pm


def get(tx: Tx, user_id: str) -> Pm | None:
    """The PM, or None for somebody who has not joined."""
    row = tx.run(tx.select(pms).where(pms.c.user_id == user_id)).first()
    return _pm(row) if row else None


def keep(tx: Tx, pm: Pm) -> None:
    """Record a PM as given."""
    fresh = {
        "team_id": pm.team_id,
        "joined_at": pm.joined_at,
        "interval_days": pm.rhythm.interval_days,
        "strength": pm.rhythm.strength,
        "zone": pm.rhythm.hours.zone,
        "nudge_at": pm.rhythm.hours.at,
        "working_days": sorted(pm.rhythm.hours.working_days),
        "anchor_on": pm.anchor_on,
        "last_visit_on": pm.last_visit_on,
        "paused_until": pm.paused_until,
        "step": pm.planned.step,
        "cycle": pm.planned.cycle,
        "next_on": pm.planned.on,
        "next_at": pm.planned.at,
    }
    row = tx.upsert(pms).values(workspace_id=tx.workspace_id, user_id=pm.user_id, **fresh)
    tx.run(row.on_conflict_do_update(index_elements=["workspace_id", "user_id"], set_=fresh))


def plan(tx: Tx, user_id: str, planned: Planned) -> None:
    """The PM's next nudge."""
    values = {
        "step": planned.step,
        "cycle": planned.cycle,
        "next_on": planned.on,
        "next_at": planned.at,
    }
    tx.run(tx.update(pms).where(pms.c.user_id == user_id).values(**values))


def remove(tx: Tx, user_id: str) -> bool:
    """No more nudges for somebody; what they wrote stays. False when they had not joined."""
    return bool(tx.run(tx.delete(pms).where(pms.c.user_id == user_id)).rowcount)


def due(tx: Tx, now: datetime, limit: int) -> Sequence[Pm]:
    """PMs to look at now, longest waiting first; rows that another copy holds are left to it."""
    found = tx.select(pms).where(pms.c.next_at <= now).order_by(pms.c.next_at, pms.c.user_id)
    return [_pm(row) for row in tx.run(found.limit(limit).with_for_update(skip_locked=True))]


def of_team(tx: Tx, team_id: int) -> Sequence[str]:
    """User ids of a team's PMs."""
    found = tx.select(pms, pms.c.user_id).where(pms.c.team_id == team_id)
    return list(tx.run(found.order_by(pms.c.user_id)).scalars())


def next_at(engine: Engine) -> datetime | None:
    """When a PM is next looked at, over all workspaces."""
    with reading(engine, "") as tx:
        return tx.run(select(func.min(pms.c.next_at))).scalar()


def _pm(row: Row[Any]) -> Pm:
    hours = Hours(row.zone, row.nudge_at, frozenset(row.working_days))
    return Pm(
        user_id=row.user_id,
        team_id=row.team_id,
        joined_at=row.joined_at,
        rhythm=Rhythm(row.interval_days, Strength(row.strength), hours),
        anchor_on=row.anchor_on,
        planned=Planned(Step(row.step), row.next_on, row.next_at, row.cycle),
        last_visit_on=row.last_visit_on,
        paused_until=row.paused_until,
    )
