"""The agenda: when something is next due."""

from datetime import datetime

from bot.db import outbox, pms, teams
from bot.services import Services


def next_due(services: Services) -> datetime | None:
    """The earliest instant (UTC) at which a nudge, a digest or a delivery is looked at."""
    found = (ask(services.engine) for ask in (pms.next_at, teams.next_at, outbox.next_at))
    return min((each for each in found if each), default=None)
