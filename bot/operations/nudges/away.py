"""Away: pauses, and until when somebody is not to be written to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.db.engine import Tx
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.domain.nudges import away as rules
from bot.domain.nudges.away import Cause, Span
from bot.domain.outbox.outcomes import Outcome
from bot.domain.staff.access import Actor
from bot.domain.working_time import instant, instant_of, local_date
from bot.errors import NotJoined, SlackError
from bot.log import logger
from bot.operations.nudges import absences
from bot.operations.staff.pms import Prospect, prospect
from bot.services import Services

LOG = logger(__name__)
# Slack takes so many people in one call, and lets it be made twenty times a minute.
BATCH, CALLS = 50, 5
AHEAD = FRESH = timedelta(hours=1)


@dataclass(frozen=True)
class Paused:
    """What lies ahead of a PM, and the first day back of their pause; None when there is none."""

    prospect: Prospect
    until: date | None


def pause(services: Services, actor: Actor, words: str, now: datetime) -> Paused:
    """Nothing unasked for the actor until a day told in words; the clock stands still till then.

    Raises `PauseRefused`.
    """
    today = local_date(now, actor.zone)
    return _paused(services, actor, rules.paused_until(words, today), now)


def resume(services: Services, actor: Actor, now: datetime) -> Paused:
    """The actor's pause ends now, if there is one."""
    return _paused(services, actor, None, now)


def waits_until(tx: Tx, user_id: str, now: datetime) -> datetime | None:
    """Until when (UTC) a message that nobody asked for must wait; None if it need not.

    For a vacation, a pause, and hours in which they want no notifications.
    """
    held = staff.held(tx, user_id)
    if held is None:
        return None
    spans = held.spans
    if held.paused_until and held.nudge_at and local_date(now, held.zone) < held.paused_until:
        spans = (*spans, Span(now, instant(held.paused_until, held.nudge_at, held.zone)))
    return rules.waits_until(spans, now)


def heard(
    services: Services, workspace_id: str, user_id: str, said: Mapping[str, Any], now: datetime
) -> None:
    """Slack says when somebody wants no notifications (`dnd_status` of its event)."""
    with services.transaction(workspace_id) as tx:
        staff.quiet(tx, user_id, _quiet(said), now)


def ask(services: Services, workspace_id: str, now: datetime) -> Sequence[Outcome]:
    """Ask Slack about PMs whose nudge comes within the hour: do they want notifications then?"""
    for _ in range(CALLS if services.writes else 0):
        with services.transaction(workspace_id) as tx:
            user_ids = staff.take_unheard(tx, now + AHEAD, now - FRESH, now, BATCH)
        if not user_ids or not _asked(services, workspace_id, user_ids, now):
            break
    return []


def _asked(services: Services, workspace_id: str, user_ids: Sequence[str], now: datetime) -> bool:
    try:
        said = services.slack.call("dnd.teamInfo", users=list(user_ids))["users"]
    except SlackError as error:
        LOG.warning("quiet_hours_unknown", code=error.code)
        with services.transaction(workspace_id) as tx:
            for user_id in sorted(user_ids):
                staff.unheard(tx, user_id)
        return False
    with services.transaction(workspace_id) as tx:
        # In order, here and above: two who take each other's rows would wait for ever.
        for user_id in sorted(user_ids):
            staff.quiet(tx, user_id, _quiet(said.get(user_id) or {}), now)
    return True


def _quiet(said: Mapping[str, Any]) -> Span | None:
    since = instant_of(said.get("next_dnd_start_ts"))
    until = instant_of(said.get("next_dnd_end_ts"))
    return Span(since, until) if said.get("dnd_enabled") and since and until else None


def _paused(services: Services, actor: Actor, until: date | None, now: datetime) -> Paused:
    with services.transaction(actor.workspace_id) as tx:
        pm = pms.take(tx, actor.user_id)
        if pm is None:
            raise NotJoined
        told = absences.told(tx, pm, Cause.PAUSE, until, now)
        if told != pm:
            pms.keep(tx, told)
        return Paused(prospect(tx, told, now), until)
