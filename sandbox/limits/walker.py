"""Compare a value parsed from JSON with a rule."""

import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.limits.rules import (
    AnyObject,
    Constraint,
    Finding,
    Flag,
    ListOf,
    Number,
    OneOf,
    OrNull,
    Rule,
    Shape,
    String,
)

# JSON Schema's keywords for a size that is too small or too large, by what is counted.
SIZE_KEYWORDS = {"characters": ("minLength", "maxLength"), "items": ("minItems", "maxItems")}


def findings(value: object, rule: Rule, pointer: str) -> Iterator[Finding]:
    """Yield all that is wrong with `value`; its pointer is `pointer` ("" for the outermost)."""
    match rule:
        case String():
            yield from _string(value, rule, pointer)
        case Number():
            yield from _number(value, rule, pointer)
        case Flag():
            if not isinstance(value, bool):
                yield _wrong_type(value, pointer, "boolean", "must be true or false")
        case ListOf():
            yield from _list(value, rule, pointer)
        case OrNull():
            if value is not None:
                yield from findings(value, rule.rule, pointer)
        case Shape() | OneOf() | AnyObject():
            yield from _object(value, rule, pointer)


def objects(value: object, pointer: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each object within `value`, itself included, with its pointer."""
    if isinstance(value, Mapping):
        yield pointer, value
        for key, inner in value.items():
            yield from objects(inner, child(pointer, key))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from objects(inner, child(pointer, index))


def child(pointer: str, key: str | int) -> str:
    """Return the JSON pointer (RFC 6901) of a key or index within the value at `pointer`."""
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"


def _string(value: object, rule: String, pointer: str) -> Iterator[Finding]:
    if not isinstance(value, str):
        yield _wrong_type(value, pointer, "string", "must be a string")
        return
    yield from _size(len(value), rule, pointer, "characters")
    if rule.allowed and value not in rule.allowed:
        names = ", ".join(rule.allowed)
        yield Finding(
            pointer, f"must be one of {names}", Constraint("enum", list(rule.allowed), value)
        )
    if rule.pattern and not re.fullmatch(rule.pattern, value):
        yield Finding(
            pointer, f"must match {rule.pattern}", Constraint("pattern", rule.pattern, value)
        )
    if rule.time_format and not _is_written_as(value, rule.time_format):
        yield Finding(
            pointer,
            f"must be written as {rule.time_format}",
            Constraint("format", rule.time_format, value),
        )


def _is_written_as(value: str, time_format: str) -> bool:
    try:
        moment = time.strptime(value, time_format)
    except ValueError:
        return False
    # Parsing alone would accept `2025-1-2`.
    return time.strftime(time_format, moment) == value


def _number(value: object, rule: Number, pointer: str) -> Iterator[Finding]:
    if isinstance(value, bool) or not isinstance(value, int if rule.integer_only else int | float):
        kind = "integer" if rule.integer_only else "number"
        text = "must be a whole number" if rule.integer_only else "must be a number"
        yield _wrong_type(value, pointer, kind, text)
    elif rule.least is not None and value < rule.least:
        yield _out_of_range(value, pointer, "minimum", rule.least, "at least")
    elif rule.above is not None and value <= rule.above:
        yield _out_of_range(value, pointer, "exclusiveMinimum", rule.above, "above")
    elif rule.most is not None and value > rule.most:
        yield _out_of_range(value, pointer, "maximum", rule.most, "at most")


def _out_of_range(value: float, pointer: str, keyword: str, limit: int, relation: str) -> Finding:
    return Finding(pointer, f"must be {relation} {limit}", Constraint(keyword, limit, value))


def _list(value: object, rule: ListOf, pointer: str) -> Iterator[Finding]:
    if not isinstance(value, list | tuple):
        yield _wrong_type(value, pointer, "array", "must be a list")
        return
    yield from _size(len(value), rule, pointer, "items")
    for index, item in enumerate(value):
        yield from findings(item, rule.item, child(pointer, index))


def _size(size: int, rule: String | ListOf, pointer: str, unit: str) -> Iterator[Finding]:
    too_small, too_large = SIZE_KEYWORDS[unit]
    if size < rule.least:
        text = f"has {size} {unit}, must have at least {rule.least}"
        yield Finding(pointer, text, Constraint(too_small, rule.least, size))
    if rule.most is not None and size > rule.most:
        text = f"has {size} {unit}, must have at most {rule.most}"
        yield Finding(pointer, text, Constraint(too_large, rule.most, size))


def _object(value: object, rule: Shape | OneOf | AnyObject, pointer: str) -> Iterator[Finding]:
    if not isinstance(value, Mapping):
        yield _wrong_type(value, pointer, "object", "must be an object")
    elif isinstance(rule, OneOf):
        yield from _one_of(value, rule, pointer)
    elif isinstance(rule, Shape):
        yield from _shape(value, rule, pointer)


def _one_of(value: Mapping[str, Any], rule: OneOf, pointer: str) -> Iterator[Finding]:
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in rule.shapes:
        text = f"{kind!r} is not allowed here, only {', '.join(rule.shapes)}"
        got = kind if isinstance(kind, str) else None
        yield Finding(child(pointer, "type"), text, Constraint("enum", list(rule.shapes), got))
        return
    rest = {key: inner for key, inner in value.items() if key != "type"}
    yield from _shape(rest, rule.shapes[kind], pointer)


def _shape(value: Mapping[str, Any], shape: Shape, pointer: str) -> Iterator[Finding]:
    wrong = [*_keys(value, shape, pointer), *_values(value, shape, pointer)]
    yield from wrong
    if wrong:
        return
    for check in shape.checks:
        for found in check(value):
            yield Finding(pointer + found.pointer, found.text, found.constraint)


def _keys(value: Mapping[str, Any], shape: Shape, pointer: str) -> Iterator[Finding]:
    for key in shape.required:
        if key not in value:
            yield Finding(child(pointer, key), "is missing", Constraint("required", key))
    known = [*shape.required, *shape.optional]
    for key in value:
        if key not in known:
            text = "is not a key of this object"
            yield Finding(child(pointer, key), text, Constraint("additionalProperties", known, key))
    if shape.exactly_one and sum(key in value for key in shape.exactly_one) != 1:
        text = f"must have exactly one of {', '.join(shape.exactly_one)}"
        yield Finding(pointer, text, Constraint("oneOf", list(shape.exactly_one)))
    if shape.at_least_one and not any(key in value for key in shape.at_least_one):
        text = f"must have at least one of {', '.join(shape.at_least_one)}"
        yield Finding(pointer, text, Constraint("anyOf", list(shape.at_least_one)))


def _values(value: Mapping[str, Any], shape: Shape, pointer: str) -> Iterator[Finding]:
    for key, inner in value.items():
        rule = shape.required.get(key) or shape.optional.get(key)
        if rule is not None:
            yield from findings(inner, rule, child(pointer, key))


def _wrong_type(value: object, pointer: str, expected: str, text: str) -> Finding:
    return Finding(pointer, text, Constraint("type", expected, _json_type(value)))


def _json_type(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case int() | float():
            return "number"
        case Mapping():
            return "object"
        case _:
            return "array"
