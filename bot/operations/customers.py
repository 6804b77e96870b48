"""Customers and people: found by what somebody typed, and added in place."""

from collections.abc import Sequence

from bot.db import customers
from bot.db.engine import Tx
from bot.domain.access import Actor
from bot.domain.customers import Stage, name_key
from bot.domain.texts import is_blank
from bot.errors import NoSuchCustomer
from bot.services import Services
from bot.views.fields import NEW_LENGTH

FOUND_MOST = 100
Chosen = tuple[int | None, str]


def search(services: Services, actor: Actor, typed: str) -> Sequence[tuple[int, str, str]]:
    """Id, name and a hint (domain or region) of up to 100 customers."""
    with services.reading(actor.workspace_id) as tx:
        found = customers.search(tx, typed, FOUND_MOST)
    return [(each.id, each.name, each.domain or each.region or "") for each in found]


def search_people(services: Services, actor: Actor, typed: str) -> Sequence[tuple[int, str, str]]:
    """Id, name and customer of up to 100 people."""
    with services.reading(actor.workspace_id) as tx:
        found = customers.search_people(tx, typed, FOUND_MOST)
    return [(person.id, person.name, customer) for person, customer in found]


def chosen(services: Services, actor: Actor, customer_id: int | None) -> Chosen | None:
    """The id and name of a customer that a button named."""
    if customer_id is None:
        return None
    with services.reading(actor.workspace_id) as tx:
        known = customers.get(tx, customer_id)
    return (known.id, known.name) if known else None


def guess(services: Services, actor: Actor, words: str) -> Chosen | None:
    """The customer meant by the words behind a command.

    The one of that name, or the only one that holds the words, or a new one; None when it could
    be any of several, or when the words are too many for a name.
    """
    if not name_key(words) or is_blank(words):
        return None
    with services.reading(actor.workspace_id) as tx:
        same = customers.named(tx, words)
        found = same or customers.search(tx, words, 2)
    if not found:
        return (None, words) if len(words) <= NEW_LENGTH else None
    return (found[0].id, found[0].name) if len(found) == 1 else None


def customer(tx: Tx, customer_id: int | None, new: str) -> int:
    """The customer chosen, or the one added in place; one of the very same name is not doubled."""
    if customer_id is not None:
        if customers.get(tx, customer_id) is None:
            raise NoSuchCustomer
        return customer_id
    name = " ".join(new.split())
    tx.one_at_a_time(name_key(name))
    same = customers.named(tx, name)
    return same[0].id if same else customers.add(tx, name, Stage.CUSTOMER)


def customer_name(tx: Tx, customer_id: int) -> str:
    """The name of a customer that a row refers to."""
    found = customers.get(tx, customer_id)
    return found.name if found else ""
