"""Build what a PM sees on Home, the app's own tab."""

from collections.abc import Sequence
from datetime import datetime, time

from bot.db import surveys
from bot.db.contacts import flags
from bot.db.debriefs import promises
from bot.db.debriefs import queries as debriefs
from bot.db.engine import Tx
from bot.db.suggestions import coverage
from bot.db.visits import ground_rules
from bot.domain.debriefs.rules import Debrief
from bot.domain.home import MAX_EARLIER, MAX_ITEMS, HomeFacts, RecentDebrief, UpcomingVisit
from bot.domain.staff.access import Actor, Role
from bot.domain.suggestions.coverage import MIN_VISITS, find_skews, is_great_overrepresented
from bot.domain.surveys.nps import MIN_ANSWERS as TOLD_OF
from bot.domain.surveys.nps import NPS_WINDOW, calculate_nps
from bot.domain.visits.caps import QUARTER
from bot.domain.visits.rules import Visit
from bot.domain.working_time import local_date, to_instant
from bot.operations.customers.search import customer_name
from bot.operations.debriefs import saved_drafts as saved_draft_operations
from bot.operations.staff.pms import get_choices, get_schedule
from bot.services import Services

PROMISES_SHOWN = 5


def get_facts(services: Services, actor: Actor, now: datetime) -> HomeFacts | None:
    """Return what the actor's Home shows; None for someone who hasn't joined."""
    if get_choices(services, actor) is None:
        return None
    schedule = get_schedule(services, actor, now)
    zone = schedule.pm.settings.hours.zone
    today = local_date(now, zone)
    with services.reading(actor.workspace_id) as tx:
        booked = tuple(_upcoming_visit(tx, each, zone) for each in schedule.booked)
        awaiting_debrief = tuple(
            _upcoming_visit(tx, each, zone) for each in schedule.awaiting_debrief
        )
        recent = [
            _recent_debrief(each) for each in debriefs.list_latest(tx, actor.user_id, MAX_ITEMS + 1)
        ]
        flagged = [
            customer_name(tx, stored.flag.customer_id)
            for stored in flags.list_active(tx)
            if stored.pm_id == actor.user_id
        ]
        visited = coverage.list_visited(tx, actor.user_id, today - QUARTER)
        found = (
            find_skews(visited, coverage.get_wanted_mix(tx)) if len(visited) >= MIN_VISITS else ()
        )
        great = coverage.get_great_share(tx, actor.user_id, today - QUARTER)
        saved_drafts = saved_draft_operations.list_recent(tx, actor.user_id, now)
        open_promises = promises.list_open_by_owner(tx, actor.user_id, PROMISES_SHOWN)
        since = today - NPS_WINDOW
        tally = surveys.get_score_tally(tx, actor.user_id, to_instant(since, time(), zone), since)
    return HomeFacts(
        today=today,
        zone=zone,
        due_on=schedule.due_on,
        next_nudge_at=schedule.next_nudge_at,
        upcoming=booked,
        debriefs=tuple(recent),
        flags=tuple(flagged),
        skews=tuple(found),
        great=great if is_great_overrepresented(great) else None,
        admin=Role.ADMIN in actor.roles,
        awaiting_debrief=awaiting_debrief,
        saved_drafts=tuple(saved_drafts),
        open_promises=tuple(open_promises),
        nps=calculate_nps(tally) if tally.answers >= TOLD_OF else None,
    )


def list_debriefs(services: Services, actor: Actor) -> Sequence[RecentDebrief]:
    """Return the actor's debriefs, newest first."""
    with services.reading(actor.workspace_id) as tx:
        return [
            _recent_debrief(each) for each in debriefs.list_latest(tx, actor.user_id, MAX_EARLIER)
        ]


def _recent_debrief(debrief: Debrief) -> RecentDebrief:
    return RecentDebrief(debrief.id, debrief.customer_name, debrief.on, debrief.draft.sharing)


def _upcoming_visit(tx: Tx, visit: Visit, zone: str) -> UpcomingVisit:
    name = customer_name(tx, visit.customer_id)
    rules = ground_rules.get(tx, visit.id)
    return UpcomingVisit(visit.id, name, visit.on, visit.kind, visit.start_time(zone), rules)
