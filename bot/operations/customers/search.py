"""Search customers and people by what was typed, and add customers in place."""

from collections.abc import Sequence

from bot.db import customers
from bot.db.engine import Tx
from bot.domain.customers import NEW_NAME_LENGTH, CustomerChoice, Stage, name_key
from bot.domain.staff.access import Actor
from bot.domain.text import is_blank
from bot.errors import NoSuchCustomer
from bot.services import Services

SEARCH_LIMIT = 100
# No one types a longer name after a command.
MAX_NAME_WORDS = 6
MAX_PREFIX_WORDS = 10
# Characters that may separate a name from what is said about it.
SEPARATORS = ":,;-–—"


def search(services: Services, actor: Actor, typed: str) -> Sequence[tuple[int, str, str]]:
    """Return id, name and a hint (domain or region) of up to 100 customers."""
    with services.reading(actor.workspace_id) as tx:
        found = customers.search(tx, typed, SEARCH_LIMIT)
    return [(each.id, each.name, each.domain or each.region or "") for each in found]


def search_people(services: Services, actor: Actor, typed: str) -> Sequence[tuple[int, str, str]]:
    """Return id, name and customer of up to 100 people."""
    with services.reading(actor.workspace_id) as tx:
        found = customers.search_people(tx, typed, SEARCH_LIMIT)
    return [(person.id, person.name, customer) for person, customer in found]


def guess_customer(services: Services, actor: Actor, words: str) -> CustomerChoice | None:
    """Return the customer meant by the words after a command.

    The one of that name, or the only one that contains the words, or a new one; None when it could
    be any of several, or when the words are too long for a name.
    """
    with services.reading(actor.workspace_id) as tx:
        return guess_in_transaction(tx, words)


def guess_in_transaction(tx: Tx, words: str) -> CustomerChoice | None:
    """Return what `guess_customer` does, within a transaction."""
    if not name_key(words) or is_blank(words):
        return None
    same = customers.list_by_name(tx, words)
    found = same or customers.search(tx, words, 2)
    if not found:
        return (None, words) if len(words) <= NEW_NAME_LENGTH else None
    return (found[0].id, found[0].name) if len(found) == 1 else None


def parse_debrief_arguments(tx: Tx, words: str) -> tuple[CustomerChoice | None, str]:
    """Return the customer meant by the words after `/debrief`, and what else they say.

    They may begin with a customer's name and continue with the story, or be the story alone; a
    sentence is never taken for a new customer.
    """
    known = _find_named_at_start(tx, words)
    if known:
        return known
    chosen = guess_in_transaction(tx, words)
    sentence = len(words.split()) > MAX_NAME_WORDS or len(words) > NEW_NAME_LENGTH
    if chosen is None or (chosen[0] is None and sentence):
        # Any of several customers that contain these words may be meant.
        return None, "" if not sentence or is_blank(words) else words
    return chosen, ""


def _find_named_at_start(tx: Tx, words: str) -> tuple[CustomerChoice, str] | None:
    """Return the only customer of the longest name that the words begin with, and the rest."""
    typed_words = words.split()
    heads = {
        n: " ".join(typed_words[:n]).rstrip(SEPARATORS)
        for n in range(1, min(len(typed_words), MAX_PREFIX_WORDS) + 1)
    }
    found = customers.list_by_names(tx, heads.values())
    for count, head in sorted(heads.items(), reverse=True):
        same = [each for each in found if name_key(each.name) == name_key(head)]
        if len(same) == 1:
            rest = words.split(maxsplit=count)[count:]
            return (same[0].id, same[0].name), " ".join(rest).lstrip(f"{SEPARATORS} ")
    return None


def get_or_add_customer(tx: Tx, customer_id: int | None, new: str) -> int:
    """Return the id of the chosen customer, or add the new one; no name is added twice."""
    if customer_id is not None:
        if customers.get(tx, customer_id) is None:
            raise NoSuchCustomer
        return customer_id
    name = " ".join(new.split())
    tx.advisory_lock(name_key(name))
    same = customers.list_by_name(tx, name)
    return same[0].id if same else customers.add(tx, name, Stage.CUSTOMER)


def customer_name(tx: Tx, customer_id: int) -> str:
    """Return the name of a customer that a row refers to, or ""."""
    found = customers.get(tx, customer_id)
    return found.name if found else ""
