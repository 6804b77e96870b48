"""Defaults of intervals: for a workspace, for a team, and who follows them"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("workspaces", "teams"):
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.add_column(sa.Column("interval_days", sa.Integer(), nullable=True))
    with op.batch_alter_table("pms", schema=None) as batch_op:
        # PMs who joined before this have all chosen an interval.
        batch_op.add_column(
            sa.Column("follows", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("pms", schema=None) as batch_op:
        batch_op.alter_column("follows", server_default=None)
