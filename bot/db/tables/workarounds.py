"""Tables of workarounds, their sightings and merges, and the notices that one is fixed.

SQL names older than the Python names: `sightings` is the table "workarounds", `workarounds` is
"wholes", `fix_notices` is "errands", `customer_notices` is "asks". A column whose SQL name is
older has a `key`.
"""

import sqlalchemy as sa

from bot.db.tables.column_types import Instant
from bot.db.tables.columns import (
    CODE_LENGTH,
    SLACK_ID_LENGTH,
    customer,
    metadata,
    reference,
    required,
    row_id,
    workspace,
)

workaround = reference("wholes")

sightings = sa.Table(
    "workarounds",
    metadata,
    row_id(),
    workspace(),
    sa.Column("debrief_id", sa.Integer, sa.ForeignKey("debriefs.id"), nullable=False),
    required("what", sa.Text),
    required("why", sa.Text),
    sa.Column("how_often", sa.String(CODE_LENGTH)),
    sa.Column("whole_id", sa.Integer, sa.ForeignKey("wholes.id"), key="workaround_id"),
    sa.Index(None, "workspace_id", "debrief_id"),
    sa.Index(None, "workspace_id", "workaround_id"),
)

workarounds = sa.Table(
    "wholes",
    metadata,
    row_id(),
    workspace(),
    required("state", sa.String(CODE_LENGTH)),
    required("release", sa.String(100)),
    required("fix", sa.Integer),
    required("version", sa.Integer),
    required("changed_by", sa.String(SLACK_ID_LENGTH)),
    required("changed_at", Instant),
)

merges = sa.Table(
    "merges",
    metadata,
    row_id(),
    workspace(),
    workaround("whole_id", key="workaround_id"),
    workaround("joined_id", key="merged_id"),
    required("moved", sa.JSON),
    required("merged_by", sa.String(SLACK_ID_LENGTH)),
    required("merged_at", Instant),
    sa.Column("undone_by", sa.String(SLACK_ID_LENGTH)),
    sa.Column("undone_at", Instant),
    sa.Index(None, "workspace_id", "workaround_id"),
)

fix_notices = sa.Table(
    "errands",
    metadata,
    row_id(),
    workspace(),
    workaround("whole_id", key="workaround_id"),
    required("fix", sa.Integer),
    required("pm_id", sa.String(SLACK_ID_LENGTH)),
    required("part", sa.Integer),
    required("asked_at", Instant),
    required("due_at", Instant),
    sa.UniqueConstraint("workspace_id", "workaround_id", "fix", "pm_id", "part"),
    sa.Index(None, "workspace_id", "asked_at"),
    sa.Index(None, "workspace_id", "due_at"),
)

customer_notices = sa.Table(
    "asks",
    metadata,
    row_id(),
    workspace(),
    reference("errands")("errand_id", key="fix_notice_id"),
    customer("customer_id"),
    required("state", sa.String(CODE_LENGTH)),
    required("asked_at", Instant),
    required("due_at", Instant),
    sa.Column("told_at", Instant),
    sa.UniqueConstraint("workspace_id", "fix_notice_id", "customer_id"),
    sa.Index(None, "workspace_id", "state"),
    sa.Index(None, "workspace_id", "asked_at"),
)
