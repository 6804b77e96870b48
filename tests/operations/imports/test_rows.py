"""Rows: how each is merged with what is stored."""

from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

import pytest

from bot.db.staff import pms
from bot.db.tables.contacts import contacts
from bot.db.tables.customers import customers, deals, people
from bot.db.tables.debriefs import debriefs
from bot.db.tables.visits import visits
from bot.domain.nudges.rules import NudgeSettings, Strength, first_nudge
from bot.domain.staff.pms import Pm
from bot.domain.working_time import WorkingHours
from bot.services import Services
from tests.intake.services_fixture import (
    WORKSPACE,
    add_staff,
    count,
    counts,
    import_text,
    open_services,
    rows,
)
from tests.times import T

CONTACTS = "source,source_id,occurred_at,channel,person_email,customer,staff_email\n"
VISITS = "customer,pm_email,kind,date,minutes,summary\n"


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with open_services(tmp_path) as services:
        add_staff(services, "U1", "ann@us.example")
        add_staff(services, "U2", "sup@us.example", support=True)
        yield services


def test_new_customers_are_added_as_prospects_unless_the_file_says_more(services: Services) -> None:
    assert counts(import_text(services, "customers", "name,stage\nAlm,\nBerg,lost\n")) == (
        2,
        0,
        0,
        0,
    )
    assert [row["stage"] for row in rows(services, customers)] == ["prospect", "lost"]


def test_only_what_differs_is_a_change_and_empty_cells_take_nothing_away(
    services: Services,
) -> None:
    import_text(services, "customers", "name,segment,revenue,brand\nAlm,food,5,yes\n")
    assert counts(import_text(services, "customers", "name,segment,revenue,brand\nAlm,,7,\n")) == (
        0,
        1,
        0,
        0,
    )
    [row] = rows(services, customers)
    assert (row["segment"], row["revenue"], row["brand"]) == ("food", 7, True)


def test_case_accents_and_spaces_make_no_second_customer(services: Services) -> None:
    text = "name,size\nSkärholm Mejeri,small\nSKARHOLM  MEJERI,large\n"
    assert counts(import_text(services, "customers", text)) == (1, 1, 0, 0)
    [row] = rows(services, customers)
    assert (row["name"], row["size"]) == ("Skärholm Mejeri", "large")


def test_a_customer_is_found_by_its_domain_and_takes_its_new_name(services: Services) -> None:
    import_text(services, "customers", "name,domain\nAlm,alm.example\n")
    import_text(services, "customers", "name,domain\nAlm and Sons,ALM.example\n")
    [row] = rows(services, customers)
    assert (row["name"], row["name_key"]) == ("Alm and Sons", "alm and sons")


def test_a_customer_without_a_domain_gets_one_by_its_name(services: Services) -> None:
    import_text(services, "customers", "name,domain\nAlm,\nAlm,alm.example\n")
    assert [row["domain"] for row in rows(services, customers)] == ["alm.example"]


def test_one_name_and_two_domains_are_two_customers(services: Services) -> None:
    text = "name,domain\nAlm,alm.example\nAlm,alm-north.example\n"
    assert import_text(services, "customers", text).added == 2


def test_a_name_that_two_bear_is_a_bad_row_unless_the_domain_tells(services: Services) -> None:
    import_text(services, "customers", "name,domain\nAlm,alm.example\nAlm,alm-north.example\n")
    report = import_text(services, "customers", "name,domain\nAlm,\nAlm,alm.example\n")
    assert counts(report) == (0, 0, 1, 1)
    assert "give its domain" in report.bad[0].expected


def test_an_owner_nobody_knows_is_noted_and_the_customer_kept(services: Services) -> None:
    text = "name,owner_email\nAlm,nobody@us.example\nBerg,Ann@us.example\n"
    report = import_text(services, "customers", text)
    assert counts(report) == (2, 0, 0, 0)
    assert [(note.line, note.column) for note in report.skipped_cells] == [(2, "owner_email")]
    assert [row["owner_id"] for row in rows(services, customers)] == [None, "U1"]


def test_a_person_brings_an_unknown_customer_along(services: Services) -> None:
    import_text(services, "people", "customer,name,email\nAlm,Ann,ann@alm.example\n")
    [row] = rows(services, customers)
    assert (row["name"], row["stage"], row["domain"]) == ("Alm", "customer", "alm.example")


def test_a_private_mail_box_says_nothing_of_the_customer_s_domain(services: Services) -> None:
    import_text(
        services, "people", "customer,name,email\nAlm,Ann,ann@gmail.com\nBerg,Bo,bo@gmail.com\n"
    )
    assert [row["domain"] for row in rows(services, customers)] == [None, None]


def test_a_person_is_found_by_address_whatever_its_case(services: Services) -> None:
    text = "customer,name,email,phone\nAlm,Ann,ANN@alm.example,\nAlm,Ann,ann@alm.example,12\n"
    assert counts(import_text(services, "people", text)) == (1, 1, 0, 0)
    assert [row["phone"] for row in rows(services, people)] == ["12"]


def test_an_address_is_added_to_the_one_person_of_that_name(services: Services) -> None:
    import_text(services, "people", "customer,name,email\nAlm,Zoé Lund,\n")
    import_text(services, "people", "customer,name,email\nAlm,Zoe Lund,zoe@alm.example\n")
    [row] = rows(services, people)
    assert (row["name"], row["email"]) == ("Zoé Lund", "zoe@alm.example")


def test_namesakes_with_two_addresses_stay_two_people(services: Services) -> None:
    text = "customer,name,email\nAlm,Ann,a1@alm.example\nAlm,Ann,a2@alm.example\n"
    assert import_text(services, "people", text).added == 2


def test_a_person_may_move_to_another_customer(services: Services) -> None:
    import_text(services, "customers", "name\nAlm\nBerg\n")
    import_text(services, "people", "customer,name,email\nAlm,Ann,ann@gmail.com\n")
    assert (
        import_text(services, "people", "customer,name,email\nBerg,Ann,ann@gmail.com\n").changed
        == 1
    )
    [person] = rows(services, people)
    assert person["customer_id"] == 2


def test_a_person_without_name_and_address_is_a_bad_row(services: Services) -> None:
    report = import_text(services, "people", "customer,name,email\nAlm,,\n")
    assert counts(report) == (0, 0, 0, 1)
    assert count(services, customers) == 0


def test_an_unknown_sender_is_named_after_the_address(services: Services) -> None:
    import_text(services, "contacts", CONTACTS + "mail,1,2026-02-01,mail,ann.lund@alm.example,,\n")
    [person] = rows(services, people)
    [customer] = rows(services, customers)
    assert (person["name"], customer["name"]) == ("Ann Lund", "alm.example")


def test_a_sender_is_placed_at_the_customer_of_the_domain(services: Services) -> None:
    import_text(services, "customers", "name,domain\nAlm,alm.example\n")
    import_text(services, "contacts", CONTACTS + "mail,1,2026-02-01,mail,x@alm.example,Alm Ltd,\n")
    assert count(services, customers) == 1


def test_a_private_mail_box_alone_tells_no_customer(services: Services) -> None:
    lines = "mail,1,2026-02-01,mail,x@gmail.com,,\nmail,2,2026-02-01,mail,x@gmail.com,Alm,\n"
    report = import_text(services, "contacts", CONTACTS + lines)
    assert counts(report) == (1, 0, 0, 1)
    assert "name the customer" in report.bad[0].expected
    assert count(services, people) == 1


def test_a_contact_knows_whether_it_reached_support(services: Services) -> None:
    lines = [
        "call,1,2026-02-01,support_call,x@alm.example,Alm,sup@us.example",
        "call,2,2026-02-01,support_call,x@alm.example,Alm,ANN@us.example",
        "call,3,2026-02-01,support_call,x@alm.example,Alm,gone@us.example",
    ]
    import_text(services, "contacts", CONTACTS + "\n".join(lines))
    kept = [(row["staff_id"], row["to_support"]) for row in rows(services, contacts)]
    assert kept == [("U2", True), ("U1", False), (None, False)]


def test_a_visit_of_tomorrow_s_date_is_today_s_in_another_zone(services: Services) -> None:
    assert (
        import_text(services, "visits", VISITS + "Alm,ann@us.example,phone,2026-03-03,,\n").added
        == 1
    )


def test_a_lost_deal_brings_a_lost_customer_and_a_won_one_a_customer(services: Services) -> None:
    text = "customer,outcome,closed_on\nAlm,lost,2026-02-01\nBerg,won,2026-02-01\n"
    import_text(services, "deals", text)
    assert [row["stage"] for row in rows(services, customers)] == ["lost", "customer"]


def test_a_roll_out_may_be_put_off(services: Services) -> None:
    header = "customer,outcome,closed_on,go_live_on\n"
    import_text(services, "deals", header + "Alm,won,2026-02-01,2026-03-01\n")
    assert import_text(services, "deals", header + "Alm,won,2026-02-01,2026-04-01\n").changed == 1
    [deal] = rows(services, deals)
    assert deal["go_live_on"] == date(2026, 4, 1)


def test_a_visit_of_an_unknown_pm_is_a_bad_row_and_adds_no_customer(services: Services) -> None:
    report = import_text(services, "visits", VISITS + "Alm,nobody@us.example,phone,2026-02-01,,\n")
    assert [(row.column, row.value) for row in report.bad] == [("pm_email", "nobody@us.example")]
    assert count(services, customers) == 0


def test_the_summary_of_a_visit_is_kept_as_a_private_debrief(services: Services) -> None:
    import_text(
        services, "visits", VISITS + "Alm,ann@us.example,phone,2026-02-01,20,They like it.\n"
    )
    [debrief] = rows(services, debriefs)
    [visit] = rows(services, visits)
    assert (debrief["story"], debrief["sharing"]) == ("They like it.", "private")
    assert (visit["state"], visit["minutes"]) == ("held", 20)


def test_a_visit_moves_the_date_of_the_customer_and_of_an_enrolled_pm(services: Services) -> None:
    joined_on = date(2026, 2, 20)
    rhythm = NudgeSettings(14, Strength.STANDARD, WorkingHours("Europe/Berlin", time(9, 30)))
    with services.transaction(WORKSPACE) as tx:
        pms.save(tx, Pm("U1", None, T(days=-10), rhythm, joined_on, first_nudge(joined_on, rhythm)))
    import_text(services, "visits", VISITS + "Alm,ann@us.example,phone,2026-02-27,,\n")
    with services.reading(WORKSPACE) as tx:
        pm = pms.get(tx, "U1")
    assert pm is not None
    assert pm.last_visit_on == date(2026, 2, 27)
    assert [row["last_visit_on"] for row in rows(services, customers)] == [date(2026, 2, 27)]


def test_an_older_visit_does_not_turn_the_date_back(services: Services) -> None:
    text = VISITS + "Alm,ann@us.example,phone,2026-02-27,,\nAlm,ann@us.example,phone,2026-01-05,,\n"
    import_text(services, "visits", text)
    assert [row["last_visit_on"] for row in rows(services, customers)] == [date(2026, 2, 27)]


@pytest.mark.parametrize("name", ["=cmd()", "<!channel>", "Robert'); DROP TABLE customers;--"])
def test_hostile_names_are_kept_as_text(services: Services, name: str) -> None:
    import_text(services, "customers", f'name\n"{name}"\n')
    assert [row["name"] for row in rows(services, customers)] == [name]
