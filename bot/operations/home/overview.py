"""Home: what a PM finds in the app's own tab."""

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
from bot.domain.staff.access import Actor, Role
from bot.domain.suggestions.coverage import AT_LEAST, leans, much_great
from bot.domain.surveys.nps import AT_LEAST as TOLD_OF
from bot.domain.surveys.nps import WINDOW, nps
from bot.domain.visits.caps import QUARTER
from bot.domain.visits.rules import Visit
from bot.domain.working_time import instant, local_date
from bot.operations.customers.search import customer_name
from bot.operations.debriefs import saved_drafts as unfinished
from bot.operations.staff.pms import ahead, choices
from bot.services import Services
from bot.views.home import EARLIER_MOST, SHOWN, Booked, HomeFacts, Recent

OWED = 5


def facts(services: Services, actor: Actor, now: datetime) -> HomeFacts | None:
    """What the actor's home shows; None for somebody who has not joined."""
    if choices(services, actor) is None:
        return None
    prospect = ahead(services, actor, now)
    zone = prospect.pm.rhythm.hours.zone
    today = local_date(now, zone)
    with services.reading(actor.workspace_id) as tx:
        booked = tuple(_booked(tx, each, zone) for each in prospect.booked)
        waiting = tuple(_booked(tx, each, zone) for each in prospect.waiting)
        recent = [_recent(each) for each in debriefs.latest(tx, actor.user_id, SHOWN + 1)]
        flagged = [
            customer_name(tx, kept.flag.customer_id)
            for kept in flags.standing(tx)
            if kept.pm_id == actor.user_id
        ]
        visited = coverage.visited(tx, actor.user_id, today - QUARTER)
        found = leans(visited, coverage.wanted(tx)) if len(visited) >= AT_LEAST else ()
        great = coverage.great(tx, actor.user_id, today - QUARTER)
        left = unfinished.all_left(tx, actor.user_id, now)
        owed = promises.owed_by(tx, actor.user_id, OWED)
        since = today - WINDOW
        counted = surveys.tally(tx, actor.user_id, instant(since, time(), zone), since)
    return HomeFacts(
        today=today,
        zone=zone,
        due_on=prospect.due_on,
        next_nudge_at=prospect.next_nudge_at,
        booked=booked,
        debriefs=tuple(recent),
        flags=tuple(flagged),
        leans=tuple(found),
        great=great if much_great(great) else None,
        admin=Role.ADMIN in actor.roles,
        waiting=waiting,
        unfinished=tuple(left),
        owed=tuple(owed),
        nps=nps(counted) if counted.answers >= TOLD_OF else None,
    )


def heard(services: Services, actor: Actor) -> Sequence[Recent]:
    """The debriefs of the actor's, the newest first."""
    with services.reading(actor.workspace_id) as tx:
        return [_recent(each) for each in debriefs.latest(tx, actor.user_id, EARLIER_MOST)]


def _recent(debrief: Debrief) -> Recent:
    return Recent(debrief.id, debrief.customer_name, debrief.on, debrief.sharing)


def _booked(tx: Tx, visit: Visit, zone: str) -> Booked:
    name = customer_name(tx, visit.customer_id)
    rules = ground_rules.get(tx, visit.id)
    return Booked(visit.id, name, visit.on, visit.kind, visit.at(zone), rules)
