"""Debriefs that are not finished, and all that one may hold"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.db.tables.column_types import Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unfinished",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("author_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("nudge_id", sa.Integer(), nullable=True),
        sa.Column("debrief_id", sa.Integer(), nullable=True),
        sa.Column("form_id", sa.String(length=255), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("rest", sa.Text(), nullable=False),
        sa.Column("typed_at", Instant(timezone=True), nullable=False),
        sa.Column("since", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["debrief_id"], ["debriefs.id"], name=op.f("fk_unfinished_debrief_id")
        ),
        sa.ForeignKeyConstraint(["nudge_id"], ["nudges.id"], name=op.f("fk_unfinished_nudge_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_unfinished_visit_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_unfinished_workspace_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "author_id", "key", name=op.f("pk_unfinished")),
    )
    with op.batch_alter_table("unfinished", schema=None) as batch_op:
        batch_op.create_index("ix_unfinished_workspace_id_since", ["workspace_id", "since"])
    _more_of_debriefs()
    _parts()
    op.create_table(
        "visitors",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_visitors_visit_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_visitors_workspace_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "visit_id", "user_id", name=op.f("pk_visitors")),
    )
    with op.batch_alter_table("visitors", schema=None) as batch_op:
        batch_op.create_index("ix_visitors_workspace_id_user_id", ["workspace_id", "user_id"])


NEW: dict[str, tuple[Any, str]] = {
    "version": (sa.Integer(), "1"),
    "form_id": (sa.String(length=255), ""),
    "surprise": (sa.Text(), ""),
    "reasons": (sa.JSON(), "[]"),
    "competitor": (sa.String(length=100), ""),
    "picture": (sa.String(length=32), ""),
}


def _more_of_debriefs() -> None:
    """Add columns to debriefs: existing rows get the defaults of the server.

    One column at a time: SQLite cannot rebuild a table that others refer to.
    """
    op.add_column("debriefs", sa.Column("decision", sa.String(length=32), nullable=True))
    op.add_column("debriefs", sa.Column("shared_at", Instant(timezone=True), nullable=True))
    for name, (kind, none) in NEW.items():
        op.add_column("debriefs", sa.Column(name, kind, nullable=False, server_default=none))
    op.execute("UPDATE debriefs SET shared_at = created_at WHERE sharing != 'private'")
    _index("debriefs", "shared_at")


PARTS: dict[str, tuple[tuple[str, Any, bool], ...]] = {
    "pains": (
        ("what", sa.Text(), False),
        ("weight", sa.String(length=32), True),
        ("theme", sa.String(length=60), False),
        ("theme_key", sa.String(length=120), False),
    ),
    "promises": (
        ("what", sa.String(length=500), False),
        ("owner_id", sa.String(length=32), False),
        ("on", sa.Date(), False),
        ("kept_on", sa.Date(), True),
        ("remind_at", Instant(timezone=True), True),
    ),
    "answers": (("subject", sa.String(length=200), False), ("said", sa.Text(), False)),
}
INDEXES = (
    ("pains", "theme_key"),
    ("promises", "owner_id", "on"),
    ("promises", "remind_at"),
)


def _parts() -> None:
    for table, columns in PARTS.items():
        op.create_table(
            table,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("workspace_id", sa.String(length=32), nullable=False),
            sa.Column("debrief_id", sa.Integer(), nullable=False),
            *(sa.Column(name, kind, nullable=nullable) for name, kind, nullable in columns),
            sa.ForeignKeyConstraint(
                ["debrief_id"], ["debriefs.id"], name=op.f(f"fk_{table}_debrief_id")
            ),
            sa.ForeignKeyConstraint(
                ["workspace_id"], ["workspaces.id"], name=op.f(f"fk_{table}_workspace_id")
            ),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
            # Outbox messages name promises by id, so an id must never be reused.
            sqlite_autoincrement=table == "promises",
        )
        _index(table, "debrief_id")
    for table, *names in INDEXES:
        _index(table, *names)


def _index(table: str, *names: str) -> None:
    columns = ["workspace_id", *names]
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.create_index(f"ix_{table}_{'_'.join(columns)}", columns)


def downgrade() -> None:
    for table in ("visitors", *PARTS):
        op.drop_table(table)
    op.drop_index("ix_debriefs_workspace_id_shared_at", "debriefs")
    for name in ("decision", "shared_at", *NEW):
        op.execute(f"ALTER TABLE debriefs DROP COLUMN {name}")
    with op.batch_alter_table("unfinished", schema=None) as batch_op:
        batch_op.drop_index("ix_unfinished_workspace_id_since")
    op.drop_table("unfinished")
