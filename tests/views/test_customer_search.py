"""Finding customers and people by typing, and adding them in place."""

from typing import Any

import pytest

from bot.views import form_fields
from bot.views.block_kit import FormError
from bot.views.contacts import form as contacts
from bot.views.customers import fields as customers
from bot.views.samples.payloads import submitted
from bot.views.samples.sample import TODAY

FORM = contacts.render_form(None, "U1", TODAY)


def labels(answer: dict[str, list[dict[str, Any]]]) -> list[tuple[str, str]]:
    return [(each["value"], each["text"]["text"]) for each in answer["options"]]


def test_customers_found_travel_as_codes() -> None:
    answer = customers.options([(1, "Otter", "otter.example"), (2, "Otterly", "")], "otter")
    assert labels(answer) == [("customer:1", "Otter"), ("customer:2", "Otterly")]


def test_a_name_that_nobody_has_can_be_added() -> None:
    answer = customers.options([(2, "Otterly", "")], " Otter  Ltd ")
    assert labels(answer)[-1] == ("new:Otter Ltd", "Add “Otter Ltd” as a new customer")


def test_a_name_that_somebody_has_is_not_offered_again_whatever_its_case_and_accents() -> None:
    assert labels(customers.options([(1, "Ōtter", "")], "otter")) == [("customer:1", "Ōtter")]


def test_nothing_typed_adds_nothing() -> None:
    assert customers.options([], "  ") == {"options": []}


def test_two_customers_of_one_name_are_told_apart_by_their_hint() -> None:
    answer = customers.options([(1, "Otter", "otter.example"), (2, "otter", "Berlin")], "otter")
    assert labels(answer) == [
        ("customer:1", "Otter, otter.example"),
        ("customer:2", "otter, Berlin"),
    ]


def test_two_customers_of_one_name_and_hint_are_told_apart_by_number() -> None:
    answer = customers.options([(1, "Otter", ""), (2, "Otter", "")], "otter")
    assert labels(answer) == [("customer:1", "Otter (no. 1)"), ("customer:2", "Otter (no. 2)")]


def test_a_name_that_contains_braces_can_be_added() -> None:
    assert labels(customers.options([], "{name} {0}")) == [
        ("new:{name} {0}", "Add “{name} {0}” as a new customer")
    ]


@pytest.mark.parametrize("count", [99, 100, 101, 5000])
def test_at_most_a_hundred_are_offered_and_adding_is_one_of_them(count: int) -> None:
    found = [(id, f"Otter {id}", "") for id in range(count)]
    offered = labels(customers.options(found, "otter"))
    assert len(offered) == 100
    assert offered[-1][0] == "new:otter"


def test_a_customer_chosen_is_read_and_shown_again() -> None:
    for given in ((7, "Otter"), (None, "Fern Labs")):
        view = submitted(contacts.render_form(given, "U1", TODAY))
        assert customers.current_choice(view) == given


def test_no_customer_is_read_as_none() -> None:
    assert customers.current_choice(submitted(FORM)) is None
    assert customers.parse_customer(submitted(FORM)) == (None, "")


def test_a_new_name_keeps_its_colons() -> None:
    view = submitted(FORM, customer="new:Otter: the company")
    assert customers.parse_customer(view) == (None, "Otter: the company")


def test_people_are_shown_with_their_customer() -> None:
    answer = contacts.options([(4, "Mara Lind", "Otter")], "ma")
    assert labels(answer) == [
        ("person:4", "Mara Lind, Otter"),
        ("new:ma", "Add “ma” as a new person"),
    ]


def test_a_second_person_of_one_name_can_be_added() -> None:
    assert labels(contacts.options([(4, "Mara Lind", "Otter")], "Mara Lind"))[-1] == (
        "new:Mara Lind",
        "Add “Mara Lind” as a new person",
    )


def test_a_contact_with_a_person_who_is_known_needs_nothing_else() -> None:
    draft = contacts.parse_draft(submitted(FORM, person="person:4", channel="cell_call"))
    assert (draft.person_id, draft.customer_id, draft.staff_id) == (4, None, "U1")
    assert (draft.on, draft.channel, draft.subject) == (TODAY, "cell_call", "")


def test_a_new_person_needs_a_customer() -> None:
    with pytest.raises(FormError) as fault:
        contacts.parse_draft(submitted(FORM, person="new:Mara Lind", channel="mail"))
    assert fault.value.errors == {
        "customer": "A new person needs a customer: choose one, or add it."
    }


def test_a_new_person_of_a_new_customer_is_read() -> None:
    view = submitted(
        FORM, person="new:Mara Lind", customer="new:Otter", channel="mail", subject=" Roadmap "
    )
    draft = contacts.parse_draft(view)
    assert (draft.new_person, draft.new_customer, draft.subject) == (
        "Mara Lind",
        "Otter",
        "Roadmap",
    )


def test_every_empty_field_of_a_contact_is_explained() -> None:
    with pytest.raises(FormError) as fault:
        contacts.parse_draft(submitted(FORM, staff=None, on=None))
    assert fault.value.errors.keys() == {"person", "channel", "staff", "on"}


def test_a_form_knows_where_to_answer() -> None:
    form = contacts.render_form(None, "U1", TODAY, reply_to="https://hooks.example.com/x")
    assert form_fields.get_reply_to(submitted(form)) == "https://hooks.example.com/x"
    assert form_fields.get_reply_to(submitted(FORM)) == ""
