"""The people at the made-up customers: some from the stories, the others picked at random."""

from collections.abc import Iterator, Mapping, Sequence
from random import Random

from sandbox.company.data_files import from_file, read
from sandbox.company.model import Customer, CustomerPerson

_PEOPLE_BY_SIZE = {"small": 1, "medium": 2, "large": 3}


@from_file
class _Names:
    roles: tuple[str, ...]
    with_cell: frozenset[str]
    named: Mapping[str, tuple[str, ...]]
    origins: Mapping[str, str]
    first: Mapping[str, tuple[str, ...]]
    last: Mapping[str, tuple[str, ...]]


def people(customers: Sequence[Customer], random: Random) -> tuple[CustomerPerson, ...]:
    """List two to four people for each customer; no two share a name or an email."""
    names = read("people", _Names)
    used = {name for named in names.named.values() for name in named}
    return tuple(
        each for customer in customers for each in _people_at(customer, names, used, random)
    )


def _people_at(
    customer: Customer, names: _Names, used: set[str], random: Random
) -> Iterator[CustomerPerson]:
    known = names.named.get(customer.name, ())
    for name in known:
        yield _person(customer, name, names, random)
    for _ in range(max(1, _PEOPLE_BY_SIZE[customer.size] + 1 - len(known))):
        name = _unused_name(names, names.origins.get(customer.country, "north"), used, random)
        yield _person(customer, name, names, random)


def _unused_name(names: _Names, origin: str, used: set[str], random: Random) -> str:
    while True:
        name = f"{random.choice(names.first[origin])} {random.choice(names.last[origin])}"
        if name not in used:
            used.add(name)
            return name


def _person(customer: Customer, name: str, names: _Names, random: Random) -> CustomerPerson:
    reachable = name in names.with_cell or random.random() < 0.4
    # No country has the calling code 999.
    phone = f"+999 {random.randrange(10, 99)} {random.randrange(1_000_000, 9_999_999)}"
    return CustomerPerson(
        customer=customer.name,
        name=name,
        email=f"{_local(name)}@{customer.domain}",
        phone=phone if reachable else "",
        role=random.choice(names.roles),
        has_cell=name in names.with_cell,
    )


def _local(name: str) -> str:
    plain = name.casefold().translate(_PLAIN)
    return plain.replace(" ", ".")


_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})
