"""Queries on PMs."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import Engine, Row, Select, Text, cast, func, select
from sqlalchemy.exc import DataError

from bot.db.calendars import feeds
from bot.db.engine import Tx, read_transaction
from bot.db.rows import as_table
from bot.db.staff.membership import may_get_messages
from bot.db.tables.staff import pms
from bot.domain.nudges.rules import NudgeSettings, NudgeStep, PlannedNudge, Strength
from bot.domain.staff.pms import Pm
from bot.domain.working_time import contact_start
from bot.platform.working_hours import get_working_hours

NEXT_COLUMNS = ("step", "cycle", "next_on", "next_at")
ENQUEUED_COLUMNS = ("enqueued_step", "enqueued_cycle", "enqueued_on", "enqueued_at")
NOT_ENQUEUED = (None,) * len(ENQUEUED_COLUMNS)


@dataclass(frozen=True, eq=False)
class PmToDecide:
    """The fields of a due `Pm` that decide on a nudge; PMs with equal fields share one object.

    `paused_until` is the first day back from a pause or a vacation.
    """

    settings: NudgeSettings
    cycle_start: date
    next_nudge: PlannedNudge
    paused_until: date | None


@dataclass(frozen=True)
class PmNudges:
    """What was decided for a PM: the next nudge, and the one that is enqueued now, if any."""

    user_id: str
    next_nudge: PlannedNudge
    enqueued: PlannedNudge | None = None


def get(tx: Tx, user_id: str) -> Pm | None:
    """Return the PM; None if the user has not joined, or is no longer a member."""
    found = tx.select(pms).where(pms.c.user_id == user_id)
    row = tx.run(found.where(may_get_messages(tx, pms.c.user_id, pms))).first()
    return _pm(row) if row else None


def list_enrolled(tx: Tx, user_ids: Collection[str]) -> Collection[str]:
    """Return which of those users have joined and are still members."""
    found = tx.select(pms, pms.c.user_id).where(
        pms.c.user_id.in_(user_ids), may_get_messages(tx, pms.c.user_id, pms)
    )
    return set(tx.run(found).scalars())


def get_for_update(tx: Tx, user_id: str) -> Pm | None:
    """Lock and return the PM, or None: no one else plans their nudges until the commit."""
    row = tx.run(tx.select(pms).where(pms.c.user_id == user_id).with_for_update()).first()
    return _pm(row) if row else None


def save(tx: Tx, pm: Pm) -> None:
    """Save a PM as given."""
    fresh = {
        "team_id": pm.team_id,
        "joined_at": pm.joined_at,
        "interval_days": pm.settings.interval_days,
        "strength": pm.settings.strength,
        "zone": pm.settings.hours.zone,
        "nudge_at": pm.settings.hours.at,
        "working_days": sorted(pm.settings.hours.working_days),
        "cycle_start": pm.cycle_start,
        "last_visit_on": pm.last_visit_on,
        "paused_until": pm.paused_until,
        "step": pm.next_nudge.step,
        "cycle": pm.next_nudge.cycle,
        "next_on": pm.next_nudge.on,
        "next_at": pm.next_nudge.at,
        "enqueued_step": pm.last_enqueued.step if pm.last_enqueued else None,
        "enqueued_cycle": pm.last_enqueued.cycle if pm.last_enqueued else None,
        "enqueued_on": pm.last_enqueued.on if pm.last_enqueued else None,
        "enqueued_at": pm.last_enqueued.at if pm.last_enqueued else None,
        "country": pm.country,
        "country_part": pm.country_part,
        "uses_default_interval": pm.uses_default_interval,
    }
    row = tx.upsert(pms).values(workspace_id=tx.workspace_id, user_id=pm.user_id, **fresh)
    tx.run(row.on_conflict_do_update(index_elements=["workspace_id", "user_id"], set_=fresh))


def set_next_nudge(tx: Tx, user_id: str, nudge: PlannedNudge) -> None:
    """Set the PM's next nudge."""
    tx.run(tx.update(pms).where(pms.c.user_id == user_id).values(**_next_values(nudge)))


def set_next_nudges(tx: Tx, plans: Sequence[PmNudges]) -> None:
    """Set the next nudges of many PMs, and the last enqueued ones where given."""
    if not plans:
        return
    rows = [_plan_values(each) for each in plans]
    new = as_table(tx, {name: pms.c[name].type for name in rows[0]}, rows).c
    next_values = {name: new[name] for name in NEXT_COLUMNS}
    enqueued_values = {name: func.coalesce(new[name], pms.c[name]) for name in ENQUEUED_COLUMNS}
    tx.run(
        tx.update(pms).where(pms.c.user_id == new.user_id).values(**next_values, **enqueued_values)
    )


def postpone_all(tx: Tx, user_ids: Collection[str], until: datetime) -> None:
    """Postpone the next look at some PMs, whatever their plan."""
    if user_ids:
        tx.run(tx.update(pms).where(pms.c.user_id.in_(user_ids)).values(next_at=until))


def remove(tx: Tx, user_id: str) -> bool:
    """Remove a PM and their calendar feed; what they wrote stays.

    False if they had not joined.
    """
    feeds.remove(tx, user_id)
    return bool(tx.run(tx.delete(pms).where(pms.c.user_id == user_id)).rowcount)


def list_to_decide(
    tx: Tx, now: datetime, limit: int | None
) -> Sequence[tuple[str, Callable[[], PmToDecide]]]:
    """Lock and return PMs whose next nudge is to be decided now, longest waiting first.

    Locked rows are skipped.

    Each comes with a reader of its row, so a row that cannot be read doesn't stop the others: what
    the reader raises is about that PM alone.
    """
    found = (
        _select_due_columns(tx).where(pms.c.next_at <= now).order_by(pms.c.next_at, pms.c.user_id)
    )
    found = found.where(may_get_messages(tx, pms.c.user_id, pms))
    found = found.limit(limit).with_for_update(skip_locked=True)
    try:
        return [(row[0], partial(_due_pm, *row[1:])) for row in tx.run(found).all()]
    except (ValueError, DataError):
        # An invalid date: the driver fails on it and returns none of the other rows either.
        ids = tx.run(found.with_only_columns(pms.c.user_id)).scalars()
        return [(user_id, partial(_read_alone, tx, user_id)) for user_id in ids]


def list_with_default_interval(tx: Tx) -> Sequence[str]:
    """Return the user ids, sorted, of PMs who have chosen no interval."""
    found = tx.select(pms, pms.c.user_id).where(pms.c.uses_default_interval)
    return list(tx.run(found.order_by(pms.c.user_id)).scalars())


def list_by_team(tx: Tx, team_id: int) -> Sequence[str]:
    """Return the user ids, sorted, of a team's PMs."""
    found = tx.select(pms, pms.c.user_id).where(pms.c.team_id == team_id)
    return list(tx.run(found.order_by(pms.c.user_id)).scalars())


def get_earliest_check(engine: Engine) -> datetime | None:
    """Return when the next PM is due in any workspace, or None."""
    with read_transaction(engine, "") as tx:
        return tx.run(select(func.min(pms.c.next_at))).scalar()


def _next_values(nudge: PlannedNudge) -> dict[str, Any]:
    return dict(zip(NEXT_COLUMNS, _nudge_values(nudge), strict=True))


def _plan_values(plan: PmNudges) -> dict[str, Any]:
    enqueued = _nudge_values(plan.enqueued) if plan.enqueued else NOT_ENQUEUED
    return {
        "user_id": plan.user_id,
        **_next_values(plan.next_nudge),
        **dict(zip(ENQUEUED_COLUMNS, enqueued, strict=True)),
    }


def _nudge_values(nudge: PlannedNudge) -> tuple[NudgeStep, int, date, datetime]:
    return nudge.step, nudge.cycle, nudge.on, nudge.at


def _select_due_columns(tx: Tx) -> Select[Any]:
    return tx.select(
        pms,
        pms.c.user_id,
        pms.c.zone,
        pms.c.nudge_at,
        # As text, to be cached: all PMs share a few lists.
        cast(pms.c.working_days, Text),
        pms.c.country,
        pms.c.country_part,
        pms.c.interval_days,
        pms.c.strength,
        pms.c.cycle_start,
        pms.c.paused_until,
        pms.c.step,
        pms.c.cycle,
        pms.c.next_on,
    )


def _read_alone(tx: Tx, user_id: str) -> PmToDecide:
    row = tx.run(_select_due_columns(tx).where(pms.c.user_id == user_id)).one()
    return _due_pm(*row[1:])


@lru_cache(2**12)
def _due_pm(
    zone: str,
    nudge_at: time,
    working_days: str,
    country: str | None,
    country_part: str | None,
    interval_days: int,
    strength: str,
    cycle_start: date,
    paused_until: date | None,
    step: str,
    cycle: int,
    next_on: date,
) -> PmToDecide:
    days = tuple(json.loads(working_days))
    hours = get_working_hours(zone, nudge_at, days, country, country_part, next_on.year)
    nudge = PlannedNudge(NudgeStep(step), next_on, contact_start(next_on, hours), cycle)
    return PmToDecide(
        NudgeSettings(interval_days, Strength(strength), hours), cycle_start, nudge, paused_until
    )


def _nudge_settings(row: Row[Any]) -> NudgeSettings:
    hours = get_working_hours(
        row.zone,
        row.nudge_at,
        tuple(row.working_days),
        row.country,
        row.country_part,
        row.next_on.year,
    )
    return NudgeSettings(row.interval_days, Strength(row.strength), hours)


def _pm(row: Row[Any]) -> Pm:
    last_enqueued = (
        PlannedNudge(
            NudgeStep(row.enqueued_step), row.enqueued_on, row.enqueued_at, row.enqueued_cycle
        )
        if row.enqueued_on
        else None
    )
    return Pm(
        user_id=row.user_id,
        team_id=row.team_id,
        joined_at=row.joined_at,
        settings=_nudge_settings(row),
        cycle_start=row.cycle_start,
        next_nudge=PlannedNudge(NudgeStep(row.step), row.next_on, row.next_at, row.cycle),
        last_visit_on=row.last_visit_on,
        paused_until=row.paused_until,
        last_enqueued=last_enqueued,
        country=row.country,
        country_part=row.country_part,
        uses_default_interval=row.uses_default_interval,
    )
