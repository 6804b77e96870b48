"""Requeue dead letters, once what stopped them is fixed, or drop them."""

from collections.abc import Sequence
from datetime import datetime

from bot.db.engine import let_others_write
from bot.db.outbox import dead_letters
from bot.db.outbox.queries import ClaimedMessage, MessageKind
from bot.domain.outbox.outcomes import DeliveryStatus, Outcome
from bot.operations import messages
from bot.operations.workspaces import list_reachable
from bot.services import Services

# SQLite lets no one else write while a batch is written.
BATCH = 100


def redrive(
    services: Services,
    now: datetime,
    kind: MessageKind | None = None,
    reason: str | None = None,
    *,
    drop: bool = False,
) -> Sequence[Outcome]:
    """Requeue dead letters: all, or those of a kind, or with Slack's code as their reason.

    Each is looked up before it is posted, and rendered from what is true on delivery: what has
    become stale is withdrawn. With `drop` they are given up instead.
    """
    outcomes: list[Outcome] = []
    for workspace_id in list_reachable(services):
        with services.reading(workspace_id) as tx:
            dead = dead_letters.list_dead(tx, kind, reason)
        for start in range(0, len(dead), BATCH):
            batch = dead[start : start + BATCH]
            with services.transaction(workspace_id) as tx:
                done = (
                    dead_letters.drop_dead(tx, batch)
                    if drop
                    else messages.requeue_dead(tx, batch, now)
                )
                outcomes += (_outcome(each, drop) for each in done)
            let_others_write(services.engine)
    return outcomes


def _outcome(message: ClaimedMessage, drop: bool) -> Outcome:
    status = DeliveryStatus.DROPPED if drop else DeliveryStatus.QUEUED
    return Outcome(message.kind, message.destination, status, message.reason or "")
