"""The tables of what stands around a booked visit."""

import sqlalchemy as sa

from bot.db.schema import CODE, SLACK_ID, metadata, place, reference, required, workspace
from bot.db.types import Instant

visit = reference("visits")

plans = sa.Table(
    "plans",
    metadata,
    workspace(primary_key=True),
    visit("visit_id", primary_key=True),
    required("version", sa.Integer),
    required("hypothesis", sa.String(1000)),
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
