"""Customers and people: found by what somebody typed, and added in place."""

from collections.abc import Sequence

from bot.db import customers
from bot.db.engine import Tx
from bot.domain.customers import Stage, name_key
from bot.domain.staff.access import Actor
from bot.domain.text import is_blank
from bot.errors import NoSuchCustomer
from bot.services import Services
from bot.views.form_fields import NEW_LENGTH

FOUND_MOST = 100
# Longer is no name that anybody types behind a command.
NAME_WORDS = 6
BEGINNING = 10
# What may stand between a name and what is said of them.
ENDS = ":,;-–—"
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
    with services.reading(actor.workspace_id) as tx:
        return guessed(tx, words)


def guessed(tx: Tx, words: str) -> Chosen | None:
    """The same, within a transaction."""
    if not name_key(words) or is_blank(words):
        return None
    same = customers.named(tx, words)
    found = same or customers.search(tx, words, 2)
    if not found:
        return (None, words) if len(words) <= NEW_LENGTH else None
    return (found[0].id, found[0].name) if len(found) == 1 else None


def meant(tx: Tx, words: str) -> tuple[Chosen | None, str]:
    """The customer meant by the words behind `/debrief`, and what else they say.

    They may begin with a customer's name and go on with the story, or be the story alone; in one
    sentence nobody is taken for a new customer.
    """
    known = _begins_with(tx, words)
    if known:
        return known
    chosen = guessed(tx, words)
    sentence = len(words.split()) > NAME_WORDS or len(words) > NEW_LENGTH
    if chosen is None or (chosen[0] is None and sentence):
        # Of several customers that hold these words each may be meant.
        return None, "" if not sentence or is_blank(words) else words
    return chosen, ""


def _begins_with(tx: Tx, words: str) -> tuple[Chosen, str] | None:
    """The only customer of the longest name that the words begin with, and the words behind it."""
    said = words.split()
    heads = {n: " ".join(said[:n]).rstrip(ENDS) for n in range(1, min(len(said), BEGINNING) + 1)}
    found = customers.any_named(tx, heads.values())
    for count, head in sorted(heads.items(), reverse=True):
        same = [each for each in found if name_key(each.name) == name_key(head)]
        if len(same) == 1:
            behind = words.split(maxsplit=count)[count:]
            return (same[0].id, same[0].name), " ".join(behind).lstrip(f"{ENDS} ")
    return None


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
