"""Tables that suggestions draw on: claims, dismissals, triggers and the market mix.

SQL names older than the Python names: `suggestion_claims` is the table "taken", `dismissals` is
"passes", `triggers` is "openings", `market_mixes` is "mixes"; `aspect` is a dimension and
`sort` its value.
"""

import sqlalchemy as sa

from bot.db.tables.column_types import Instant
from bot.db.tables.columns import (
    CODE_LENGTH,
    SLACK_ID_LENGTH,
    boolean,
    customer,
    metadata,
    required,
    row_id,
    workspace,
)

suggestion_claims = sa.Table(
    "taken",
    metadata,
    workspace(primary_key=True),
    customer("customer_id", primary_key=True),
    required("pm_id", sa.String(SLACK_ID_LENGTH)),
    required("until", Instant),
)

dismissals = sa.Table(
    "passes",
    metadata,
    workspace(primary_key=True),
    customer("customer_id", primary_key=True),
    sa.Column("pm_id", sa.String(SLACK_ID_LENGTH), primary_key=True),
    required("why", sa.String(CODE_LENGTH)),
    boolean("for_all"),
    required("until", sa.Date),
)

triggers = sa.Table(
    "openings",
    metadata,
    row_id(),
    workspace(),
    customer("customer_id"),
    sa.Column("person_id", sa.Integer, sa.ForeignKey("people.id")),
    required("kind", sa.String(CODE_LENGTH)),
    required("on", sa.Date),
    sa.UniqueConstraint("workspace_id", "customer_id", "kind", "on"),
    sa.Index(None, "workspace_id", "on"),
)

market_mixes = sa.Table(
    "mixes",
    metadata,
    workspace(primary_key=True),
    sa.Column("aspect", sa.String(CODE_LENGTH), primary_key=True),
    sa.Column("sort", sa.String(100), primary_key=True),
    required("percent", sa.Integer),
)
