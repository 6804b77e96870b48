"""Keeping a contact: whose person it was, and once only."""

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
from bot.operations.contacts.record import customer_of, keep, person_of
from bot.services import Services
from tests.intake.services_fixture import WORKSPACE, count, employ, open_house, rows
from tests.times import T0

MAIL = ContactEvent("mailbox", "1", T0, Channel.MAIL, person_email="ann.lund@alm.example")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Services]:
    with open_house(tmp_path) as services:
        yield services


def kept(house: Services, event: ContactEvent) -> tuple[int, bool]:
    with house.transaction(WORKSPACE) as tx:
        return keep(tx, event)


def known(house: Services, name: str, domain: str | None = None) -> int:
    with house.transaction(WORKSPACE) as tx:
        return customer_queries.add(tx, name, Stage.CUSTOMER, domain=domain)


def test_the_same_source_id_is_recorded_once(house: Services) -> None:
    customer_id, new = kept(house, MAIL)
    assert new
    assert kept(house, MAIL) == (customer_id, False)
    assert (count(house, contacts), count(house, people), count(house, customers)) == (1, 1, 1)


def test_two_sources_may_use_one_id(house: Services) -> None:
    kept(house, MAIL)
    assert kept(house, replace(MAIL, source="forum"))[1]


def test_a_person_is_known_by_address_whatever_customer_is_named(house: Services) -> None:
    customer_id, _ = kept(house, MAIL)
    known(house, "Berg")
    assert kept(house, replace(MAIL, source_id="2", customer="Berg"))[0] == customer_id


def test_a_new_person_is_placed_by_the_customer_s_name_before_the_domain(house: Services) -> None:
    known(house, "Alm", "alm.example")
    berg = known(house, "Bérg")
    assert kept(house, replace(MAIL, customer="BERG"))[0] == berg


def test_of_two_with_one_name_the_domain_chooses(house: Services) -> None:
    known(house, "Alm", "alm-north.example")
    south = known(house, "Alm", "alm.example")
    assert kept(house, replace(MAIL, customer="Alm"))[0] == south


def test_of_two_with_one_name_and_no_hint_neither_is_taken(house: Services) -> None:
    known(house, "Alm", "alm-north.example")
    known(house, "Alm", "alm-south.example")
    with pytest.raises(NoSuchCustomer, match="More than one customer is called Alm"):
        kept(house, replace(MAIL, customer="Alm"))


@pytest.mark.parametrize("address", ["ann@gmail.com", "ann@GMX.de", "ann@web.de"])
def test_a_mail_provider_is_never_a_customer(house: Services, address: str) -> None:
    with pytest.raises(NoSuchCustomer, match="name the customer"):
        kept(house, replace(MAIL, person_email=address))
    assert count(house, customers) == 0


def test_a_person_of_a_mail_provider_belongs_to_the_customer_named(house: Services) -> None:
    kept(house, replace(MAIL, person_email="ann@gmail.com", customer="Alm"))
    assert [row["domain"] for row in rows(house, customers)] == [None]


def test_a_customer_may_be_given_by_id(house: Services) -> None:
    alm = known(house, "Alm")
    assert kept(house, replace(MAIL, customer_id=alm))[0] == alm
    with pytest.raises(NoSuchCustomer):
        kept(house, replace(MAIL, person_email="b@berg.example", source_id="2", customer_id=99))


def test_a_person_may_be_given_by_id(house: Services) -> None:
    customer_id, _ = kept(house, MAIL)
    [person] = rows(house, people)
    by_id = replace(MAIL, person_email="", person_id=person["id"], source_id="2")
    assert kept(house, by_id) == (customer_id, True)
    with pytest.raises(NotFound):
        kept(house, replace(by_id, person_id=99, source_id="3"))


def test_a_person_without_an_address_is_known_by_name(house: Services) -> None:
    event = replace(MAIL, person_email="", person_name="Zoé Lund", customer="Alm")
    kept(house, event)
    kept(house, replace(event, person_name="ZOE LUND", source_id="2"))
    assert [row["name"] for row in rows(house, people)] == ["Zoé Lund"]


def test_a_contact_of_nobody_is_refused(house: Services) -> None:
    with pytest.raises(NotFound, match="who it was"):
        kept(house, replace(MAIL, person_email=""))


def test_long_subjects_and_threads_are_cut_to_what_is_kept(house: Services) -> None:
    kept(house, replace(MAIL, subject="s" * 900, thread="t" * 900))
    [row] = rows(house, contacts)
    assert (len(row["subject"]), len(row["thread"])) == (500, 255)


def test_staff_may_be_given_by_id_or_address(house: Services) -> None:
    employ(house, "U2", "sup@us.example", support=True)
    kept(house, replace(MAIL, staff_email="SUP@us.example"))
    kept(house, replace(MAIL, source_id="2", staff_id="U2"))
    kept(house, replace(MAIL, source_id="3", staff_id="U9"))
    told = [(row["staff_id"], row["to_support"]) for row in rows(house, contacts)]
    assert told == [("U2", True), ("U2", True), ("U9", False)]


def test_a_new_customer_says_that_it_is_new(house: Services) -> None:
    with house.transaction(WORKSPACE) as tx:
        first, new = customer_of(tx, "Alm", None, Stage.LOST)
        again, new_again = customer_of(tx, "alm", None)
    assert (new, new_again) == (True, False)
    assert first == again
    assert first.stage is Stage.LOST


def test_a_person_is_found_or_added_by_address(house: Services) -> None:
    with house.transaction(WORKSPACE) as tx:
        first = person_of(tx, "Ann.Lund@alm.example")
        assert person_of(tx, "ann.lund@ALM.example") == first
    assert (first.name, first.email) == ("Ann Lund", "ann.lund@alm.example")
