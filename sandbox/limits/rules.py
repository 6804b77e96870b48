"""The kinds of rule that the tables of blocks and elements are written in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Constraint:
    """The limit that a value breaks: a keyword of JSON Schema, what it asks for and what it got."""

    type: str
    expected: Any = None
    got: Any = None


@dataclass(frozen=True)
class Finding:
    """What is wrong, at a JSON pointer such as `/blocks/2/text`."""

    pointer: str
    text: str
    constraint: Constraint | None = None


Check: TypeAlias = Callable[[Mapping[str, Any]], Iterator[Finding]]
"""Compares the keys of an object that are each right in themselves; its pointers start there."""


@dataclass(frozen=True)
class String:
    """A string; its length counts code points, `time_format` is that of `time.strptime`."""

    most: int | None = None
    least: int = 1
    pattern: str | None = None
    time_format: str | None = None
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Number:
    """A number; it may not equal `above`, as it may equal `least` and `most`."""

    least: int | None = None
    most: int | None = None
    integer_only: bool = True
    above: int | None = None


@dataclass(frozen=True)
class Flag:
    """A boolean."""


@dataclass(frozen=True)
class ListOf:
    item: Rule
    most: int | None = None
    least: int = 1


@dataclass(frozen=True)
class Shape:
    """An object: the keys it needs, the keys it may have, and no others."""

    required: Mapping[str, Rule] = field(default_factory=dict)
    optional: Mapping[str, Rule] = field(default_factory=dict)
    exactly_one: tuple[str, ...] = ()
    at_least_one: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True)
class OrNull:
    """A value that may also be null."""

    rule: Rule


@dataclass(frozen=True)
class AnyObject:
    """An object with any keys."""


@dataclass(frozen=True)
class OneOf:
    """An object whose `type` selects its shape."""

    shapes: Mapping[str, Shape]


Rule: TypeAlias = String | Number | Flag | ListOf | Shape | OrNull | AnyObject | OneOf


def plain(most: int) -> OneOf:
    """Return the rule of a plain_text object of 1 to `most` characters."""
    return OneOf({"plain_text": Shape({"text": String(most)}, {"emoji": Flag()})})


def text(most: int) -> OneOf:
    """Return the rule of a text object of either type, of 1 to `most` characters."""
    mrkdwn = Shape({"text": String(most)}, {"verbatim": Flag()})
    return OneOf({**plain(most).shapes, "mrkdwn": mrkdwn})


def pick(shapes: Mapping[str, Shape], names: str) -> OneOf:
    """Return those of the shapes that are named, in names separated by blanks."""
    return OneOf({name: shapes[name] for name in names.split()})
