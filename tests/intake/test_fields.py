"""Cells of a file: which values each kind of field accepts."""

from datetime import UTC, date, datetime

import pytest

from bot.domain.contacts.traits import Channel
from bot.intake.files.rows import ContactRow, DealOutcome, DealRow, PersonRow
from tests.intake.row_readers import bad_rows, customer, good_records, only_bad


def test_a_name_with_a_line_break_becomes_one_line() -> None:
    assert customer('name\n"Alm\n Berg"').name == "Alm Berg"


def test_a_long_value_is_clipped_in_the_report() -> None:
    row = only_bad("customers", "name\n" + "x" * 5000)
    assert len(row.value) == 60
    assert "at most 200 characters" in row.expected


def test_control_characters_are_refused_and_not_shown() -> None:
    row = only_bad("customers", "name\nAl\x00m\x1b[31m\n")
    assert row.value.isprintable()
    assert "control" in row.expected


def test_invisible_characters_in_a_cell_are_left_out() -> None:
    assert customer("name\n\u200bAlm\u202e Berg\ufeff").name == "Alm Berg"


def test_a_needed_cell_must_not_be_empty() -> None:
    assert "empty" in only_bad("customers", "name,size\n,small\n").expected


@pytest.mark.parametrize("text", ["1,200", "1.200", "1 200", "12.5", "-3", "€12", "1e6", "١٢", "²"])
def test_numbers_that_may_mean_two_things_are_refused(text: str) -> None:
    row = only_bad("customers", f'name,revenue\nAlm,"{text}"')
    assert row.column == "revenue"
    assert "thousands" in row.expected


@pytest.mark.parametrize(
    ("text", "value"),
    [("yes", True), ("True", True), ("1", True), ("NO", False), ("false", False), ("0", False)],
)
def test_truth_is_read_in_its_usual_spellings(text: str, value: bool) -> None:
    assert customer(f"name,brand\nAlm,{text}").brand is value


def test_another_word_is_no_truth() -> None:
    assert only_bad("customers", "name,brand\nAlm,perhaps").column == "brand"


@pytest.mark.parametrize(
    "text", ["31.12.2025", "12/31/2025", "2025-02-30", "1989-12-31", "2100-01-01"]
)
def test_dates_are_iso_and_plausible(text: str) -> None:
    row = only_bad("deals", f"customer,outcome,closed_on\nAlm,won,{text}")
    assert row.column == "closed_on"


def test_a_deal_may_lie_ahead_of_its_roll_out() -> None:
    text = "customer,outcome,closed_on,go_live_on\nAlm,Won,2026-01-05,2026-03-01"
    assert good_records("deals", text)[0] == DealRow(
        "Alm", DealOutcome.WON, date(2026, 1, 5), date(2026, 3, 1)
    )


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-01-05T10:00:00+02:00", 8),
        ("2026-01-05T10:00:00Z", 10),
        ("2026-01-05 10:00", 10),
    ],
)
def test_instants_become_utc_and_a_naive_one_is_taken_as_utc(text: str, hour: int) -> None:
    row = f"mail,1,{text},mail,a@b.example"
    [record] = good_records("contacts", f"source,source_id,occurred_at,channel,person_email\n{row}")
    assert isinstance(record, ContactRow)
    assert record.occurred_at == datetime(2026, 1, 5, hour, tzinfo=UTC)


@pytest.mark.parametrize("text", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", "soon"])
def test_an_impossible_instant_is_a_bad_row(text: str) -> None:
    row = f"mail,1,{text},mail,a@b.example"
    found = only_bad("contacts", f"source,source_id,occurred_at,channel,person_email\n{row}")
    assert found.column == "occurred_at"


@pytest.mark.parametrize("text", ["cell_call", "Cell call", "CELL-CALL"])
def test_codes_are_read_whatever_their_case_and_spaces(text: str) -> None:
    row = f"phone,1,2026-01-05,{text},a@b.example"
    [record] = good_records("contacts", f"source,source_id,occurred_at,channel,person_email\n{row}")
    assert isinstance(record, ContactRow)
    assert record.channel is Channel.CELL_CALL


@pytest.mark.parametrize("text", ["ann", "ann@", "a@b", "a b@c.example", "a@b.example,c@d.example"])
def test_an_address_must_be_one_address(text: str) -> None:
    assert only_bad("people", f'customer,email\nAlm,"{text}"').column == "email"


@pytest.mark.parametrize(
    "text", ["https://www.alm.example/en?x=1", "WWW.alm.example", "alm.example"]
)
def test_a_web_address_gives_its_domain(text: str) -> None:
    assert customer(f"name,domain\nAlm,{text}").domain == "alm.example"


@pytest.mark.parametrize("text", ["gmail.com", "alm", "alm example", "alm..example"])
def test_a_domain_must_be_an_organisation_s_own(text: str) -> None:
    assert only_bad("customers", f"name,domain\nAlm,{text}").column == "domain"


@pytest.mark.parametrize(
    "text", ["=cmd()|'/c calc'!A1", "<!channel>", "{{7*7}}", "'; drop table x--"]
)
def test_hostile_values_are_plain_text(text: str) -> None:
    assert customer(f'name\n"{text}"').name == text


def test_a_name_that_nothing_could_find_is_bad() -> None:
    assert only_bad("customers", "name\n\u0301\n").column == "name"


def test_days_are_those_of_two_years_at_most() -> None:
    assert only_bad("customers", "name,every_days\nAlm,731").column == "every_days"
    assert only_bad("customers", "name,every_days\nAlm,0").column == "every_days"


def test_minutes_are_those_of_one_day_at_most() -> None:
    text = "customer,pm_email,kind,date,minutes\nAlm,a@b.example,phone,2026-01-05,"
    assert only_bad("visits", text + "1441").column == "minutes"
    assert bad_rows("visits", text + "1440") == []


def test_a_person_may_have_no_address() -> None:
    assert good_records("people", "customer,name\nAlm,Ann") == [PersonRow("Alm", "Ann")]
