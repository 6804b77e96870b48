"""Compare a PM's visits of the last quarter with the market."""

from datetime import datetime

from bot.db.suggestions import coverage
from bot.domain.staff.access import Actor
from bot.domain.suggestions.coverage import CoverageFacts, compare_with_market
from bot.domain.visits.caps import QUARTER
from bot.domain.working_time import local_date
from bot.services import Services


def get_facts(services: Services, actor: Actor, now: datetime) -> CoverageFacts:
    """Return what the picture of the actor's coverage shows."""
    since = local_date(now, actor.zone) - QUARTER
    with services.reading(actor.workspace_id) as tx:
        visited = coverage.list_visited(tx, actor.user_id, since)
        found = compare_with_market(visited, coverage.get_wanted_mix(tx))
        return CoverageFacts(
            len(visited), found, coverage.get_great_share(tx, actor.user_id, since)
        )
