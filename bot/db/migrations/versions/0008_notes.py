"""Notes that ask for nothing"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from bot.db.tables.column_types import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("pm_id", sa.String(length=32), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("due_at", Instant(timezone=True), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("passed", sa.JSON(), nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("message_channel", sa.String(length=32), nullable=True),
        sa.Column("message_ts", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_notes_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_notes_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
        sa.UniqueConstraint(
            "workspace_id", "pm_id", "month", name=op.f("uq_notes_workspace_id_pm_id_month")
        ),
    )
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.create_index("ix_notes_workspace_id_due_at", ["workspace_id", "due_at"])
        batch_op.create_index("ix_notes_workspace_id_customer_id", ["workspace_id", "customer_id"])
    with op.batch_alter_table("pms", schema=None) as batch_op:
        batch_op.add_column(sa.Column("note_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("note_at", Instant(timezone=True), nullable=True))
        batch_op.create_index("ix_pms_workspace_id_note_at", ["workspace_id", "note_at"])
    _plan()


def _plan() -> None:
    """Plan everyone's first note for next month: an upgrade must not trigger notes."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    next_month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    pms = sa.table("pms", sa.column("note_on", sa.Date), sa.column("note_at", Instant))
    op.execute(pms.update().values(note_on=next_month.date(), note_at=next_month))


def downgrade() -> None:
    with op.batch_alter_table("pms", schema=None) as batch_op:
        batch_op.drop_index("ix_pms_workspace_id_note_at")
        batch_op.drop_column("note_at")
        batch_op.drop_column("note_on")
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.drop_index("ix_notes_workspace_id_customer_id")
        batch_op.drop_index("ix_notes_workspace_id_due_at")
    op.drop_table("notes")
