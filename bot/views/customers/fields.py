"""The customer field of forms: found by typing, or added in place."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import ExternalDataSelectElement, InputBlock

from bot.domain.customers import CustomerChoice
from bot.views import form_fields

ACTION = "customer.find"
BLOCK = "customer"
KIND = "customer"


def customer_select(initial: CustomerChoice | None) -> ExternalDataSelectElement:
    """Build the list to search by typing; `initial` is an id and a name, or None and a new name."""
    return ExternalDataSelectElement(
        action_id=ACTION,
        placeholder="Type a name",
        initial_option=form_fields.choice_option(KIND, *initial) if initial else None,
        min_query_length=0,
    )


def customer_field(
    initial: CustomerChoice | None, label: str = "Customer", *, optional: bool = False
) -> InputBlock:
    """Build the field for the customer, the same in all forms."""
    return form_fields.input_block(BLOCK, label, customer_select(initial), optional=optional)


def options(
    found: Sequence[form_fields.SearchMatch], typed: str
) -> dict[str, list[dict[str, Any]]]:
    """Build the response to a search: ids, names and hints (domain or region) of what was found.

    A name that no customer has is offered as a new one.
    """
    return form_fields.options_response(KIND, found, typed, "Add “{name}” as a new customer")


def parse_customer(view: form_fields.Payload) -> CustomerChoice:
    """Parse the id of the customer chosen and "", or None and the name of a new one."""
    return form_fields.parse_choice(view, BLOCK, KIND)


def current_choice(view: form_fields.Payload) -> CustomerChoice | None:
    """Return what `customer_field` needs to show the same choice again."""
    id, new = parse_customer(view)
    if id is None:
        return (None, new) if new else None
    return id, form_fields.element_state(view, BLOCK)["selected_option"]["text"]["text"]
