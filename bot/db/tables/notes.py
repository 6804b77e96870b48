"""The table of notes that ask for nothing.

The column name `passed` is older than the word dismissed: it holds dismissed customers.
"""

import sqlalchemy as sa

from bot.db.tables.column_types import Instant
from bot.db.tables.columns import (
    CODE_LENGTH,
    SLACK_ID_LENGTH,
    metadata,
    required,
    row_id,
    workspace,
)

notes = sa.Table(
    "notes",
    metadata,
    row_id(),
    workspace(),
    required("pm_id", sa.String(SLACK_ID_LENGTH)),
    required("month", sa.String(7)),
    required("due_at", Instant),
    sa.Column("customer_id", sa.Integer, sa.ForeignKey("customers.id")),
    required("passed", sa.JSON),
    sa.Column("answer", sa.String(CODE_LENGTH)),
    sa.Column("answered_on", sa.Date),
    sa.UniqueConstraint("workspace_id", "pm_id", "month"),
    sa.Index(None, "workspace_id", "due_at"),
    sa.Index(None, "workspace_id", "customer_id"),
)
