"""Hypotheses: each a row of its own, which plans and debriefs name"""

import unicodedata

import sqlalchemy as sa
from alembic import op

from bot.db.tables.column_types import Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

hypotheses = sa.table(
    "hypotheses",
    *(sa.column(name) for name in ("id", "workspace_id", "belief", "key", "measure", "stated_by")),
    sa.column("stated_at", Instant),
)
plans = sa.table(
    "plans",
    *(sa.column(name) for name in ("workspace_id", "visit_id", "hypothesis", "hypothesis_id")),
)
visits = sa.table("visits", sa.column("id"), sa.column("pm_id"), sa.column("created_at", Instant))


def upgrade() -> None:
    op.create_table(
        "hypotheses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("belief", sa.String(length=1000), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("measure", sa.String(length=300), nullable=False),
        sa.Column("stated_by", sa.String(length=32), nullable=False),
        sa.Column("stated_at", Instant(timezone=True), nullable=False),
        sa.Column("settled", sa.String(length=32), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_hypotheses_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hypotheses")),
    )
    op.create_index(
        "ix_hypotheses_workspace_id_settled_id", "hypotheses", ["workspace_id", "settled", "id"]
    )
    for table in ("plans", "debriefs"):
        _refer(table)
    op.add_column("debriefs", sa.Column("verdict", sa.String(length=32), nullable=True))
    op.create_index(
        "ix_debriefs_workspace_id_hypothesis_id", "debriefs", ["workspace_id", "hypothesis_id"]
    )
    _state_what_is_planned()
    op.drop_column("plans", "hypothesis")


def _refer(table: str) -> None:
    """Add `hypothesis_id` to a table that others refer to, which SQLite cannot rebuild."""
    reference = f"CONSTRAINT fk_{table}_hypothesis_id REFERENCES hypotheses (id)"
    op.execute(f"ALTER TABLE {table} ADD COLUMN hypothesis_id INTEGER {reference}")


def _state_what_is_planned() -> None:
    """Add a hypothesis for each distinct text of the plans, stated by the PM who planned first."""
    connection = op.get_bind()
    stated: dict[tuple[str, str], int] = {}
    source = plans.join(visits, plans.c.visit_id == visits.c.id)
    columns = plans.c.workspace_id, plans.c.visit_id, plans.c.hypothesis, visits
    found = sa.select(*columns).select_from(source).where(plans.c.hypothesis != "")
    for row in connection.execute(found.order_by(plans.c.visit_id)).all():
        same = row.workspace_id, row.hypothesis
        if same not in stated:
            new = sa.insert(hypotheses).values(
                workspace_id=row.workspace_id,
                belief=row.hypothesis,
                key=_key(row.hypothesis),
                measure="",
                stated_by=row.pm_id,
                stated_at=row.created_at,
            )
            stated[same] = connection.execute(new.returning(hypotheses.c.id)).scalar_one()
        of_it = sa.update(plans).where(plans.c.visit_id == row.visit_id)
        connection.execute(of_it.values(hypothesis_id=stated[same]))


def _key(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return " ".join(bare.split())[:400]


def downgrade() -> None:
    text = sa.Column("hypothesis", sa.String(length=1000), nullable=False, server_default="")
    op.add_column("plans", text)
    belief = sa.select(hypotheses.c.belief).where(hypotheses.c.id == plans.c.hypothesis_id)
    chosen = sa.update(plans).where(plans.c.hypothesis_id.is_not(None))
    op.execute(chosen.values(hypothesis=belief.scalar_subquery()))
    op.drop_index("ix_debriefs_workspace_id_hypothesis_id", "debriefs")
    op.drop_column("debriefs", "verdict")
    for table in ("plans", "debriefs"):
        op.drop_column(table, "hypothesis_id")
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.alter_column("hypothesis", server_default=None)
    op.drop_index("ix_hypotheses_workspace_id_settled_id", "hypotheses")
    op.drop_table("hypotheses")
