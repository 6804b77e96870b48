"""The tables of a workspace: its staff and what they do."""

import sqlalchemy as sa

from bot.db.schema import (
    CODE,
    SLACK_ID,
    customer,
    flag,
    metadata,
    place,
    required,
    row_id,
    workspace,
)
from bot.db.types import Instant

workspaces = sa.Table(
    "workspaces",
    metadata,
    sa.Column("id", sa.String(SLACK_ID), primary_key=True),
    required("name", sa.String(255)),
    required("bot_user_id", sa.String(SLACK_ID)),
    required("created_at", Instant),
    required("review_at", Instant),
    sa.Column("refresh_at", Instant),
    sa.Column("refresh_cursor", sa.String(255)),
    sa.Column("halted_at", Instant),
    sa.Column("halted_for", sa.String(CODE)),
    sa.Column("interval_days", sa.Integer),
)

staff = sa.Table(
    "staff",
    metadata,
    workspace(primary_key=True),
    sa.Column("user_id", sa.String(SLACK_ID), primary_key=True),
    required("name", sa.String(255)),
    sa.Column("email", sa.String(320)),
    required("zone", sa.String(64)),
    required("standing", sa.String(CODE)),
    flag("is_admin"),
    flag("is_support"),
    required("seen_at", Instant),
    sa.Column("away_from", Instant),
    sa.Column("away_until", Instant),
    sa.Column("quiet_from", Instant),
    sa.Column("quiet_until", Instant),
    sa.Column("quiet_seen_at", Instant),
    sa.Index(None, "workspace_id", "email"),
)

teams = sa.Table(
    "teams",
    metadata,
    row_id(),
    workspace(),
    required("name", sa.String(255)),
    required("channel_id", sa.String(SLACK_ID)),
    sa.Column("owner_id", sa.String(SLACK_ID)),
    sa.Column("lost_at", Instant),
    sa.Column("lost_for", sa.String(CODE)),
    required("digest_weekday", sa.Integer),
    required("digest_at", sa.Time),
    required("zone", sa.String(64)),
    required("week", sa.String(8)),
    required("next_on", sa.Date),
    required("next_at", Instant),
    sa.Column("interval_days", sa.Integer),
    sa.UniqueConstraint("workspace_id", "channel_id"),
    sa.Index(None, "next_at"),
)

pms = sa.Table(
    "pms",
    metadata,
    workspace(primary_key=True),
    sa.Column("user_id", sa.String(SLACK_ID), primary_key=True),
    sa.Column("team_id", sa.Integer, sa.ForeignKey("teams.id")),
    required("joined_at", Instant),
    required("interval_days", sa.Integer),
    flag("follows"),
    required("strength", sa.String(CODE)),
    required("zone", sa.String(64)),
    required("nudge_at", sa.Time),
    required("working_days", sa.JSON),
    sa.Column("country", sa.String(2)),
    sa.Column("country_part", sa.String(CODE)),
    required("anchor_on", sa.Date),
    sa.Column("last_visit_on", sa.Date),
    sa.Column("paused_until", sa.Date),
    required("step", sa.String(CODE)),
    required("cycle", sa.Integer),
    required("next_on", sa.Date),
    required("next_at", Instant),
    sa.Column("asked_step", sa.String(CODE)),
    sa.Column("asked_cycle", sa.Integer),
    sa.Column("asked_on", sa.Date),
    sa.Column("asked_at", Instant),
    sa.Column("note_on", sa.Date),
    sa.Column("note_at", Instant),
    sa.Index("ix_pms_due", "workspace_id", "next_at", "user_id"),
    sa.Index("ix_pms_workspace_id_asked_at", "workspace_id", "asked_at"),
    sa.Index("ix_pms_workspace_id_note_at", "workspace_id", "note_at"),
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

visits = sa.Table(
    "visits",
    metadata,
    row_id(),
    workspace(),
    required("pm_id", sa.String(SLACK_ID)),
    customer("customer_id"),
    required("kind", sa.String(CODE)),
    required("state", sa.String(CODE)),
    required("on", sa.Date),
    sa.Column("ends_at", Instant),
    sa.Column("minutes", sa.Integer),
    required("goal", sa.String(1000)),
    sa.Column("over_because", sa.String(500)),
    sa.Column("brief_at", Instant),
    required("source", sa.String(64)),
    required("source_id", sa.String(255)),
    required("created_at", Instant),
    sa.UniqueConstraint("workspace_id", "source", "source_id"),
    sa.Index(None, "workspace_id", "pm_id", "on"),
    sa.Index(None, "workspace_id", "customer_id", "on"),
    sa.Index(None, "workspace_id", "brief_at"),
)

mixes = sa.Table(
    "mixes",
    metadata,
    workspace(primary_key=True),
    sa.Column("aspect", sa.String(CODE), primary_key=True),
    sa.Column("sort", sa.String(100), primary_key=True),
    required("percent", sa.Integer),
)

taken = sa.Table(
    "taken",
    metadata,
    workspace(primary_key=True),
    customer("customer_id", primary_key=True),
    required("pm_id", sa.String(SLACK_ID)),
    required("until", Instant),
)

passes = sa.Table(
    "passes",
    metadata,
    workspace(primary_key=True),
    customer("customer_id", primary_key=True),
    sa.Column("pm_id", sa.String(SLACK_ID), primary_key=True),
    required("why", sa.String(CODE)),
    flag("for_all"),
    required("until", sa.Date),
)

debriefs = sa.Table(
    "debriefs",
    metadata,
    row_id(),
    workspace(),
    sa.Column("visit_id", sa.Integer, sa.ForeignKey("visits.id"), nullable=False),
    required("author_id", sa.String(SLACK_ID)),
    required("story", sa.Text),
    required("quote", sa.Text),
    sa.Column("mood", sa.String(CODE)),
    sa.Column("nps", sa.Integer),
    required("nps_why", sa.Text),
    required("sharing", sa.String(CODE)),
    required("created_at", Instant),
    sa.Column("told_in", sa.Integer, sa.ForeignKey("digests.id")),
    sa.UniqueConstraint("workspace_id", "visit_id"),
    sa.Index(None, "workspace_id", "author_id", "created_at"),
)

workarounds = sa.Table(
    "workarounds",
    metadata,
    row_id(),
    workspace(),
    sa.Column("debrief_id", sa.Integer, sa.ForeignKey("debriefs.id"), nullable=False),
    required("what", sa.Text),
    required("why", sa.Text),
    sa.Column("how_often", sa.String(CODE)),
    sa.Index(None, "workspace_id", "debrief_id"),
)

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

flags = sa.Table(
    "flags",
    metadata,
    row_id(),
    workspace(),
    customer("customer_id"),
    required("pm_id", sa.String(SLACK_ID)),
    required("state", sa.String(CODE)),
    required("evidence", sa.JSON),
    required("raised_at", Instant),
    sa.Column("told_at", Instant),
    sa.Column("snoozed_until", Instant),
    required("snooze_reason", sa.String(255)),
    sa.Column("gone_at", Instant),
    sa.Column("answer", sa.String(CODE)),
    required("refuted", sa.JSON),
    *place(),
    sa.UniqueConstraint("workspace_id", "customer_id"),
    sa.Index(None, "workspace_id", "told_at"),
)

digests = sa.Table(
    "digests",
    metadata,
    row_id(),
    workspace(),
    sa.Column("team_id", sa.Integer, sa.ForeignKey("teams.id"), nullable=False),
    required("week", sa.String(8)),
    required("created_at", Instant),
    *place(),
    sa.UniqueConstraint("workspace_id", "team_id", "week"),
    sa.Index(None, "workspace_id", "created_at"),
)

notes = sa.Table(
    "notes",
    metadata,
    row_id(),
    workspace(),
    required("pm_id", sa.String(SLACK_ID)),
    required("month", sa.String(7)),
    required("due_at", Instant),
    sa.Column("customer_id", sa.Integer, sa.ForeignKey("customers.id")),
    required("passed", sa.JSON),
    sa.Column("answer", sa.String(CODE)),
    sa.Column("answered_on", sa.Date),
    *place(),
    sa.UniqueConstraint("workspace_id", "pm_id", "month"),
    sa.Index(None, "workspace_id", "due_at"),
    sa.Index(None, "workspace_id", "customer_id"),
)
