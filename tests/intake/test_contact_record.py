"""Saving a contact: it finds the right person, and is saved only once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.db import customers as customer_queries
from bot.db.tables.contacts import contacts
from bot.db.tables.customers import customers, people
from bot.domain.contacts.events import ContactEvent
from bot.domain.contacts.traits import Channel
from bot.domain.customers import Stage
from bot.errors import NoSuchCustomer, NotFound
from bot.operations.contacts.record import get_or_add_customer, get_or_add_person, record_contact
from bot.services import Services
from tests.intake.services_fixture import WORKSPACE, add_staff, count, open_services, rows
from tests.times import T0

MAIL = ContactEvent("mailbox", "1", T0, Channel.MAIL, person_email="ann.lund@alm.example")


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with open_services(tmp_path) as services:
        yield services


def record(services: Services, event: ContactEvent) -> tuple[int, bool]:
    with services.transaction(WORKSPACE) as tx:
        return record_contact(tx, event)


def add_customer(services: Services, name: str, domain: str | None = None) -> int:
    with services.transaction(WORKSPACE) as tx:
        return customer_queries.add(tx, name, Stage.CUSTOMER, domain=domain)


def test_the_same_source_id_is_recorded_once(services: Services) -> None:
    customer_id, new = record(services, MAIL)
    assert new
    assert record(services, MAIL) == (customer_id, False)
    assert (count(services, contacts), count(services, people), count(services, customers)) == (
        1,
        1,
        1,
    )


def test_two_sources_may_use_one_id(services: Services) -> None:
    record(services, MAIL)
    assert record(services, replace(MAIL, source="forum"))[1]


def test_a_person_is_known_by_address_whatever_customer_is_named(services: Services) -> None:
    customer_id, _ = record(services, MAIL)
    add_customer(services, "Berg")
    assert record(services, replace(MAIL, source_id="2", customer="Berg"))[0] == customer_id


def test_a_new_person_is_placed_by_the_customer_s_name_before_the_domain(
    services: Services,
) -> None:
    add_customer(services, "Alm", "alm.example")
    berg = add_customer(services, "Bérg")
    assert record(services, replace(MAIL, customer="BERG"))[0] == berg


def test_of_two_with_one_name_the_domain_chooses(services: Services) -> None:
    add_customer(services, "Alm", "alm-north.example")
    south = add_customer(services, "Alm", "alm.example")
    assert record(services, replace(MAIL, customer="Alm"))[0] == south


def test_of_two_with_one_name_and_no_hint_neither_is_taken(services: Services) -> None:
    add_customer(services, "Alm", "alm-north.example")
    add_customer(services, "Alm", "alm-south.example")
    with pytest.raises(NoSuchCustomer, match="More than one customer is called Alm"):
        record(services, replace(MAIL, customer="Alm"))


@pytest.mark.parametrize("address", ["ann@gmail.com", "ann@GMX.de", "ann@web.de"])
def test_a_mail_provider_is_never_a_customer(services: Services, address: str) -> None:
    with pytest.raises(NoSuchCustomer, match="name the customer"):
        record(services, replace(MAIL, person_email=address))
    assert count(services, customers) == 0


def test_a_person_of_a_mail_provider_belongs_to_the_customer_named(services: Services) -> None:
    record(services, replace(MAIL, person_email="ann@gmail.com", customer="Alm"))
    assert [row["domain"] for row in rows(services, customers)] == [None]


def test_a_customer_may_be_given_by_id(services: Services) -> None:
    alm = add_customer(services, "Alm")
    assert record(services, replace(MAIL, customer_id=alm))[0] == alm
    with pytest.raises(NoSuchCustomer):
        record(
            services, replace(MAIL, person_email="b@berg.example", source_id="2", customer_id=99)
        )


def test_a_person_may_be_given_by_id(services: Services) -> None:
    customer_id, _ = record(services, MAIL)
    [person] = rows(services, people)
    by_id = replace(MAIL, person_email="", person_id=person["id"], source_id="2")
    assert record(services, by_id) == (customer_id, True)
    with pytest.raises(NotFound):
        record(services, replace(by_id, person_id=99, source_id="3"))


def test_a_person_without_an_address_is_known_by_name(services: Services) -> None:
    event = replace(MAIL, person_email="", person_name="Zoé Lund", customer="Alm")
    record(services, event)
    record(services, replace(event, person_name="ZOE LUND", source_id="2"))
    assert [row["name"] for row in rows(services, people)] == ["Zoé Lund"]


def test_a_contact_of_nobody_is_refused(services: Services) -> None:
    with pytest.raises(NotFound, match="who it was"):
        record(services, replace(MAIL, person_email=""))


def test_long_subjects_and_threads_are_cut_to_what_is_kept(services: Services) -> None:
    record(services, replace(MAIL, subject="s" * 900, thread="t" * 900))
    [row] = rows(services, contacts)
    assert (len(row["subject"]), len(row["thread"])) == (500, 255)


def test_staff_may_be_given_by_id_or_address(services: Services) -> None:
    add_staff(services, "U2", "sup@us.example", support=True)
    record(services, replace(MAIL, staff_email="SUP@us.example"))
    record(services, replace(MAIL, source_id="2", staff_id="U2"))
    record(services, replace(MAIL, source_id="3", staff_id="U9"))
    told = [(row["staff_id"], row["to_support"]) for row in rows(services, contacts)]
    assert told == [("U2", True), ("U2", True), ("U9", False)]


def test_a_new_customer_says_that_it_is_new(services: Services) -> None:
    with services.transaction(WORKSPACE) as tx:
        first, new = get_or_add_customer(tx, "Alm", None, Stage.LOST)
        again, new_again = get_or_add_customer(tx, "alm", None)
    assert (new, new_again) == (True, False)
    assert first == again
    assert first.stage is Stage.LOST


def test_a_person_is_found_or_added_by_address(services: Services) -> None:
    with services.transaction(WORKSPACE) as tx:
        first = get_or_add_person(tx, "Ann.Lund@alm.example")
        assert get_or_add_person(tx, "ann.lund@ALM.example") == first
    assert (first.name, first.email) == ("Ann Lund", "ann.lund@alm.example")
