"""Record contacts, and find or add the person and the customer of each."""

from bot.db import customers
from bot.db.contacts import queries as contacts
from bot.db.engine import Tx
from bot.db.staff import queries as staff
from bot.domain.contacts.events import (
    PERSON_NAME_LENGTH,
    SUBJECT_LENGTH,
    THREAD_LENGTH,
    ContactEvent,
)
from bot.domain.contacts.traits import Contact
from bot.domain.customers import Customer, Person, Stage, name_key
from bot.errors import NoSuchCustomer, NotFound
from bot.intake.files.cells import mail_domain, name_from_address


def record_contact(tx: Tx, event: ContactEvent) -> tuple[int, bool]:
    """Record a contact; returns the customer's id, and whether the contact is new.

    An unknown person or customer is added. Raises `NoSuchCustomer` when it isn't clear which
    customer the person is at, and `NotFound` when the event names no one; nothing is added then.
    """
    person = _get_person(tx, event)
    member = staff.find_by_email(tx, event.staff_email) if event.staff_email else None
    if event.staff_id:
        member = staff.get(tx, event.staff_id)
    contact = Contact(
        person_id=person.id,
        channel=event.channel,
        at=event.at,
        staff_id=event.staff_id or (member.user_id if member else None),
        to_support=member.is_support if member else False,
        subject=event.subject[:SUBJECT_LENGTH],
        thread=event.thread[:THREAD_LENGTH],
    )
    new = contacts.add(tx, event.source, event.source_id, person.customer_id, contact)
    return person.customer_id, new


def get_or_add_customer(
    tx: Tx, name: str, domain: str | None, stage: Stage = Stage.CUSTOMER
) -> tuple[Customer, bool]:
    """Return the customer of that name, else of that email domain, else a new one; True if new.

    Of several with one name the domain decides. Raises `NoSuchCustomer` when it can't, or when
    there is neither a name nor a domain that could be an organisation's.
    """
    found = _find_customer(tx, name, domain)
    if found:
        return found, False
    if not name and not domain:
        raise NoSuchCustomer("Nobody knows whose person this is: name the customer.")
    added = customers.add(tx, name or domain or "", stage, domain=domain)
    return Customer(added, name or domain or "", stage, domain), True


def get_or_add_person(tx: Tx, email: str, name: str = "", customer: str = "") -> Person:
    """Return the person with that address, or add one at the named customer or the domain's.

    Raises `NoSuchCustomer` when it isn't clear which customer a new person is at.
    """
    known = customers.find_person_by_email(tx, email)
    if known:
        return known
    employer, _ = get_or_add_customer(tx, customer, mail_domain(email))
    return _add_person(tx, employer.id, email, name)


def find_person_named(tx: Tx, customer_id: int, name: str) -> Person | None:
    """Return the one person of that name at a customer, ignoring case and accents, or None."""
    key = name_key(name)
    same = [each for each in customers.list_people(tx, customer_id) if name_key(each.name) == key]
    return same[0] if len(same) == 1 else None


def _find_customer(tx: Tx, name: str, domain: str | None) -> Customer | None:
    same = customers.list_by_name(tx, name) if name else ()
    if len(same) == 1:
        return same[0]
    found = customers.find_by_domain(tx, domain) if domain else None
    if same and (found is None or found.id not in {each.id for each in same}):
        raise NoSuchCustomer(f"More than one customer is called {name}: it could be any of them.")
    return found


def _get_person(tx: Tx, event: ContactEvent) -> Person:
    if event.person_id is not None:
        known = customers.get_person(tx, event.person_id)
        if known is None:
            raise NotFound("This person is no longer there. Search again, or add them.")
        return known
    if not event.person_email and not event.person_name:
        raise NotFound("This contact does not say who it was: give an address or a name.")
    known = customers.find_person_by_email(tx, event.person_email) if event.person_email else None
    return known or _find_or_add_person(tx, event)


def _find_or_add_person(tx: Tx, event: ContactEvent) -> Person:
    customer_id = _customer_id_of(tx, event)
    if not event.person_email:
        named = find_person_named(tx, customer_id, event.person_name)
        if named:
            return named
    return _add_person(tx, customer_id, event.person_email, event.person_name)


def _customer_id_of(tx: Tx, event: ContactEvent) -> int:
    if event.customer_id is None:
        return get_or_add_customer(tx, event.customer, mail_domain(event.person_email))[0].id
    if customers.get(tx, event.customer_id) is None:
        raise NoSuchCustomer
    return event.customer_id


def _add_person(tx: Tx, customer_id: int, email: str, name: str) -> Person:
    full_name = (name.strip() or name_from_address(email))[:PERSON_NAME_LENGTH]
    address = email.strip().casefold() or None
    return Person(
        customers.add_person(tx, customer_id, full_name, email=address),
        customer_id,
        full_name,
        address,
    )
