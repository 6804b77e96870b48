"""Tables of visits, and of the plans, prompts and ground rules of booked ones.

A column whose SQL name is older has a `key`.
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

visit = reference("visits")

visits = sa.Table(
    "visits",
    metadata,
    row_id(),
    workspace(),
    required("pm_id", sa.String(SLACK_ID_LENGTH)),
    customer("customer_id"),
    required("kind", sa.String(CODE_LENGTH)),
    required("state", sa.String(CODE_LENGTH)),
    required("on", sa.Date),
    sa.Column("ends_at", Instant),
    sa.Column("minutes", sa.Integer),
    required("goal", sa.String(1000)),
    sa.Column("over_because", sa.String(500), key="over_cap_reason"),
    sa.Column("brief_at", Instant),
    required("source", sa.String(64)),
    required("source_id", sa.String(255)),
    required("created_at", Instant),
    sa.UniqueConstraint("workspace_id", "source", "source_id"),
    sa.Index(None, "workspace_id", "pm_id", "on"),
    sa.Index(None, "workspace_id", "customer_id", "on"),
    sa.Index(None, "workspace_id", "brief_at"),
)

plans = sa.Table(
    "plans",
    metadata,
    workspace(primary_key=True),
    visit("visit_id", primary_key=True),
    required("version", sa.Integer),
    sa.Column("hypothesis_id", sa.Integer, sa.ForeignKey("hypotheses.id")),
    required("criteria", sa.String(1000)),
    required("follow_through", sa.String(1000)),
    required("fellows", sa.JSON, key="companions"),
    sa.Column("sales_owner_id", sa.String(SLACK_ID_LENGTH)),
)

prompts = sa.Table(
    "prompts",
    metadata,
    workspace(primary_key=True),
    visit("visit_id", primary_key=True),
    required("on", sa.Date),
    required("at", Instant),
    sa.Index(None, "workspace_id", "at"),
)

ground_rules = sa.Table(
    "ground_rules",
    metadata,
    workspace(primary_key=True),
    visit("visit_id", primary_key=True),
    required("agenda", sa.String(2000)),
    required("done", sa.JSON),
    sa.Column("asked_id", sa.String(SLACK_ID_LENGTH)),
    sa.Column("reply", sa.String(CODE_LENGTH)),
)
