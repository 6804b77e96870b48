"""Read the evidence of great customers: the traits of their people."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from bot.db import customers
from bot.db.contacts import queries as contacts
from bot.db.engine import Tx
from bot.domain.contacts.traits import (
    WINDOW,
    BetaSignUp,
    Contact,
    Thresholds,
    TraitEvidence,
    find_traits,
)

ByPerson = TypeVar("ByPerson", Contact, BetaSignUp)


def list_evidence(
    tx: Tx, customer_ids: Collection[int], now: datetime
) -> Mapping[int, Sequence[TraitEvidence]]:
    """Return the traits of customers' people by customer: four statements, however many there are.

    Customers without any are left out.
    """
    contacted = _by_person(contacts.list_by_customers(tx, customer_ids, now - WINDOW, now))
    sign_ups = contacts.list_sign_ups(tx, customer_ids, now)
    signed_up = _by_person(sign_ups)
    first = [each for each in sign_ups if each.position == 1]
    found: defaultdict[int, list[TraitEvidence]] = defaultdict(list)
    for person in customers.list_people_of(tx, customer_ids):
        own = contacted[person.id], signed_up[person.id]
        if any(own):
            others = [each for each in first if each.person_id != person.id]
            traits = find_traits(
                person.id, person.has_cell, own[0], [*own[1], *others], now, Thresholds()
            )
            found[person.customer_id] += traits
    return found


def _by_person(rows: Iterable[ByPerson]) -> defaultdict[int, list[ByPerson]]:
    grouped: defaultdict[int, list[ByPerson]] = defaultdict(list)
    for each in rows:
        grouped[each.person_id].append(each)
    return grouped
