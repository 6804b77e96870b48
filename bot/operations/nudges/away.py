"""Pause nudges, and find until when a user isn't to be messaged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.db.engine import Tx
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.domain.nudges import away as rules
from bot.domain.nudges.away import AbsenceCause, TimeSpan
from bot.domain.outbox.outcomes import Outcome
from bot.domain.staff.access import Actor
from bot.domain.working_time import local_date, parse_unix_seconds, to_instant
from bot.errors import NotJoined, SlackError
from bot.log import get_logger
from bot.operations.nudges import absences
from bot.operations.staff.pms import PmSchedule, schedule_of
from bot.services import Services

LOG = get_logger(__name__)
# Slack takes this many users in one call, and allows twenty calls a minute.
BATCH, MAX_CALLS = 50, 5
LOOK_AHEAD = FRESH_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Pause:
    """A PM's pause: their schedule with it, and the first day back."""

    schedule: PmSchedule
    until: date


def pause(services: Services, actor: Actor, text: str, now: datetime) -> Pause:
    """Pause unasked messages for the actor until a day given in words; the clock stands still.

    Raises `InvalidPause`.
    """
    until = rules.parse_pause(text, local_date(now, actor.zone))
    return Pause(_set_pause(services, actor, until, now), until)


def resume(services: Services, actor: Actor, now: datetime) -> PmSchedule:
    """End the actor's pause now, if there is one, and return their schedule."""
    return _set_pause(services, actor, None, now)


def find_absence_end(tx: Tx, user_id: str, now: datetime) -> datetime | None:
    """Return until when (UTC) an unasked message must wait; None if it needn't.

    For a vacation, a pause, and hours in which they want no notifications.
    """
    held = staff.get_message_hold(tx, user_id)
    if held is None:
        return None
    spans = held.spans
    if held.paused_until and held.nudge_at and local_date(now, held.zone) < held.paused_until:
        spans = (*spans, TimeSpan(now, to_instant(held.paused_until, held.nudge_at, held.zone)))
    return rules.find_first_free_time(spans, now)


def save_dnd_status(
    services: Services,
    workspace_id: str,
    user_id: str,
    dnd_status: Mapping[str, Any],
    now: datetime,
) -> None:
    """Save when a user wants no notifications (`dnd_status` of Slack's event)."""
    with services.transaction(workspace_id) as tx:
        staff.set_dnd(tx, user_id, _parse_dnd_span(dnd_status), now)


def refresh_dnd_statuses(services: Services, workspace_id: str, now: datetime) -> Sequence[Outcome]:
    """Ask Slack whether PMs whose nudge comes within the hour want notifications then."""
    for _ in range(MAX_CALLS if services.writes_enabled else 0):
        with services.transaction(workspace_id) as tx:
            user_ids = staff.claim_dnd_check(tx, now + LOOK_AHEAD, now - FRESH_FOR, now, BATCH)
        if not user_ids or not _fetch_dnd_statuses(services, workspace_id, user_ids, now):
            break
    return []


def _fetch_dnd_statuses(
    services: Services, workspace_id: str, user_ids: Sequence[str], now: datetime
) -> bool:
    try:
        statuses = services.slack.call("dnd.teamInfo", users=list(user_ids))["users"]
    except SlackError as error:
        LOG.warning("quiet_hours_unknown", code=error.code)
        with services.transaction(workspace_id) as tx:
            for user_id in sorted(user_ids):
                staff.reset_dnd_check(tx, user_id)
        return False
    with services.transaction(workspace_id) as tx:
        # In order, here and above: two transactions that lock each other's rows would deadlock.
        for user_id in sorted(user_ids):
            staff.set_dnd(tx, user_id, _parse_dnd_span(statuses.get(user_id) or {}), now)
    return True


def _parse_dnd_span(dnd_status: Mapping[str, Any]) -> TimeSpan | None:
    since = parse_unix_seconds(dnd_status.get("next_dnd_start_ts"))
    until = parse_unix_seconds(dnd_status.get("next_dnd_end_ts"))
    return TimeSpan(since, until) if dnd_status.get("dnd_enabled") and since and until else None


def _set_pause(services: Services, actor: Actor, until: date | None, now: datetime) -> PmSchedule:
    with services.transaction(actor.workspace_id) as tx:
        pm = pms.get_for_update(tx, actor.user_id)
        if pm is None:
            raise NotJoined
        updated = absences.save_absence(tx, pm, AbsenceCause.PAUSE, until, now)
        if updated != pm:
            pms.save(tx, updated)
        return schedule_of(tx, updated, now)
