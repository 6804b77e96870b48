"""Whom to visit: the mix that is wanted, how often to see each customer, and whom to leave."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SORTS = ("region", "segment", "size")
FIRST_STEPS = "brand OR new_market OR new_geography"
VALUES = ("revenue", "potential")


def upgrade() -> None:
    op.create_table(
        "mixes",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("aspect", sa.String(length=32), nullable=False),
        sa.Column("sort", sa.String(length=100), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_mixes_workspace_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "aspect", "sort", name=op.f("pk_mixes")),
    )
    op.create_table(
        "openings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_openings_customer_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_openings_person_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_openings_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_openings")),
        sa.UniqueConstraint(
            "workspace_id",
            "customer_id",
            "kind",
            "on",
            name=op.f("uq_openings_workspace_id_customer_id_kind_on"),
        ),
    )
    op.create_index("ix_openings_workspace_id_on", "openings", ["workspace_id", "on"])
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("every_days", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("closed", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("closed_because", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("closed_by", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("closed_on", sa.Date(), nullable=True))
        for name in SORTS:
            columns = ["workspace_id", name, "last_visit_on", "id", "stage"]
            batch_op.create_index(f"ix_customers_{name}", columns)
        batch_op.create_index(
            "ix_customers_first_steps",
            ["workspace_id", "id"],
            postgresql_where=sa.text(FIRST_STEPS),
            sqlite_where=sa.text(FIRST_STEPS),
        )
        for name in VALUES:
            batch_op.create_index(f"ix_customers_workspace_id_{name}", ["workspace_id", name])
