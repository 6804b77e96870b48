"""PMs: queries."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import Engine, Row, Select, Text, cast, func, select
from sqlalchemy.exc import DataError

from bot.db.bulk import as_table
from bot.db.calendars import feeds
from bot.db.engine import Tx, reading
from bot.db.tables.staff import pms
from bot.domain.nudges.rules import Planned, Rhythm, Step, Strength
from bot.domain.staff.pms import Pm
from bot.domain.working_time import slot
from bot.platform.working_hours import hours_of

NEXT = ("step", "cycle", "next_on", "next_at")
ASKED = ("asked_step", "asked_cycle", "asked_on", "asked_at")
NOTHING = (None,) * len(ASKED)


@dataclass(frozen=True, eq=False)
class Due:
    """What a look at a PM is decided by, as in `Pm`; PMs who are alike in it share one."""

    rhythm: Rhythm
    anchor_on: date
    planned: Planned
    paused_until: date | None


@dataclass(frozen=True)
class Plan:
    """A PM's next nudge, and the one that was left for delivery if one was."""

    user_id: str
    planned: Planned
    asked: Planned | None = None


def get(tx: Tx, user_id: str) -> Pm | None:
    """The PM, or None for somebody who has not joined."""
    row = tx.run(tx.select(pms).where(pms.c.user_id == user_id)).first()
    return _pm(row) if row else None


def take(tx: Tx, user_id: str) -> Pm | None:
    """The PM, to be recorded anew: nobody else plans their nudges until the transaction ends."""
    row = tx.run(tx.select(pms).where(pms.c.user_id == user_id).with_for_update()).first()
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
        "asked_step": pm.asked.step if pm.asked else None,
        "asked_cycle": pm.asked.cycle if pm.asked else None,
        "asked_on": pm.asked.on if pm.asked else None,
        "asked_at": pm.asked.at if pm.asked else None,
        "country": pm.country,
        "country_part": pm.country_part,
        "follows": pm.follows,
    }
    row = tx.upsert(pms).values(workspace_id=tx.workspace_id, user_id=pm.user_id, **fresh)
    tx.run(row.on_conflict_do_update(index_elements=["workspace_id", "user_id"], set_=fresh))


def plan(tx: Tx, user_id: str, planned: Planned) -> None:
    """The PM's next nudge."""
    tx.run(tx.update(pms).where(pms.c.user_id == user_id).values(**_next(planned)))


def plan_all(tx: Tx, plans: Sequence[Plan]) -> None:
    """The next nudge of many PMs, and what was asked for last where something was."""
    if not plans:
        return
    rows = [_told(each) for each in plans]
    new = as_table(tx, {name: pms.c[name].type for name in rows[0]}, rows).c
    moved = {name: new[name] for name in NEXT}
    last = {name: func.coalesce(new[name], pms.c[name]) for name in ASKED}
    tx.run(tx.update(pms).where(pms.c.user_id == new.user_id).values(**moved, **last))


def put_off(tx: Tx, user_ids: Collection[str], until: datetime) -> None:
    """Look at some PMs later, whatever their plan."""
    if user_ids:
        tx.run(tx.update(pms).where(pms.c.user_id.in_(user_ids)).values(next_at=until))


def remove(tx: Tx, user_id: str) -> bool:
    """No more nudges for somebody; what they wrote stays, and their calendar is forgotten.

    False when they had not joined.
    """
    feeds.remove(tx, user_id)
    return bool(tx.run(tx.delete(pms).where(pms.c.user_id == user_id)).rowcount)


def due(tx: Tx, now: datetime, limit: int | None) -> Sequence[tuple[str, Callable[[], Due]]]:
    """PMs to look at now, longest waiting first; rows that another copy holds are left to it.

    Each comes unread, so that one whose row cannot be read does not stop the others: what is
    raised is about that PM alone.
    """
    found = _look(tx).where(pms.c.next_at <= now).order_by(pms.c.next_at, pms.c.user_id)
    found = found.limit(limit).with_for_update(skip_locked=True)
    try:
        return [(row[0], partial(_due, *row[1:])) for row in tx.run(found).all()]
    except (ValueError, DataError):
        # A date that is none: the driver stumbles over it and gives none of the others either.
        ids = tx.run(found.with_only_columns(pms.c.user_id)).scalars()
        return [(user_id, partial(_alone, tx, user_id)) for user_id in ids]


def following(tx: Tx) -> Sequence[str]:
    """User ids of those who have chosen no interval, in order."""
    found = tx.select(pms, pms.c.user_id).where(pms.c.follows)
    return list(tx.run(found.order_by(pms.c.user_id)).scalars())


def of_team(tx: Tx, team_id: int) -> Sequence[str]:
    """User ids of a team's PMs."""
    found = tx.select(pms, pms.c.user_id).where(pms.c.team_id == team_id)
    return list(tx.run(found.order_by(pms.c.user_id)).scalars())


def next_at(engine: Engine) -> datetime | None:
    """When a PM is next looked at, over all workspaces."""
    with reading(engine, "") as tx:
        return tx.run(select(func.min(pms.c.next_at))).scalar()


def _next(planned: Planned) -> dict[str, Any]:
    return dict(zip(NEXT, _written(planned), strict=True))


def _told(plan: Plan) -> dict[str, Any]:
    asked = _written(plan.asked) if plan.asked else NOTHING
    return {"user_id": plan.user_id, **_next(plan.planned), **dict(zip(ASKED, asked, strict=True))}


def _written(planned: Planned) -> tuple[Step, int, date, datetime]:
    return planned.step, planned.cycle, planned.on, planned.at


def _look(tx: Tx) -> Select[Any]:
    return tx.select(
        pms,
        pms.c.user_id,
        pms.c.zone,
        pms.c.nudge_at,
        # As text: few lists serve all PMs.
        cast(pms.c.working_days, Text),
        pms.c.country,
        pms.c.country_part,
        pms.c.interval_days,
        pms.c.strength,
        pms.c.anchor_on,
        pms.c.paused_until,
        pms.c.step,
        pms.c.cycle,
        pms.c.next_on,
    )


def _alone(tx: Tx, user_id: str) -> Due:
    row = tx.run(_look(tx).where(pms.c.user_id == user_id)).one()
    return _due(*row[1:])


@lru_cache(2**12)
def _due(
    zone: str,
    nudge_at: time,
    working_days: str,
    country: str | None,
    country_part: str | None,
    interval_days: int,
    strength: str,
    anchor_on: date,
    paused_until: date | None,
    step: str,
    cycle: int,
    next_on: date,
) -> Due:
    days = tuple(json.loads(working_days))
    hours = hours_of(zone, nudge_at, days, country, country_part, next_on.year)
    planned = Planned(Step(step), next_on, slot(next_on, hours), cycle)
    return Due(Rhythm(interval_days, Strength(strength), hours), anchor_on, planned, paused_until)


def _rhythm(row: Row[Any]) -> Rhythm:
    hours = hours_of(
        row.zone,
        row.nudge_at,
        tuple(row.working_days),
        row.country,
        row.country_part,
        row.next_on.year,
    )
    return Rhythm(row.interval_days, Strength(row.strength), hours)


def _pm(row: Row[Any]) -> Pm:
    asked = (
        Planned(Step(row.asked_step), row.asked_on, row.asked_at, row.asked_cycle)
        if row.asked_on
        else None
    )
    return Pm(
        user_id=row.user_id,
        team_id=row.team_id,
        joined_at=row.joined_at,
        rhythm=_rhythm(row),
        anchor_on=row.anchor_on,
        planned=Planned(Step(row.step), row.next_on, row.next_at, row.cycle),
        last_visit_on=row.last_visit_on,
        paused_until=row.paused_until,
        asked=asked,
        country=row.country,
        country_part=row.country_part,
        follows=row.follows,
    )
