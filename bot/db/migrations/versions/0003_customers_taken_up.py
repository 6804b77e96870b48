"""Customers taken up or passed over, caps and briefs"""

import sqlalchemy as sa
from alembic import op

from bot.db.tables.column_types import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "taken",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("pm_id", sa.String(length=32), nullable=False),
        sa.Column("until", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_taken_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_taken_workspace_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "customer_id", name=op.f("pk_taken")),
    )
    op.create_table(
        "passes",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("pm_id", sa.String(length=32), nullable=False),
        sa.Column("why", sa.String(length=32), nullable=False),
        sa.Column("for_all", sa.Boolean(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_passes_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_passes_workspace_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "customer_id", "pm_id", name=op.f("pk_passes")),
    )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.add_column(sa.Column("over_because", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("brief_at", Instant(timezone=True), nullable=True))
        batch_op.create_index("ix_visits_workspace_id_brief_at", ["workspace_id", "brief_at"])
