"""Nudges that were sent, barriers that were named, and absences."""

import sqlalchemy as sa

from bot.db.tables.column_types import Instant
from bot.db.tables.columns import CODE, SLACK_ID, metadata, place, required, row_id, workspace

nudges = sa.Table(
    "nudges",
    metadata,
    row_id(),
    workspace(),
    required("pm_id", sa.String(SLACK_ID)),
    required("on", sa.Date),
    required("step", sa.String(CODE)),
    required("cycle", sa.Integer),
    required("suggested", sa.JSON),
    required("created_at", Instant),
    sa.Column("answer", sa.String(CODE)),
    sa.Column("answered_at", Instant),
    sa.Column("back_at", Instant),
    *place(),
    sa.UniqueConstraint("workspace_id", "pm_id", "on"),
)

barriers = sa.Table(
    "barriers",
    metadata,
    workspace(primary_key=True),
    sa.Column("month", sa.String(7), primary_key=True),
    sa.Column("barrier", sa.String(CODE), primary_key=True),
    required("count", sa.Integer),
)

absences = sa.Table(
    "absences",
    metadata,
    workspace(primary_key=True),
    sa.Column("user_id", sa.String(SLACK_ID), primary_key=True),
    sa.Column("since", sa.Date, primary_key=True),
    sa.Column("cause", sa.String(CODE), primary_key=True),
    required("until", sa.Date),
)
