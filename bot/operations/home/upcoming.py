"""Find when something is next due."""

from datetime import datetime

from bot.db import stories
from bot.db.debriefs import queries as debriefs
from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import MessageKind
from bot.db.staff import pms
from bot.domain.staff.pms import Pm
from bot.operations.staff.pms import schedule_of
from bot.operations.stories.digests import LOOK_BACK
from bot.services import Services


def next_due(services: Services) -> datetime | None:
    """Return the earliest instant (UTC) at which a nudge, a digest or a delivery is looked at."""
    found = (
        ask(services.engine)
        for ask in (pms.get_earliest_check, stories.get_earliest_digest, outbox.get_earliest_try)
    )
    return min((each for each in found if each), default=None)


def next_for(
    services: Services, workspace_id: str, user_id: str, now: datetime
) -> tuple[datetime, MessageKind] | None:
    """Return when (UTC) a PM is next nudged, or read in the digest; None for anyone else."""
    with services.reading(workspace_id) as tx:
        pm = pms.get(tx, user_id)
        if pm is None:
            return None
        nudge_at, digest_at = schedule_of(tx, pm, now).next_nudge_at, _digest_at(tx, pm, now)
        found = [(nudge_at, MessageKind.NUDGE), (digest_at, MessageKind.DIGEST)]
        return min(((at, kind) for at, kind in found if at), default=None)


def _digest_at(tx: Tx, pm: Pm, now: datetime) -> datetime | None:
    team = stories.get(tx, pm.team_id) if pm.team_id else None
    if team is None:
        return None
    unposted = debriefs.list_unposted(tx, [pm.user_id], now - LOOK_BACK, now)
    return team.digest.at if unposted else None
