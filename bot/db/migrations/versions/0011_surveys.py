"""Surveys"""

import sqlalchemy as sa
from alembic import op

from bot.db.tables.column_types import Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INDEXES = (
    ("person_id", "asked_at"),
    ("customer_id", "answered_at"),
    ("answered_at",),
    ("pm_id", "answered_at"),
)


def upgrade() -> None:
    op.create_table(
        "surveys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("pm_id", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("asked_at", Instant(timezone=True), nullable=False),
        sa.Column("expires_at", Instant(timezone=True), nullable=False),
        sa.Column("answered_at", Instant(timezone=True), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("may_call", sa.Boolean(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [f"{name}_id"], [f"{table}.id"], name=op.f(f"fk_surveys_{name}_id")
            )
            for name, table in (
                ("customer", "customers"),
                ("person", "people"),
                ("workspace", "workspaces"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
        sa.UniqueConstraint("key", name=op.f("uq_surveys_key")),
    )
    with op.batch_alter_table("surveys", schema=None) as batch_op:
        for columns in INDEXES:
            whole = ["workspace_id", *columns]
            batch_op.create_index(f"ix_surveys_{'_'.join(whole)}", whole)
    op.create_table(
        "asked",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("free_at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_asked_person_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_asked_workspace_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "person_id", name=op.f("pk_asked")),
    )
    op.create_index("ix_customers_workspace_id_owner_id", "customers", ["workspace_id", "owner_id"])


def downgrade() -> None:
    op.drop_index("ix_customers_workspace_id_owner_id", "customers")
    op.drop_table("asked")
    with op.batch_alter_table("surveys", schema=None) as batch_op:
        for columns in reversed(INDEXES):
            batch_op.drop_index(f"ix_surveys_{'_'.join(['workspace_id', *columns])}")
    op.drop_table("surveys")
