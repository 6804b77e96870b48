"""Traffic, absences and holidays"""

import sqlalchemy as sa
from alembic import op

from bot.db.tables.column_types import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absences",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_absences_workspace_id")
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "user_id", "since", "cause", name=op.f("pk_absences")
        ),
    )
    op.create_table(
        "inbox",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("received_at", Instant(timezone=True), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.Column("done_at", Instant(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_inbox_workspace_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "key", name=op.f("pk_inbox")),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index("ix_inbox_received_at", ["received_at"], unique=False)
        batch_op.create_index("ix_inbox_waiting", ["done_at", "next_at"], unique=False)

    op.create_table(
        "rates",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("method", sa.String(length=64), nullable=False),
        sa.Column("free_at", Instant(timezone=True), nullable=False),
        sa.Column("held_until", Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_rates_workspace_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "method", name=op.f("pk_rates")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("due_at", Instant(timezone=True), nullable=True))
        batch_op.drop_index(batch_op.f("ix_outbox_state_next_at"))
        batch_op.create_index(
            "ix_outbox_destination", ["workspace_id", "destination", "state"], unique=False
        )
        batch_op.create_index(
            "ix_outbox_waiting", ["workspace_id", "state", "next_at"], unique=False
        )

    with op.batch_alter_table("pms", schema=None) as batch_op:
        batch_op.add_column(sa.Column("country", sa.String(length=2), nullable=True))
        batch_op.add_column(sa.Column("country_part", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("asked_step", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("asked_cycle", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("asked_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("asked_at", Instant(timezone=True), nullable=True))
        batch_op.drop_index(batch_op.f("ix_pms_next_at"))
        batch_op.create_index(
            "ix_pms_workspace_id_asked_at", ["workspace_id", "asked_at"], unique=False
        )
        batch_op.create_index("ix_pms_due", ["workspace_id", "next_at", "user_id"], unique=False)

    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.create_index(
            "ix_customers_unvisited",
            ["workspace_id", "stage", "last_visit_on", "id"],
            unique=False,
        )

    with op.batch_alter_table("deals", schema=None) as batch_op:
        for name in ("closed_on", "go_live_on"):
            batch_op.create_index(
                batch_op.f(f"ix_deals_workspace_id_{name}"), ["workspace_id", name], unique=False
            )

    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.add_column(sa.Column("away_from", Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("away_until", Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("quiet_from", Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("quiet_until", Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("quiet_seen_at", Instant(timezone=True), nullable=True))

    with op.batch_alter_table("teams", schema=None) as batch_op:
        batch_op.add_column(sa.Column("owner_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("lost_at", Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("lost_for", sa.String(length=32), nullable=True))

    with op.batch_alter_table("workspaces", schema=None) as batch_op:
        batch_op.add_column(sa.Column("refresh_at", Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("refresh_cursor", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("halted_at", Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("halted_for", sa.String(length=32), nullable=True))

    for table, since in (("digests", "created_at"), ("flags", "told_at")):
        with op.batch_alter_table(table, schema=None) as batch_op:
            name = batch_op.f(f"ix_{table}_workspace_id_{since}")
            batch_op.create_index(name, ["workspace_id", since], unique=False)

    _carry_over()
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.alter_column("due_at", nullable=False)


def _carry_over() -> None:
    """Keep pending messages: PM and date now identify a nudge, and the PM's row names it."""
    op.execute("UPDATE outbox SET due_at = created_at")
    op.execute(
        """
        UPDATE outbox SET subject =
          (SELECT pm_id FROM nudges WHERE nudges.id = CAST(outbox.subject AS INTEGER))
        WHERE kind = 'nudge'
        """
    )
    for column, known in (
        ("asked_step", "step"),
        ("asked_cycle", "cycle"),
        ("asked_on", '"on"'),
        ("asked_at", "created_at"),
    ):
        op.execute(
            f"""
            UPDATE pms SET {column} =
              (SELECT {known} FROM nudges
               WHERE nudges.workspace_id = pms.workspace_id AND nudges.pm_id = pms.user_id
               ORDER BY "on" DESC LIMIT 1)
            """
        )
