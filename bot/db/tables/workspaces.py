"""The table of workspaces: each installation of the bot."""

import sqlalchemy as sa

from bot.db.tables.column_types import Instant
from bot.db.tables.columns import CODE_LENGTH, SLACK_ID_LENGTH, metadata, required

workspaces = sa.Table(
    "workspaces",
    metadata,
    sa.Column("id", sa.String(SLACK_ID_LENGTH), primary_key=True),
    required("name", sa.String(255)),
    required("bot_user_id", sa.String(SLACK_ID_LENGTH)),
    required("created_at", Instant),
    required("review_at", Instant),
    sa.Column("refresh_at", Instant),
    sa.Column("refresh_cursor", sa.String(255)),
    sa.Column("halted_at", Instant),
    sa.Column("halted_for", sa.String(CODE_LENGTH)),
    sa.Column("interval_days", sa.Integer),
    sa.Column("jobs_ran_at", Instant),
    # When jobs noticed that the clock was set back, and the time that it had shown before.
    sa.Column("set_back_at", Instant),
    sa.Column("set_back_from", Instant),
    # Of its last restore: the newest instant that the backup knew, and when it was restored. What
    # was posted between them is in Slack, and not in here.
    sa.Column("restored_from", Instant),
    sa.Column("restored_at", Instant),
)
