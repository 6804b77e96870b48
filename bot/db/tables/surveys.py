"""Tables of surveys and their answers, and of when each person may be surveyed again.

The SQL name of `survey_cooldowns`, "asked", is older than its Python name.
"""

import sqlalchemy as sa

from bot.db.tables.column_types import Instant
from bot.db.tables.columns import (
    CODE_LENGTH,
    SLACK_ID_LENGTH,
    customer,
    metadata,
    person,
    required,
    row_id,
    workspace,
)
from bot.domain.surveys.rules import KEY_LENGTH

surveys = sa.Table(
    "surveys",
    metadata,
    row_id(),
    workspace(),
    required("key", sa.String(KEY_LENGTH)),
    customer("customer_id"),
    person("person_id"),
    required("pm_id", sa.String(SLACK_ID_LENGTH)),
    required("language", sa.String(CODE_LENGTH)),
    required("asked_at", Instant),
    required("expires_at", Instant),
    sa.Column("answered_at", Instant),
    sa.Column("score", sa.Integer),
    required("why", sa.Text),
    sa.Column("may_call", sa.Boolean),
    # Unique across workspaces: the survey page knows only the key.
    sa.UniqueConstraint("key"),
    sa.Index(None, "workspace_id", "person_id", "asked_at"),
    sa.Index(None, "workspace_id", "customer_id", "answered_at"),
    sa.Index(None, "workspace_id", "answered_at"),
    sa.Index(None, "workspace_id", "pm_id", "answered_at"),
)

# When a person may be surveyed again. Of several PMs who ask at once, only one can claim it.
survey_cooldowns = sa.Table(
    "asked",
    metadata,
    workspace(primary_key=True),
    person("person_id", primary_key=True),
    required("free_at", Instant),
)
