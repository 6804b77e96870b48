"""Naming conventions for constraints, and the columns that many tables share."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Boolean, Column, ForeignKey, Integer, MetaData, String

SLACK_ID_LENGTH = 32
CODE_LENGTH = 32

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def workspace(*, primary_key: bool = False) -> Column[str]:
    """Build the column that names the row's workspace."""
    return Column(
        "workspace_id",
        String(SLACK_ID_LENGTH),
        ForeignKey("workspaces.id"),
        primary_key=primary_key,
        nullable=False,
    )


def row_id() -> Column[int]:
    """Build the primary key column `id`."""
    return Column("id", Integer, primary_key=True)


def required(name: str, column_type: Any, *rest: Any, key: str | None = None) -> Column[Any]:
    """Build a column that is never null."""
    return Column(name, column_type, *rest, nullable=False, key=key)


def boolean(name: str, key: str | None = None) -> Column[bool]:
    """Build a boolean column, false by default."""
    return Column(name, Boolean, nullable=False, default=False, key=key)


def reference(table: str) -> Callable[..., Column[int]]:
    """Return a builder of required foreign key columns to a table's `id`."""
    return lambda name, **more: Column(
        name, Integer, ForeignKey(f"{table}.id"), nullable=False, **more
    )


def message_ref() -> tuple[Column[Any], ...]:
    """Build the columns for a message's place in Slack; null until it is posted."""
    return Column("message_channel", String(SLACK_ID_LENGTH)), Column(
        "message_ts", String(CODE_LENGTH)
    )


customer = reference("customers")
person = reference("people")
