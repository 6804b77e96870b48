"""Tables of staff, as Slack describes them, and of PMs.

SQL columns older than the Python names: `anchor_on` is a PM's `cycle_start`, `asked_...` the
`last_enqueued` nudge, `follows` is `uses_default_interval`.
"""

import sqlalchemy as sa

from bot.db.tables.column_types import Instant
from bot.db.tables.columns import (
    CODE_LENGTH,
    SLACK_ID_LENGTH,
    boolean,
    metadata,
    required,
    workspace,
)

staff = sa.Table(
    "staff",
    metadata,
    workspace(primary_key=True),
    sa.Column("user_id", sa.String(SLACK_ID_LENGTH), primary_key=True),
    required("name", sa.String(255)),
    sa.Column("email", sa.String(320)),
    required("zone", sa.String(64)),
    required("standing", sa.String(CODE_LENGTH)),
    boolean("is_admin"),
    boolean("is_support"),
    required("seen_at", Instant),
    sa.Column("away_from", Instant),
    sa.Column("away_until", Instant),
    sa.Column("quiet_from", Instant),
    sa.Column("quiet_until", Instant),
    sa.Column("quiet_seen_at", Instant),
    sa.Index(None, "workspace_id", "email"),
)

pms = sa.Table(
    "pms",
    metadata,
    workspace(primary_key=True),
    sa.Column("user_id", sa.String(SLACK_ID_LENGTH), primary_key=True),
    sa.Column("team_id", sa.Integer, sa.ForeignKey("teams.id")),
    required("joined_at", Instant),
    required("interval_days", sa.Integer),
    boolean("follows"),
    required("strength", sa.String(CODE_LENGTH)),
    required("zone", sa.String(64)),
    required("nudge_at", sa.Time),
    required("working_days", sa.JSON),
    sa.Column("country", sa.String(2)),
    sa.Column("country_part", sa.String(CODE_LENGTH)),
    required("anchor_on", sa.Date),
    sa.Column("last_visit_on", sa.Date),
    sa.Column("paused_until", sa.Date),
    required("step", sa.String(CODE_LENGTH)),
    required("cycle", sa.Integer),
    required("next_on", sa.Date),
    required("next_at", Instant),
    sa.Column("asked_step", sa.String(CODE_LENGTH)),
    sa.Column("asked_cycle", sa.Integer),
    sa.Column("asked_on", sa.Date),
    sa.Column("asked_at", Instant),
    sa.Column("note_on", sa.Date),
    sa.Column("note_at", Instant),
    sa.Index("ix_pms_due", "workspace_id", "next_at", "user_id"),
    sa.Index("ix_pms_workspace_id_asked_at", "workspace_id", "asked_at"),
    sa.Index("ix_pms_workspace_id_note_at", "workspace_id", "note_at"),
)
