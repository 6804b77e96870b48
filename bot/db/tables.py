"""The tables. Every one but `workspaces` carries the workspace in its key and its indexes."""

import sqlalchemy as sa

from bot.db.schema import (
    CODE,
    SLACK_ID,
    customer,
    flag,
    metadata,
    person,
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
    sa.Index(None, "workspace_id", "email"),
)

teams = sa.Table(
    "teams",
    metadata,
    row_id(),
    workspace(),
    required("name", sa.String(255)),
    required("channel_id", sa.String(SLACK_ID)),
    required("digest_weekday", sa.Integer),
    required("digest_at", sa.Time),
    required("zone", sa.String(64)),
    required("week", sa.String(8)),
    required("next_on", sa.Date),
    required("next_at", Instant),
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
    required("strength", sa.String(CODE)),
    required("zone", sa.String(64)),
    required("nudge_at", sa.Time),
    required("working_days", sa.JSON),
    required("anchor_on", sa.Date),
    sa.Column("last_visit_on", sa.Date),
    sa.Column("paused_until", sa.Date),
    required("step", sa.String(CODE)),
    required("cycle", sa.Integer),
    required("next_on", sa.Date),
    required("next_at", Instant),
    sa.Index(None, "next_at"),
)

customers = sa.Table(
    "customers",
    metadata,
    row_id(),
    workspace(),
    required("name", sa.String(200)),
    required("name_key", sa.String(400)),
    sa.Column("domain", sa.String(253)),
    required("stage", sa.String(CODE)),
    *(sa.Column(name, sa.String(100)) for name in ("segment", "region", "country", "size")),
    sa.Column("revenue", sa.BigInteger),
    sa.Column("potential", sa.BigInteger),
    *(flag(name) for name in ("brand", "new_market", "new_geography")),
    sa.Column("owner_id", sa.String(SLACK_ID)),
    sa.Column("last_visit_on", sa.Date),
    sa.Index(None, "workspace_id", "name_key"),
    sa.UniqueConstraint("workspace_id", "domain"),
)

people = sa.Table(
    "people",
    metadata,
    row_id(),
    workspace(),
    customer("customer_id"),
    required("name", sa.String(200)),
    sa.Column("email", sa.String(320)),
    sa.Column("phone", sa.String(50)),
    sa.Column("role", sa.String(100)),
    flag("has_cell"),
    sa.UniqueConstraint("workspace_id", "email"),
    sa.Index(None, "workspace_id", "customer_id"),
)

contacts = sa.Table(
    "contacts",
    metadata,
    row_id(),
    workspace(),
    required("source", sa.String(64)),
    required("source_id", sa.String(255)),
    required("at", Instant),
    required("channel", sa.String(CODE)),
    person("person_id"),
    customer("customer_id"),
    sa.Column("staff_id", sa.String(SLACK_ID)),
    flag("to_support"),
    required("subject", sa.String(500)),
    required("thread", sa.String(255)),
    sa.UniqueConstraint("workspace_id", "source", "source_id"),
    sa.Index(None, "workspace_id", "person_id", "at"),
    sa.Index(None, "workspace_id", "customer_id", "at"),
)

betas = sa.Table(
    "betas",
    metadata,
    row_id(),
    workspace(),
    required("name", sa.String(200)),
    sa.UniqueConstraint("workspace_id", "name"),
)

beta_sign_ups = sa.Table(
    "beta_sign_ups",
    metadata,
    workspace(),
    sa.Column("beta_id", sa.Integer, sa.ForeignKey("betas.id"), primary_key=True),
    sa.Column("person_id", sa.Integer, sa.ForeignKey("people.id"), primary_key=True),
    required("signed_up_at", Instant),
    sa.Column("invited_at", Instant),
    sa.Index(None, "workspace_id", "person_id"),
)

deals = sa.Table(
    "deals",
    metadata,
    row_id(),
    workspace(),
    customer("customer_id"),
    required("outcome", sa.String(CODE)),
    required("closed_on", sa.Date),
    sa.Column("go_live_on", sa.Date),
    sa.UniqueConstraint("workspace_id", "customer_id", "closed_on", "outcome"),
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
    required("source", sa.String(64)),
    required("source_id", sa.String(255)),
    required("created_at", Instant),
    sa.UniqueConstraint("workspace_id", "source", "source_id"),
    sa.Index(None, "workspace_id", "pm_id", "on"),
    sa.Index(None, "workspace_id", "customer_id", "on"),
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
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.String(CODE), primary_key=True),
    workspace(),
    required("kind", sa.String(CODE)),
    required("subject", sa.String(64)),
    required("period", sa.String(64)),
    required("destination", sa.String(SLACK_ID)),
    required("state", sa.String(CODE)),
    required("created_at", Instant),
    required("next_at", Instant),
    required("attempts", sa.Integer),
    sa.Column("lease_owner", sa.String(64)),
    sa.Column("lease_until", Instant),
    sa.Column("first_tried_at", Instant),
    sa.Column("sent_at", Instant),
    sa.Column("reason", sa.String(255)),
    sa.UniqueConstraint("workspace_id", "kind", "subject", "period"),
    sa.Index(None, "state", "next_at"),
)
