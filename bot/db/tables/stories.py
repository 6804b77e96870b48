"""Tables of teams, which share a story channel, and of their digests.

SQL columns older than the Python names: `lost_for` is a team's `channel_fault`, `lost_at` since
when it has one.
"""

import sqlalchemy as sa

from bot.db.tables.column_types import Instant
from bot.db.tables.columns import (
    CODE_LENGTH,
    SLACK_ID_LENGTH,
    metadata,
    required,
    row_id,
    workspace,
)

teams = sa.Table(
    "teams",
    metadata,
    row_id(),
    workspace(),
    required("name", sa.String(255)),
    required("channel_id", sa.String(SLACK_ID_LENGTH)),
    sa.Column("owner_id", sa.String(SLACK_ID_LENGTH)),
    sa.Column("lost_at", Instant),
    sa.Column("lost_for", sa.String(CODE_LENGTH)),
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

digests = sa.Table(
    "digests",
    metadata,
    row_id(),
    workspace(),
    sa.Column("team_id", sa.Integer, sa.ForeignKey("teams.id"), nullable=False),
    required("week", sa.String(8)),
    required("created_at", Instant),
    sa.UniqueConstraint("workspace_id", "team_id", "week"),
    sa.Index(None, "workspace_id", "created_at"),
)
