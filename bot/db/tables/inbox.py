"""The inbox table: each payload from Slack under its own id.

SQL columns older than the Python names: `payload` is the `body`, `answer` the `response`.
"""

import sqlalchemy as sa

from bot.db.tables.column_types import Instant
from bot.db.tables.columns import CODE_LENGTH, metadata, required, workspace

inbox = sa.Table(
    "inbox",
    metadata,
    workspace(primary_key=True),
    sa.Column("key", sa.String(255), primary_key=True),
    required("kind", sa.String(CODE_LENGTH)),
    required("received_at", Instant),
    sa.Column("payload", sa.JSON(none_as_null=True)),
    sa.Column("answer", sa.JSON(none_as_null=True)),
    sa.Column("done_at", Instant),
    required("attempts", sa.Integer),
    required("next_at", Instant),
    sa.Index("ix_inbox_waiting", "done_at", "next_at"),
    sa.Index("ix_inbox_received_at", "received_at"),
)
