"""Rows as values: a row becomes a dataclass whose fields are named like its columns."""

from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Row

Value = TypeVar("Value")


def parse_row(row: Row[Any], value_type: type[Value], **parsed: object) -> Value:
    """Parse a row into a dataclass; fields whose column needs more than its value are `parsed`."""
    names = _field_names(value_type)  # type: ignore[arg-type]
    columns = {name: getattr(row, name) for name in names if name not in parsed}
    return value_type(**columns, **parsed)


@cache
def _field_names(value_type: type[Any]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(value_type))
