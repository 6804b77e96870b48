"""Close a customer to visits, or open it again."""

from datetime import datetime

from bot.db import customers
from bot.db.engine import Tx
from bot.domain.customers import ContactPermissionChoices, Customer
from bot.domain.staff.access import Actor
from bot.domain.working_time import local_date
from bot.errors import NoSuchCustomer
from bot.services import Services


def get(services: Services, actor: Actor, customer_id: int) -> Customer:
    """Return a customer, with whether they may be contacted. Raises `NoSuchCustomer`."""
    with services.reading(actor.workspace_id) as tx:
        return _get(tx, customer_id)


def save(
    services: Services, actor: Actor, choices: ContactPermissionChoices, now: datetime
) -> Customer:
    """Close a customer to visits, or open it, and save who said so, when and why (B4).

    Raises `NoSuchCustomer`.
    """
    with services.transaction(actor.workspace_id) as tx:
        known = _get(tx, choices.customer_id)
        if (known.closed, known.closed_because or "") == (choices.closed, choices.reason):
            return known
        today = local_date(now, actor.zone)
        customers.set_contact_permission(
            tx, known.id, choices.closed, choices.reason or None, actor.user_id, today
        )
        return known


def _get(tx: Tx, customer_id: int) -> Customer:
    known = customers.get(tx, customer_id)
    if known is None:
        raise NoSuchCustomer
    return known
