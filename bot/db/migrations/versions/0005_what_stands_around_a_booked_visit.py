"""What stands around a booked visit"""

import sqlalchemy as sa
from alembic import op

from bot.db.tables.column_types import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plans",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hypothesis", sa.String(length=1000), nullable=False),
        sa.Column("criteria", sa.String(length=1000), nullable=False),
        sa.Column("follow_through", sa.String(length=1000), nullable=False),
        sa.Column("fellows", sa.JSON(), nullable=False),
        sa.Column("sales_owner_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_plans_visit_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_plans_workspace_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "visit_id", name=op.f("pk_plans")),
    )
    op.create_table(
        "prompts",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("message_channel", sa.String(length=32), nullable=True),
        sa.Column("message_ts", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_prompts_visit_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_prompts_workspace_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "visit_id", name=op.f("pk_prompts")),
    )
    op.create_index("ix_prompts_workspace_id_at", "prompts", ["workspace_id", "at"])
    op.create_table(
        "ground_rules",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("agenda", sa.String(length=2000), nullable=False),
        sa.Column("done", sa.JSON(), nullable=False),
        sa.Column("asked_id", sa.String(length=32), nullable=True),
        sa.Column("reply", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_ground_rules_visit_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_ground_rules_workspace_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "visit_id", name=op.f("pk_ground_rules")),
    )


def downgrade() -> None:
    op.drop_table("ground_rules")
    op.drop_table("prompts")
    op.drop_table("plans")
