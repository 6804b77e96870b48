"""Queries on customers, their people and their deals."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypedDict, Unpack

from sqlalchemy import Row, case, func, literal

from bot.db.engine import Tx
from bot.db.rows import parse_row
from bot.db.tables.customers import customers, deals, people
from bot.domain.customers import Customer, Person, Stage, name_key
from bot.domain.visits.caps import NoContactReason


class CustomerValues(TypedDict, total=False):
    """Columns of a customer; one that is None isn't known."""

    domain: str | None
    segment: str | None
    region: str | None
    country: str | None
    size: str | None
    revenue: int | None
    potential: int | None
    brand: bool | None
    new_market: bool | None
    new_geography: bool | None
    owner_id: str | None
    every_days: int | None


class CustomerChanges(CustomerValues, total=False):
    """Columns of a customer to update; one that is None isn't known."""

    name: str | None
    stage: Stage | None


class PersonValues(TypedDict, total=False):
    """Columns of a person; one that is None isn't known."""

    email: str | None
    phone: str | None
    role: str | None
    has_cell: bool | None


class PersonChanges(PersonValues, total=False):
    """Columns of a person to update; one that is None isn't known."""

    name: str | None
    customer_id: int


def get(tx: Tx, customer_id: int) -> Customer | None:
    """Return the customer, or None if the workspace has none with that id."""
    row = tx.run(tx.select(customers).where(customers.c.id == customer_id)).first()
    return _customer(row) if row else None


def get_many(tx: Tx, customer_ids: Collection[int]) -> Mapping[int, Customer]:
    """Return those of the customers that the workspace has, by id."""
    found = tx.run(tx.select(customers).where(customers.c.id.in_(customer_ids)))
    return {row.id: _customer(row) for row in found}


def get_owners(tx: Tx, customer_ids: Collection[int]) -> Mapping[int, str | None]:
    """Return the owners of customers by customer id; None for one without."""
    found = tx.select(customers, customers.c.id, customers.c.owner_id)
    rows = tx.run(found.where(customers.c.id.in_(customer_ids)))
    return {row.id: row.owner_id for row in rows}


def list_by_name(tx: Tx, name: str) -> Sequence[Customer]:
    """Return all customers of that name, ignoring case and accents, oldest first."""
    found = tx.select(customers).where(customers.c.name_key == name_key(name))
    return [_customer(row) for row in tx.run(found.order_by(customers.c.id))]


def list_by_names(tx: Tx, names: Iterable[str]) -> Sequence[Customer]:
    """Return all customers of any of those names, ignoring case and accents, oldest first."""
    keys = {name_key(each) for each in names}
    found = tx.select(customers).where(customers.c.name_key.in_(keys)).order_by(customers.c.id)
    return [_customer(row) for row in tx.run(found)]


def find_by_domain(tx: Tx, domain: str) -> Customer | None:
    """Return the customer with that mail domain (lower case), or None."""
    row = tx.run(tx.select(customers).where(customers.c.domain == domain.casefold())).first()
    return _customer(row) if row else None


def search(tx: Tx, typed: str, limit: int) -> Sequence[Customer]:
    """Return customers whose name contains what was typed; those that begin with it come first."""
    key = name_key(typed)
    column = customers.c.name_key
    begins = case((column.startswith(key, autoescape=True), 0), else_=1)
    found = tx.select(customers).where(column.contains(key, autoescape=True))
    return [_customer(row) for row in tx.run(found.order_by(begins, column).limit(limit))]


def add(tx: Tx, name: str, stage: Stage, **values: Unpack[CustomerValues]) -> int:
    """Add a customer and return its id. Two may share a name, none may share a domain."""
    known = _known_values(values)
    return tx.add(customers, name=name, name_key=name_key(name), stage=stage, **known)


def update(tx: Tx, before: Customer, **values: Unpack[CustomerChanges]) -> bool:
    """Update what is known and differs from `before`; return whether anything does."""
    changed = _changed_values(before, values)
    name = values.get("name")
    key = {"name_key": name_key(name)} if name else {}
    if changed:
        where = customers.c.id == before.id
        tx.run(tx.update(customers).where(where).values(**changed, **key))
    return bool(changed)


def set_contact_permission(
    tx: Tx,
    customer_id: int,
    closed: NoContactReason | None,
    because: str | None,
    user_id: str,
    on: date,
) -> None:
    """Set why a customer is closed to visits, None if it isn't, and who said so, when and why."""
    values = {"closed": closed, "closed_because": because, "closed_by": user_id, "closed_on": on}
    tx.run(tx.update(customers).where(customers.c.id == customer_id).values(**values))


def get_person(tx: Tx, person_id: int) -> Person | None:
    """Return the person, or None."""
    row = tx.run(tx.select(people).where(people.c.id == person_id)).first()
    return _person(row) if row else None


def find_person_by_email(tx: Tx, email: str) -> Person | None:
    """Return the person with that email address, ignoring case, or None."""
    row = tx.run(tx.select(people).where(people.c.email == email.casefold())).first()
    return _person(row) if row else None


def list_people(tx: Tx, customer_id: int) -> Sequence[Person]:
    """Return the people at a customer, ordered by name."""
    found = tx.select(people).where(people.c.customer_id == customer_id).order_by(people.c.name)
    return [_person(row) for row in tx.run(found)]


def list_people_of(tx: Tx, customer_ids: Collection[int]) -> Sequence[Person]:
    """Return the people at any of those customers."""
    found = tx.run(tx.select(people).where(people.c.customer_id.in_(customer_ids)))
    return [_person(row) for row in found]


def search_people(tx: Tx, typed: str, limit: int) -> Sequence[tuple[Person, str]]:
    """Return people whose name contains what was typed, each with the customer's name."""
    joined = people.join(customers, people.c.customer_id == customers.c.id)
    found = (
        tx.select(people, people, customers.c.name.label("customer_name"))
        .select_from(joined)
        .where(func.lower(people.c.name).contains(typed.strip().lower(), autoescape=True))
        .order_by(people.c.name, people.c.id)
        .limit(limit)
    )
    return [(_person(row), row.customer_name) for row in tx.run(found)]


def add_person(tx: Tx, customer_id: int, name: str, **values: Unpack[PersonValues]) -> int:
    """Add a person at a customer and return their id."""
    return tx.add(people, customer_id=customer_id, name=name, **_known_values(values))


def update_person(tx: Tx, before: Person, **values: Unpack[PersonChanges]) -> bool:
    """Update what is known and differs from `before`; return whether anything does."""
    changed = _changed_values(before, values)
    if changed:
        tx.run(tx.update(people).where(people.c.id == before.id).values(**changed))
    return bool(changed)


def get_person_names(tx: Tx, ids: Iterable[int]) -> Mapping[int, str]:
    """Return the names of people by id; ids that no longer exist are left out."""
    found = tx.select(people, people.c.id, people.c.name).where(people.c.id.in_(list(ids)))
    return {row.id: row.name for row in tx.run(found)}


def update_last_visit_on(tx: Tx, customer_id: int, on: date) -> None:
    """Save the date of a visit as the customer's last, unless a later one is known."""
    later = func.coalesce(customers.c.last_visit_on, literal(on, customers.c.last_visit_on.type))
    newest = case((later < on, on), else_=later)
    where = customers.c.id == customer_id
    tx.run(tx.update(customers).where(where).values(last_visit_on=newest))


def set_last_visit_on(tx: Tx, customer_id: int, on: date | None) -> None:
    """Set the date of a customer's last visit."""
    tx.run(tx.update(customers).where(customers.c.id == customer_id).values(last_visit_on=on))


def find_deal(
    tx: Tx, customer_id: int, outcome: str, closed_on: date
) -> tuple[int, date | None] | None:
    """Return the id and go-live date of the deal closed on that date with that outcome, or None."""
    found = tx.select(deals, deals.c.id, deals.c.go_live_on).where(
        deals.c.customer_id == customer_id,
        deals.c.outcome == outcome,
        deals.c.closed_on == closed_on,
    )
    row = tx.run(found).first()
    return (row.id, row.go_live_on) if row else None


def add_deal(
    tx: Tx, customer_id: int, outcome: str, closed_on: date, go_live_on: date | None
) -> int:
    """Add a deal that was won or lost and return its id."""
    known = {"outcome": outcome, "closed_on": closed_on, "go_live_on": go_live_on}
    return tx.add(deals, customer_id=customer_id, **known)


def get_last_deal(tx: Tx, customer_id: int) -> tuple[bool, date, date | None] | None:
    """Return whether a customer's last deal was won, when it closed, and its go-live date."""
    found = tx.select(deals).where(deals.c.customer_id == customer_id)
    row = tx.run(found.order_by(deals.c.closed_on.desc(), deals.c.id.desc()).limit(1)).first()
    return (row.outcome == "won", row.closed_on, row.go_live_on) if row else None


def update_deal(tx: Tx, deal_id: int, go_live_on: date | None) -> None:
    """Update the go-live date of a deal."""
    tx.run(tx.update(deals).where(deals.c.id == deal_id).values(go_live_on=go_live_on))


def _known_values(values: Mapping[str, object]) -> Mapping[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def _changed_values(
    before: Customer | Person, values: Mapping[str, object]
) -> Mapping[str, object]:
    known = _known_values(values)
    return {name: value for name, value in known.items() if value != getattr(before, name)}


def _customer(row: Row[Any]) -> Customer:
    closed = NoContactReason(row.closed) if row.closed else None
    return parse_row(row, Customer, stage=Stage(row.stage), closed=closed)


def _person(row: Row[Any]) -> Person:
    return parse_row(row, Person)
