"""Restores: until when a workspace's data reach, once its database was restored from a backup"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("restored_from", "restored_at"):
        op.add_column("workspaces", sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in ("restored_at", "restored_from"):
        op.drop_column("workspaces", name)
