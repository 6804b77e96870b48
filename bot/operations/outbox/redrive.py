"""Redrive: dead letters put back, once what stopped them is mended."""

from collections.abc import Sequence
from datetime import datetime

from bot.db import workspaces
from bot.db.outbox.queries import ClaimedMessage, MessageKind
from bot.domain.outbox.outcomes import DeliveryStatus, Outcome
from bot.operations import messages
from bot.services import Services


def redrive(
    services: Services, now: datetime, kind: MessageKind | None = None, reason: str | None = None
) -> Sequence[Outcome]:
    """Leave dead letters for delivery again: all, or of a kind, or with Slack's code for a reason.

    Each is looked up before it is posted, and drawn from what is true when it leaves: what has
    become stale is withdrawn.
    """
    outcomes: list[Outcome] = []
    for workspace_id in workspaces.list_ids(services.engine):
        with services.transaction(workspace_id) as tx:
            outcomes += map(_outcome, messages.requeue_dead(tx, kind, reason, now))
    return outcomes


def _outcome(message: ClaimedMessage) -> Outcome:
    return Outcome(message.kind, message.destination, DeliveryStatus.QUEUED, message.reason or "")
