"""Tables of sent nudges, counts of named barriers, and absences."""

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

nudges = sa.Table(
    "nudges",
    metadata,
    row_id(),
    workspace(),
    required("pm_id", sa.String(SLACK_ID_LENGTH)),
    required("on", sa.Date),
    required("step", sa.String(CODE_LENGTH)),
    required("cycle", sa.Integer),
    required("suggested", sa.JSON),
    required("created_at", Instant),
    sa.Column("answer", sa.String(CODE_LENGTH)),
    sa.Column("answered_at", Instant),
    sa.Column("back_at", Instant),
    sa.UniqueConstraint("workspace_id", "pm_id", "on"),
)

barriers = sa.Table(
    "barriers",
    metadata,
    workspace(primary_key=True),
    sa.Column("month", sa.String(7), primary_key=True),
    sa.Column("barrier", sa.String(CODE_LENGTH), primary_key=True),
    required("count", sa.Integer),
)

absences = sa.Table(
    "absences",
    metadata,
    workspace(primary_key=True),
    sa.Column("user_id", sa.String(SLACK_ID_LENGTH), primary_key=True),
    sa.Column("since", sa.Date, primary_key=True),
    sa.Column("cause", sa.String(CODE_LENGTH), primary_key=True),
    required("until", sa.Date),
)
