"""Redrive: dead letters put back, once what stopped them is mended."""

from collections.abc import Sequence
from datetime import datetime

from bot.db import workspaces
from bot.db.outbox.queries import Kind, Parcel
from bot.domain.outbox.outcomes import Fate, Outcome
from bot.operations import messages
from bot.services import Services


def redrive(
    services: Services, now: datetime, kind: Kind | None = None, reason: str | None = None
) -> Sequence[Outcome]:
    """Leave dead letters for delivery again: all, or of a kind, or with Slack's code for a reason.

    Each is looked up before it is posted, and drawn from what is true when it leaves: what has
    become stale is withdrawn.
    """
    outcomes: list[Outcome] = []
    for workspace_id in workspaces.ids(services.engine):
        with services.transaction(workspace_id) as tx:
            outcomes += map(_outcome, messages.revive(tx, kind, reason, now))
    return outcomes


def _outcome(parcel: Parcel) -> Outcome:
    return Outcome(parcel.kind, parcel.destination, Fate.QUEUED, parcel.reason or "")
