"""Tables of contacts, beta sign-ups and flags. A column whose SQL name is older has a `key`."""

import sqlalchemy as sa

from bot.db.tables.column_types import Instant
from bot.db.tables.columns import (
    CODE_LENGTH,
    SLACK_ID_LENGTH,
    boolean,
    customer,
    metadata,
    person,
    required,
    row_id,
    workspace,
)

contacts = sa.Table(
    "contacts",
    metadata,
    row_id(),
    workspace(),
    required("source", sa.String(64)),
    required("source_id", sa.String(255)),
    required("at", Instant),
    required("channel", sa.String(CODE_LENGTH)),
    person("person_id"),
    customer("customer_id"),
    sa.Column("staff_id", sa.String(SLACK_ID_LENGTH)),
    boolean("to_support"),
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

flags = sa.Table(
    "flags",
    metadata,
    row_id(),
    workspace(),
    customer("customer_id"),
    required("pm_id", sa.String(SLACK_ID_LENGTH)),
    required("state", sa.String(CODE_LENGTH)),
    required("evidence", sa.JSON),
    required("raised_at", Instant),
    sa.Column("told_at", Instant, key="notified_at"),
    sa.Column("snoozed_until", Instant),
    required("snooze_reason", sa.String(255)),
    sa.Column("gone_at", Instant, key="cleared_at"),
    sa.Column("answer", sa.String(CODE_LENGTH)),
    required("refuted", sa.JSON),
    sa.UniqueConstraint("workspace_id", "customer_id"),
    sa.Index(None, "workspace_id", "notified_at"),
)
