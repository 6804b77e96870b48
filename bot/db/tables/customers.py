"""Tables of customers, their people and their deals."""

import sqlalchemy as sa

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

# SQLite uses an index of some rows only for a query that says in the same words which.
_HAS_STRATEGIC_VALUE = "brand OR new_market OR new_geography"

customers = sa.Table(
    "customers",
    metadata,
    row_id(),
    workspace(),
    required("name", sa.String(200)),
    required("name_key", sa.String(400)),
    sa.Column("domain", sa.String(253)),
    required("stage", sa.String(CODE_LENGTH)),
    *(sa.Column(name, sa.String(100)) for name in ("segment", "region", "country", "size")),
    sa.Column("revenue", sa.BigInteger),
    sa.Column("potential", sa.BigInteger),
    *(boolean(name) for name in ("brand", "new_market", "new_geography")),
    sa.Column("owner_id", sa.String(SLACK_ID_LENGTH)),
    sa.Column("last_visit_on", sa.Date),
    sa.Column("every_days", sa.Integer),
    sa.Column("closed", sa.String(CODE_LENGTH)),
    sa.Column("closed_because", sa.String(500)),
    sa.Column("closed_by", sa.String(SLACK_ID_LENGTH)),
    sa.Column("closed_on", sa.Date),
    sa.Index(None, "workspace_id", "name_key"),
    sa.Index("ix_customers_unvisited", "workspace_id", "stage", "last_visit_on", "id"),
    *(
        sa.Index(f"ix_customers_{name}", "workspace_id", name, "last_visit_on", "id", "stage")
        for name in ("region", "segment", "size")
    ),
    sa.Index(
        "ix_customers_first_steps",
        "workspace_id",
        "id",
        postgresql_where=sa.text(_HAS_STRATEGIC_VALUE),
        sqlite_where=sa.text(_HAS_STRATEGIC_VALUE),
    ),
    sa.Index(None, "workspace_id", "revenue"),
    sa.Index(None, "workspace_id", "potential"),
    sa.Index(None, "workspace_id", "owner_id"),
    sa.UniqueConstraint("workspace_id", "domain"),
)

HAS_STRATEGIC_VALUE = sa.text(f"({_HAS_STRATEGIC_VALUE})")

people = sa.Table(
    "people",
    metadata,
    row_id(),
    workspace(),
    customer("customer_id"),
    required("name", sa.String(200)),
    sa.Column("email", sa.String(320)),
    sa.Column("phone", sa.String(50)),
    sa.Column("role", sa.String(100)),
    boolean("has_cell"),
    sa.UniqueConstraint("workspace_id", "email"),
    sa.Index(None, "workspace_id", "customer_id"),
)

deals = sa.Table(
    "deals",
    metadata,
    row_id(),
    workspace(),
    customer("customer_id"),
    required("outcome", sa.String(CODE_LENGTH)),
    required("closed_on", sa.Date),
    sa.Column("go_live_on", sa.Date),
    sa.UniqueConstraint("workspace_id", "customer_id", "closed_on", "outcome"),
    sa.Index(None, "workspace_id", "closed_on"),
    sa.Index(None, "workspace_id", "go_live_on"),
)
