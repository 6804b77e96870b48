"""Requeue dead letters, once what stopped them is fixed."""

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
    """Requeue dead letters: all, or those of a kind, or with Slack's code as their reason.

    Each is looked up before it is posted, and rendered from what is true on delivery: what has
    become stale is withdrawn.
    """
    outcomes: list[Outcome] = []
    for workspace_id in workspaces.list_ids(services.engine):
        with services.transaction(workspace_id) as tx:
            outcomes += map(_outcome, messages.requeue_dead(tx, kind, reason, now))
    return outcomes


def _outcome(message: ClaimedMessage) -> Outcome:
    return Outcome(message.kind, message.destination, DeliveryStatus.QUEUED, message.reason or "")
