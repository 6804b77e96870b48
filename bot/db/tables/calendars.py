"""Tables of PMs' calendars: their feeds, and the meetings that became visits."""

import sqlalchemy as sa

from bot.db.tables.column_types import Instant
from bot.db.tables.columns import (
    CODE_LENGTH,
    SLACK_ID_LENGTH,
    boolean,
    customer,
    metadata,
    reference,
    required,
    workspace,
)

feeds = sa.Table(
    "feeds",
    metadata,
    workspace(primary_key=True),
    sa.Column("user_id", sa.String(SLACK_ID_LENGTH), primary_key=True),
    required("address", sa.Text),
    required("host", sa.String(255)),
    required("connected_at", Instant),
    required("next_at", Instant),
    required("claim", sa.String(CODE_LENGTH)),
    required("etag", sa.String(255)),
    required("last_modified", sa.String(255)),
    sa.Column("checked_at", Instant),
    sa.Column("read_at", Instant),
    required("failures", sa.Integer),
    sa.Column("failed_since", Instant),
    sa.Column("fault", sa.String(CODE_LENGTH)),
    required("left_out", sa.Integer, key="skipped"),
    sa.Index(None, "workspace_id", "next_at"),
)

meetings = sa.Table(
    "meetings",
    metadata,
    workspace(primary_key=True),
    sa.Column("user_id", sa.String(SLACK_ID_LENGTH), primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    customer("customer_id", primary_key=True),
    reference("visits")("visit_id"),
    boolean("called_off"),
)
