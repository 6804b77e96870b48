"""The tables of what stands around a booked visit."""

import sqlalchemy as sa

from bot.db.tables.column_types import Instant
from bot.db.tables.columns import (
    CODE,
    SLACK_ID,
    metadata,
    place,
    reference,
    required,
    row_id,
    workspace,
)
from bot.domain.customers import KEY_LENGTH

visit = reference("visits")

hypotheses = sa.Table(
    "hypotheses",
    metadata,
    row_id(),
    workspace(),
    # Longer than any that is stated here: plans once held them as texts of their own.
    required("belief", sa.String(1000)),
    required("key", sa.String(KEY_LENGTH)),
    required("measure", sa.String(300)),
    required("stated_by", sa.String(SLACK_ID)),
    required("stated_at", Instant),
    sa.Column("settled", sa.String(CODE)),
    sa.Column("settled_on", sa.Date),
    sa.Index(None, "workspace_id", "settled", "id"),
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
    required("fellows", sa.JSON),
    sa.Column("sales_owner_id", sa.String(SLACK_ID)),
)

prompts = sa.Table(
    "prompts",
    metadata,
    workspace(primary_key=True),
    visit("visit_id", primary_key=True),
    required("on", sa.Date),
    required("at", Instant),
    *place(),
    sa.Index(None, "workspace_id", "at"),
)

ground_rules = sa.Table(
    "ground_rules",
    metadata,
    workspace(primary_key=True),
    visit("visit_id", primary_key=True),
    required("agenda", sa.String(2000)),
    required("done", sa.JSON),
    sa.Column("asked_id", sa.String(SLACK_ID)),
    sa.Column("reply", sa.String(CODE)),
)
