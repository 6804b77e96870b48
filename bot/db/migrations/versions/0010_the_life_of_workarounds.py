"""The life of workarounds: wholes, merges, and who tells whom that one is fixed"""

import sqlalchemy as sa
from alembic import op

from bot.db.tables.column_types import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _wholes()
    _merges()
    _errands()
    _asks()
    with op.batch_alter_table("workarounds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("whole_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_workarounds_whole_id"), "wholes", ["whole_id"], ["id"])
        batch_op.create_index("ix_workarounds_workspace_id_whole_id", ["workspace_id", "whole_id"])


def _wholes() -> None:
    op.create_table(
        "wholes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("release", sa.String(length=100), nullable=False),
        sa.Column("fix", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(length=32), nullable=False),
        sa.Column("changed_at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_wholes_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wholes")),
    )


def _merges() -> None:
    op.create_table(
        "merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("whole_id", sa.Integer(), nullable=False),
        sa.Column("joined_id", sa.Integer(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("merged_by", sa.String(length=32), nullable=False),
        sa.Column("merged_at", Instant(timezone=True), nullable=False),
        sa.Column("undone_by", sa.String(length=32), nullable=True),
        sa.Column("undone_at", Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["joined_id"], ["wholes.id"], name=op.f("fk_merges_joined_id")),
        sa.ForeignKeyConstraint(["whole_id"], ["wholes.id"], name=op.f("fk_merges_whole_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_merges_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    with op.batch_alter_table("merges", schema=None) as batch_op:
        batch_op.create_index("ix_merges_workspace_id_whole_id", ["workspace_id", "whole_id"])


def _errands() -> None:
    op.create_table(
        "errands",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("whole_id", sa.Integer(), nullable=False),
        sa.Column("fix", sa.Integer(), nullable=False),
        sa.Column("pm_id", sa.String(length=32), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(timezone=True), nullable=False),
        sa.Column("due_at", Instant(timezone=True), nullable=False),
        sa.Column("message_channel", sa.String(length=32), nullable=True),
        sa.Column("message_ts", sa.String(length=32), nullable=True),
        sa.Column("late_channel", sa.String(length=32), nullable=True),
        sa.Column("late_ts", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["whole_id"], ["wholes.id"], name=op.f("fk_errands_whole_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_errands_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errands")),
        sa.UniqueConstraint(
            "workspace_id",
            "whole_id",
            "fix",
            "pm_id",
            "part",
            name=op.f("uq_errands_workspace_id_whole_id_fix_pm_id_part"),
        ),
    )
    with op.batch_alter_table("errands", schema=None) as batch_op:
        batch_op.create_index("ix_errands_workspace_id_asked_at", ["workspace_id", "asked_at"])
        batch_op.create_index("ix_errands_workspace_id_due_at", ["workspace_id", "due_at"])


def _asks() -> None:
    op.create_table(
        "asks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("errand_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("asked_at", Instant(timezone=True), nullable=False),
        sa.Column("due_at", Instant(timezone=True), nullable=False),
        sa.Column("told_at", Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_asks_customer_id")
        ),
        sa.ForeignKeyConstraint(["errand_id"], ["errands.id"], name=op.f("fk_asks_errand_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_asks_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asks")),
        sa.UniqueConstraint(
            "workspace_id",
            "errand_id",
            "customer_id",
            name=op.f("uq_asks_workspace_id_errand_id_customer_id"),
        ),
    )
    with op.batch_alter_table("asks", schema=None) as batch_op:
        batch_op.create_index("ix_asks_workspace_id_state", ["workspace_id", "state"])
        batch_op.create_index("ix_asks_workspace_id_asked_at", ["workspace_id", "asked_at"])


def downgrade() -> None:
    with op.batch_alter_table("workarounds", schema=None) as batch_op:
        batch_op.drop_index("ix_workarounds_workspace_id_whole_id")
        batch_op.drop_constraint(op.f("fk_workarounds_whole_id"), type_="foreignkey")
        batch_op.drop_column("whole_id")
    for name in ("asks", "errands", "merges", "wholes"):
        op.drop_table(name)
