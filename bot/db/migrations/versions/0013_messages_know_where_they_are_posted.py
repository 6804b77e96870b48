"""Messages know where they are posted: each place in Slack moves to its outbox row"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Kind, the table that knew the place, the columns of the place, and the outbox key as SQL; the
# newest message posted about a subject has the place where no period is given.
PLACES = (
    ("nudge", "nudges", "message", "pm_id", 'CAST(source."on" AS VARCHAR)'),
    ("digest", "digests", "message", "id", "source.week"),
    ("flag", "flags", "message", "id", None),
    ("prompt", "prompts", "message", "visit_id", None),
    ("note", "notes", "message", "pm_id", "source.month"),
    ("fixed", "errands", "message", "id", "CAST(source.fix AS VARCHAR)"),
    ("fixed_late", "errands", "late", "id", "CAST(source.fix AS VARCHAR)"),
)
# Kinds that were edits of other kinds, which are edited in their own row now.
EDITS = {
    "nudge_changed": "nudge",
    "digest_changed": "digest",
    "flag_gone": "flag",
    "prompt_changed": "prompt",
    "fixed_changed": "fixed",
    "fixed_late_changed": "fixed_late",
}


def upgrade() -> None:
    op.add_column("outbox", sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("outbox", sa.Column("message_channel", sa.String(32), nullable=True))
    op.add_column("outbox", sa.Column("message_ts", sa.String(32), nullable=True))
    for kind, table, prefix, subject, period in PLACES:
        for name in ("channel", "ts"):
            op.execute(
                _move_in(kind, table, f"{prefix}_{name}", f"message_{name}", subject, period)
            )
    for edit, kind in EDITS.items():
        op.execute(_reopen(edit, kind))
    op.execute(f"DELETE FROM outbox WHERE kind IN ({_quoted(EDITS)})")
    for _, table, prefix, _, _ in PLACES:
        op.drop_column(table, f"{prefix}_channel")
        op.drop_column(table, f"{prefix}_ts")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.alter_column("revision", server_default=None)


def downgrade() -> None:
    for kind, table, prefix, subject, period in PLACES:
        op.add_column(table, sa.Column(f"{prefix}_channel", sa.String(32), nullable=True))
        op.add_column(table, sa.Column(f"{prefix}_ts", sa.String(32), nullable=True))
        for name in ("channel", "ts"):
            op.execute(
                _move_out(kind, table, f"{prefix}_{name}", f"message_{name}", subject, period)
            )
    op.execute("UPDATE outbox SET state = 'sent' WHERE state = 'pending' AND message_ts <> ''")
    for name in ("message_ts", "message_channel", "revision"):
        op.drop_column("outbox", name)


def _move_in(
    kind: str, table: str, column: str, place: str, subject: str, period: str | None
) -> str:
    key = _key("outbox", subject, period)
    newest = "" if period else f"AND {_is_newest('outbox')}"
    return (
        f"UPDATE outbox SET {place} = (SELECT source.{column} FROM {table} AS source WHERE {key}) "
        f"WHERE kind = '{kind}' AND sent_at IS NOT NULL {newest}"
    )


def _move_out(
    kind: str, table: str, column: str, place: str, subject: str, period: str | None
) -> str:
    key = _key("sent", subject, period).replace("source.", f"{table}.")
    newest = "" if period else f"AND {_is_newest('sent')}"
    return (
        f"UPDATE {table} SET {column} = (SELECT sent.{place} FROM outbox AS sent "
        f"WHERE sent.kind = '{kind}' AND {key} {newest})"
    )


def _key(outbox: str, subject: str, period: str | None) -> str:
    same_subject = f"{outbox}.subject = CAST(source.{subject} AS VARCHAR)"
    same_period = f"AND {outbox}.period = {period}" if period else ""
    return f"source.workspace_id = {outbox}.workspace_id AND {same_subject} {same_period}"


def _is_newest(outbox: str) -> str:
    return (
        f"NOT EXISTS (SELECT 1 FROM outbox AS later WHERE later.kind = {outbox}.kind "
        f"AND later.workspace_id = {outbox}.workspace_id AND later.subject = {outbox}.subject "
        f"AND later.sent_at > {outbox}.sent_at)"
    )


def _reopen(edit: str, kind: str) -> str:
    """Build the statement that makes a message due again whose edit was still to be delivered."""
    about = "edit.subject = outbox.subject"
    if kind == "nudge":
        about = (
            "edit.subject = (SELECT CAST(nudges.id AS VARCHAR) FROM nudges "
            "WHERE nudges.workspace_id = outbox.workspace_id AND nudges.pm_id = outbox.subject "
            'AND CAST(nudges."on" AS VARCHAR) = outbox.period)'
        )
    return (
        "UPDATE outbox SET state = 'pending', revision = 1, attempts = 0, reason = NULL "
        f"WHERE kind = '{kind}' AND message_ts IS NOT NULL "
        f"AND EXISTS (SELECT 1 FROM outbox AS edit WHERE edit.kind = '{edit}' "
        "AND edit.workspace_id = outbox.workspace_id "
        f"AND edit.state IN ('pending', 'sending') AND {about})"
    )


def _quoted(kinds: dict[str, str]) -> str:
    return ", ".join(f"'{each}'" for each in kinds)
