"""Workspaces know when jobs last ran, and when the clock was set back"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

COLUMNS = ("jobs_ran_at", "set_back_at", "set_back_from")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("workspaces", sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("workspaces", name)
