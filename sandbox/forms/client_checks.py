"""Checks that Slack's client makes on a form before it sends anything to the app."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.workspace.elements import PlacedElement, find_elements
from sandbox.workspace.state import View

REQUIRED = "Please complete this required field."
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)


def errors_in(view: View) -> dict[str, str]:
    """Return the errors in a modal's values by block_id; empty when it can be submitted."""
    found: dict[str, str] = {}
    for placed in find_elements(view.payload["blocks"]):
        if not placed.is_input:
            continue
        entry = view.state_values.get(placed.block_id, {}).get(placed.action_id, {})
        problem = _problem(placed, entry.get(placed.kind.key))
        if problem:
            found[placed.block_id] = problem
    return found


def _problem(placed: PlacedElement, value: Any) -> str:
    if value in (None, "", []):
        return "" if placed.block.get("optional") else REQUIRED
    kind = placed.element["type"]
    if kind == "plain_text_input":
        return _length_problem(placed, str(value))
    if kind == "number_input":
        return _number_problem(placed, str(value))
    if kind == "email_text_input" and not _EMAIL.fullmatch(str(value)):
        return "Must be a valid email."
    if kind == "url_text_input" and not _URL.fullmatch(str(value)):
        return "Must be a valid URL."
    most = placed.element.get("max_files" if kind == "file_input" else "max_selected_items")
    if most and isinstance(value, list) and len(value) > int(most):
        return f"Choose at most {most}."
    return ""


def _length_problem(placed: PlacedElement, value: str) -> str:
    least = int(placed.element.get("min_length") or 0)
    most = int(placed.element.get("max_length") or 3000)
    if len(value) < least:
        return f"Must be at least {least} characters."
    return f"Must be less than {most + 1} characters." if len(value) > most else ""


def _number_problem(placed: PlacedElement, value: str) -> str:
    element = placed.element
    try:
        number = Decimal(value)
    except InvalidOperation:
        return "Must be a valid number."
    if not element.get("is_decimal_allowed") and number != number.to_integral_value():
        return "Must be a whole number."
    least, most = element.get("min_value"), element.get("max_value")
    if least is not None and number < Decimal(least):
        return f"Must be at least {least}."
    return f"Must be at most {most}." if most is not None and number > Decimal(most) else ""
