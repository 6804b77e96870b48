"""Customers in forms: found by typing, or added in place."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import ExternalDataSelectElement, InputBlock

from bot.views import form_fields as fields

ACTION = "customer.find"
BLOCK = "customer"
KIND = "customer"

Chosen = tuple[int | None, str]


def customer_select(initial: Chosen | None) -> ExternalDataSelectElement:
    """The list searched by typing; `initial` is an id and a name, or None and a new name."""
    return ExternalDataSelectElement(
        action_id=ACTION,
        placeholder="Type a name",
        initial_option=fields.found_option(KIND, *initial) if initial else None,
        min_query_length=0,
    )


def customer_field(
    initial: Chosen | None, label: str = "Customer", *, optional: bool = False
) -> InputBlock:
    """The field for the customer, the same in all forms."""
    return fields.field(BLOCK, label, customer_select(initial), optional=optional)


def options(found: Sequence[fields.Found], typed: str) -> dict[str, list[dict[str, Any]]]:
    """The answer to a search: ids, names and hints (domain or region) found for what was typed.

    A name that nobody has is offered to be added.
    """
    return fields.found_answer(KIND, found, typed, "Add “{name}” as a new customer")


def read_customer(view: fields.Payload) -> Chosen:
    """The id of the customer chosen and "", or None and the name of a new one."""
    return fields.read_found(view, BLOCK, KIND)


def errors(sentence: str) -> dict[str, str]:
    """A sentence at the customer, by block id of any form that has one."""
    return {BLOCK: sentence}


def chosen(view: fields.Payload) -> Chosen | None:
    """What `customer_field` needs to show the same choice again."""
    id, new = read_customer(view)
    if id is None:
        return (None, new) if new else None
    return id, fields.entry(view, BLOCK)["selected_option"]["text"]["text"]
