"""Tables of the outbox: messages on their way to Slack, and rate limits by method."""

import sqlalchemy as sa

from bot.db.tables.column_types import Instant
from bot.db.tables.columns import (
    CODE_LENGTH,
    SLACK_ID_LENGTH,
    message_ref,
    metadata,
    required,
    workspace,
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.String(CODE_LENGTH), primary_key=True),
    workspace(),
    required("kind", sa.String(CODE_LENGTH)),
    required("subject", sa.String(64)),
    required("period", sa.String(64)),
    required("destination", sa.String(SLACK_ID_LENGTH)),
    required("state", sa.String(CODE_LENGTH)),
    required("created_at", Instant),
    required("due_at", Instant),
    required("next_at", Instant),
    required("attempts", sa.Integer),
    sa.Column("lease_owner", sa.String(64)),
    sa.Column("lease_until", Instant),
    sa.Column("first_tried_at", Instant, key="first_attempt_at"),
    sa.Column("sent_at", Instant),
    sa.Column("reason", sa.String(255)),
    # How often what it shows has changed since it was enqueued.
    sa.Column("revision", sa.Integer, nullable=False, default=0),
    *message_ref(),
    sa.UniqueConstraint("workspace_id", "kind", "subject", "period"),
    sa.Index("ix_outbox_waiting", "workspace_id", "state", "next_at"),
    sa.Index("ix_outbox_destination", "workspace_id", "destination", "state"),
)

# Slack's rate limits for a workspace's app: `free_at` is when the next call of a method is within
# the rate, `held_until` when Slack's own "retry after" ends.
rates = sa.Table(
    "rates",
    metadata,
    workspace(primary_key=True),
    sa.Column("method", sa.String(64), primary_key=True),
    required("free_at", Instant),
    sa.Column("held_until", Instant),
)
