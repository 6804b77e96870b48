"""Tables of staff, as Slack describes them, and of PMs.

A column whose SQL name is older has a `key`. `enqueued_...` is the PM's last enqueued nudge.
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
    required("standing", sa.String(CODE_LENGTH), key="membership"),
    boolean("is_admin"),
    boolean("is_support"),
    required("seen_at", Instant, key="refreshed_at"),
    sa.Column("away_from", Instant),
    sa.Column("away_until", Instant),
    sa.Column("quiet_from", Instant, key="dnd_from"),
    sa.Column("quiet_until", Instant, key="dnd_until"),
    sa.Column("quiet_seen_at", Instant, key="dnd_checked_at"),
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
    boolean("follows", key="uses_default_interval"),
    required("strength", sa.String(CODE_LENGTH)),
    required("zone", sa.String(64)),
    required("nudge_at", sa.Time),
    required("working_days", sa.JSON),
    sa.Column("country", sa.String(2)),
    sa.Column("country_part", sa.String(CODE_LENGTH)),
    required("anchor_on", sa.Date, key="cycle_start"),
    sa.Column("last_visit_on", sa.Date),
    sa.Column("paused_until", sa.Date),
    required("step", sa.String(CODE_LENGTH)),
    required("cycle", sa.Integer),
    required("next_on", sa.Date),
    required("next_at", Instant),
    sa.Column("asked_step", sa.String(CODE_LENGTH), key="enqueued_step"),
    sa.Column("asked_cycle", sa.Integer, key="enqueued_cycle"),
    sa.Column("asked_on", sa.Date, key="enqueued_on"),
    sa.Column("asked_at", Instant, key="enqueued_at"),
    sa.Column("note_on", sa.Date),
    sa.Column("note_at", Instant),
    sa.Index("ix_pms_due", "workspace_id", "next_at", "user_id"),
    sa.Index("ix_pms_workspace_id_asked_at", "workspace_id", "enqueued_at"),
    sa.Index("ix_pms_workspace_id_note_at", "workspace_id", "note_at"),
)
