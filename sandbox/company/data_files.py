"""Read the company's data files: TOML into typed values."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast, dataclass_transform

from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass

DATA = Path(__file__).parent / "data"

Value = TypeVar("Value")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def from_file(cls: type[Value]) -> type[Value]:
    """Make a frozen dataclass of what a file holds; a key that it doesn't have is an error."""
    checked = dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))(cls)
    return cast("type[Value]", checked)


def read(name: str, as_type: type[Value]) -> Value:
    """Read a file as a value of this type.

    Raises ValidationError, with the place, for a key or a value that doesn't fit.
    """
    return TypeAdapter(as_type).validate_python(_parse(name))


@cache
def _parse(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))
