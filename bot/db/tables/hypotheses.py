"""The table of hypotheses.

SQL columns older than the Python names: `settled` is a hypothesis's `outcome`, `settled_on` its
`closed_on`.
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
from bot.domain.customers import KEY_LENGTH

hypotheses = sa.Table(
    "hypotheses",
    metadata,
    row_id(),
    workspace(),
    # Longer than the form allows: plans once held hypotheses as texts of their own.
    required("belief", sa.String(1000)),
    required("key", sa.String(KEY_LENGTH)),
    required("measure", sa.String(300)),
    required("stated_by", sa.String(SLACK_ID_LENGTH)),
    required("stated_at", Instant),
    sa.Column("settled", sa.String(CODE_LENGTH)),
    sa.Column("settled_on", sa.Date),
    sa.Index(None, "workspace_id", "settled", "id"),
)
