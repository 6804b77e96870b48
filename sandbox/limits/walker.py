"""Compare a value parsed from JSON with a rule."""

import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.limits.rules import (
    AnyObject,
    Finding,
    Flag,
    ListOf,
    Number,
    OneOf,
    Rule,
    Shape,
    String,
)


def findings(value: object, rule: Rule, path: str) -> Iterator[Finding]:
    """Yield all that is wrong with `value`; its path is `path` ("" for the outermost object)."""
    match rule:
        case String():
            yield from _string(value, rule, path)
        case Number():
            yield from _number(value, rule, path)
        case Flag():
            if not isinstance(value, bool):
                yield path, "must be true or false"
        case ListOf():
            yield from _list(value, rule, path)
        case Shape() | OneOf() | AnyObject():
            yield from _object(value, rule, path)


def objects(value: object, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each object within `value`, itself included, with its path."""
    if isinstance(value, Mapping):
        yield path, value
        for key, inner in value.items():
            yield from objects(inner, child_path(path, key))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from objects(inner, f"{path}[{index}]")


def child_path(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _string(value: object, rule: String, path: str) -> Iterator[Finding]:
    if not isinstance(value, str):
        yield path, "must be a string"
        return
    yield from _size(len(value), rule, path, "characters")
    if rule.allowed and value not in rule.allowed:
        yield path, f"must be one of {', '.join(rule.allowed)}"
    if rule.pattern and not re.fullmatch(rule.pattern, value):
        yield path, f"must match {rule.pattern}"
    if rule.time_format and not _is_written_as(value, rule.time_format):
        yield path, f"must be written as {rule.time_format}"


def _is_written_as(value: str, time_format: str) -> bool:
    try:
        moment = time.strptime(value, time_format)
    except ValueError:
        return False
    # Parsing alone would accept `2025-1-2`.
    return time.strftime(time_format, moment) == value


def _number(value: object, rule: Number, path: str) -> Iterator[Finding]:
    if isinstance(value, bool) or not isinstance(value, int if rule.integer_only else int | float):
        yield path, "must be a whole number" if rule.integer_only else "must be a number"
    elif rule.least is not None and value < rule.least:
        yield path, f"must be at least {rule.least}"
    elif rule.most is not None and value > rule.most:
        yield path, f"must be at most {rule.most}"


def _list(value: object, rule: ListOf, path: str) -> Iterator[Finding]:
    if not isinstance(value, list | tuple):
        yield path, "must be a list"
        return
    yield from _size(len(value), rule, path, "items")
    for index, item in enumerate(value):
        yield from findings(item, rule.item, f"{path}[{index}]")


def _size(size: int, rule: String | ListOf, path: str, unit: str) -> Iterator[Finding]:
    if size < rule.least:
        yield path, f"has {size} {unit}, must have at least {rule.least}"
    if rule.most is not None and size > rule.most:
        yield path, f"has {size} {unit}, must have at most {rule.most}"


def _object(value: object, rule: Shape | OneOf | AnyObject, path: str) -> Iterator[Finding]:
    if not isinstance(value, Mapping):
        yield path, "must be an object"
    elif isinstance(rule, OneOf):
        yield from _one_of(value, rule, path)
    elif isinstance(rule, Shape):
        yield from _shape(value, rule, path)


def _one_of(value: Mapping[str, Any], rule: OneOf, path: str) -> Iterator[Finding]:
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in rule.shapes:
        allowed = ", ".join(rule.shapes)
        yield child_path(path, "type"), f"{kind!r} is not allowed here, only {allowed}"
        return
    rest = {key: inner for key, inner in value.items() if key != "type"}
    yield from _shape(rest, rule.shapes[kind], path)


def _shape(value: Mapping[str, Any], shape: Shape, path: str) -> Iterator[Finding]:
    wrong = [*_keys(value, shape, path), *_values(value, shape, path)]
    yield from wrong
    if wrong:
        return
    for check in shape.checks:
        yield from ((child_path(path, key), text) for key, text in check(value))


def _keys(value: Mapping[str, Any], shape: Shape, path: str) -> Iterator[Finding]:
    for key in shape.required:
        if key not in value:
            yield child_path(path, key), "is missing"
    for key in value:
        if key not in shape.required and key not in shape.optional:
            yield child_path(path, key), "is not a key of this object"
    if shape.exactly_one and sum(key in value for key in shape.exactly_one) != 1:
        yield path, f"must have exactly one of {', '.join(shape.exactly_one)}"
    if shape.at_least_one and not any(key in value for key in shape.at_least_one):
        yield path, f"must have at least one of {', '.join(shape.at_least_one)}"


def _values(value: Mapping[str, Any], shape: Shape, path: str) -> Iterator[Finding]:
    for key, inner in value.items():
        rule = shape.required.get(key) or shape.optional.get(key)
        if rule is not None:
            yield from findings(inner, rule, child_path(path, key))
