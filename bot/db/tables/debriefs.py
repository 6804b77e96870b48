"""Tables of debriefs with their sections, saved drafts and companions.

SQL names older than the Python names: `saved_drafts` is the table "unfinished", `companions` is
"visitors". A column whose SQL name is older has a `key`.
"""

import sqlalchemy as sa

from bot.db.tables.column_types import Instant
from bot.db.tables.columns import (
    CODE_LENGTH,
    SLACK_ID_LENGTH,
    metadata,
    reference,
    required,
    row_id,
    workspace,
)

debrief = reference("debriefs")

debriefs = sa.Table(
    "debriefs",
    metadata,
    row_id(),
    workspace(),
    sa.Column("visit_id", sa.Integer, sa.ForeignKey("visits.id"), nullable=False),
    required("author_id", sa.String(SLACK_ID_LENGTH)),
    required("story", sa.Text),
    required("quote", sa.Text),
    sa.Column("mood", sa.String(CODE_LENGTH)),
    sa.Column("nps", sa.Integer),
    required("nps_why", sa.Text),
    required("sharing", sa.String(CODE_LENGTH)),
    required("surprise", sa.Text),
    sa.Column("decision", sa.String(CODE_LENGTH)),
    required("reasons", sa.JSON),
    required("competitor", sa.String(100)),
    required("picture", sa.String(SLACK_ID_LENGTH)),
    sa.Column("hypothesis_id", sa.Integer, sa.ForeignKey("hypotheses.id")),
    sa.Column("verdict", sa.String(CODE_LENGTH)),
    required("created_at", Instant),
    required("version", sa.Integer),
    required("form_id", sa.String(255)),
    sa.Column("shared_at", Instant),
    sa.Column("told_in", sa.Integer, sa.ForeignKey("digests.id"), key="digest_id"),
    sa.UniqueConstraint("workspace_id", "visit_id"),
    sa.Index(None, "workspace_id", "author_id", "created_at"),
    sa.Index(None, "workspace_id", "shared_at"),
    sa.Index(None, "workspace_id", "hypothesis_id"),
)

saved_drafts = sa.Table(
    "unfinished",
    metadata,
    workspace(primary_key=True),
    sa.Column("author_id", sa.String(SLACK_ID_LENGTH), primary_key=True),
    sa.Column("key", sa.String(120), primary_key=True),
    sa.Column("visit_id", sa.Integer, sa.ForeignKey("visits.id")),
    sa.Column("nudge_id", sa.Integer, sa.ForeignKey("nudges.id")),
    sa.Column("debrief_id", sa.Integer, sa.ForeignKey("debriefs.id")),
    required("form_id", sa.String(255)),
    required("draft", sa.JSON),
    required("rest", sa.Text),
    required("typed_at", Instant),
    required("since", Instant),
    sa.Index(None, "workspace_id", "since"),
)

pains = sa.Table(
    "pains",
    metadata,
    row_id(),
    workspace(),
    debrief("debrief_id"),
    required("what", sa.Text),
    sa.Column("weight", sa.String(CODE_LENGTH)),
    required("theme", sa.String(60)),
    required("theme_key", sa.String(120)),
    sa.Index(None, "workspace_id", "debrief_id"),
    sa.Index(None, "workspace_id", "theme_key"),
)

promises = sa.Table(
    "promises",
    metadata,
    row_id(),
    workspace(),
    debrief("debrief_id"),
    required("what", sa.String(500)),
    required("owner_id", sa.String(SLACK_ID_LENGTH)),
    required("on", sa.Date),
    sa.Column("kept_on", sa.Date),
    sa.Column("remind_at", Instant),
    sa.Index(None, "workspace_id", "debrief_id"),
    sa.Index(None, "workspace_id", "remind_at"),
    sa.Index(None, "workspace_id", "owner_id", "on"),
    # Outbox messages name promises by id, so an id must never be reused.
    sqlite_autoincrement=True,
)

answers = sa.Table(
    "answers",
    metadata,
    row_id(),
    workspace(),
    debrief("debrief_id"),
    required("subject", sa.String(200)),
    required("said", sa.Text),
    sa.Index(None, "workspace_id", "debrief_id"),
)

companions = sa.Table(
    "visitors",
    metadata,
    workspace(primary_key=True),
    reference("visits")("visit_id", primary_key=True),
    sa.Column("user_id", sa.String(SLACK_ID_LENGTH), primary_key=True),
    sa.Index(None, "workspace_id", "user_id"),
)
