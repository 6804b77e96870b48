"""Reading CSV: what is accepted, what is refused, and with which message."""

import codecs
import io
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.customers import Stage
from bot.errors import ImportRefused
from bot.intake.files.csv_files import BadRow, CsvRow, read
from bot.intake.files.kinds import KINDS
from bot.intake.files.rows import CustomerRow, VisitRow
from tests.intake.row_readers import customer, good_records, only_bad, read_bytes, read_text

CUSTOMERS = ",".join(KINDS["customers"].columns)


def test_a_full_row_is_read_into_its_types() -> None:
    row = "Alm,alm.example,lost,food,South,Austria,small,1200,3400,yes,0,TRUE,Ann@us.example,90"
    assert customer(f"{CUSTOMERS}\n{row}\n") == CustomerRow(
        name="Alm",
        domain="alm.example",
        stage=Stage.LOST,
        segment="food",
        region="South",
        country="Austria",
        size="small",
        revenue=1200,
        potential=3400,
        brand=True,
        new_market=False,
        new_geography=True,
        owner_email="ann@us.example",
        every_days=90,
    )


def test_an_empty_cell_says_nothing() -> None:
    assert customer(f"{CUSTOMERS}\nAlm" + "," * 13) == CustomerRow("Alm")


def test_columns_that_nobody_asked_for_are_ignored_in_any_order() -> None:
    assert customer("Colour,Stage,Name\nred,prospect,Alm\n").stage is Stage.PROSPECT


@pytest.mark.parametrize("header", ["Owner Email", " OWNER_EMAIL ", "owner-email", "OwnerEmail"])
def test_header_names_are_found_whatever_their_case_and_spaces(header: str) -> None:
    assert customer(f"name,{header}\nAlm,a@us.example").owner_email == "a@us.example"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_header_tells_the_delimiter(delimiter: str) -> None:
    text = "name,domain,size\nAlm,alm.example,small\n".replace(",", delimiter)
    assert customer(text).domain == "alm.example"


def test_a_semicolon_file_may_hold_commas() -> None:
    assert customer('name;segment\nAlm;"milk, cheese, butter"').segment == "milk, cheese, butter"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_known(line_end: str) -> None:
    text = line_end.join(["name,size", "Alm,small", "Berg,large", ""])
    assert [row.line for row in read_text("customers", text)] == [2, 3]


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
def test_utf_8_and_marked_utf_16_are_read(mark: bytes, encoding: str) -> None:
    [row] = read_bytes("customers", mark + "name\nSkärholm 乳\n".encode(encoding))
    assert isinstance(row, CsvRow)
    assert row.record == CustomerRow("Skärholm 乳")


def test_another_encoding_is_refused_with_its_line_and_what_to_do() -> None:
    content = "name\nAlm\nSkärholm\n".encode("latin-1")
    with pytest.raises(ImportRefused, match=r"line 3 is not UTF-8.*CSV UTF-8") as refused:
        read("customers", io.BytesIO(content))
    assert "encoding" in str(refused.value)


def test_a_broken_utf_16_file_is_refused() -> None:
    content = codecs.BOM_UTF16_LE + "name\nAlm\n".encode("utf-16-le") + b"\x00"
    with pytest.raises(ImportRefused, match="line 3 is not UTF-16"):
        read("customers", io.BytesIO(content))


def test_the_line_of_a_wrong_byte_is_told_deep_inside_a_long_file() -> None:
    content = b"name\n" + b"Alm\n" * 50_000 + b"\xe4\n"
    with pytest.raises(ImportRefused, match="line 50002 "):
        read("customers", io.BytesIO(content))


@pytest.mark.parametrize("width", range(65525, 65537))
def test_lines_are_counted_rightly_wherever_the_file_is_cut(width: int) -> None:
    content = b"name\r\n" + b"x" * width + b"\r\n\xe4\r\n"
    with pytest.raises(ImportRefused, match="line 3 "):
        read("customers", io.BytesIO(content))


def test_a_refused_file_gives_no_row_before_the_refusal() -> None:
    with pytest.raises(ImportRefused):
        read("customers", io.BytesIO(b"name\nAlm\n\xff"))


def test_a_wrong_header_names_what_is_missing_found_and_expected() -> None:
    with pytest.raises(ImportRefused) as refused:
        read("deals", io.BytesIO(b"account,outcome\nAlm,won\n"))
    text = str(refused.value)
    assert "lacks: customer, closed_on" in text
    assert "Found: account, outcome" in text
    assert "Expected: customer, outcome, closed_on, go_live_on" in text


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(ImportRefused, match="Found: nothing"):
        read("deals", io.BytesIO(b""))


def test_a_column_named_twice_is_refused() -> None:
    with pytest.raises(ImportRefused, match="more than once: name"):
        read("customers", io.BytesIO(b"name,Name\nAlm,Berg\n"))


def test_an_unknown_kind_is_refused_with_the_kinds_there_are() -> None:
    there = "customers, people, contacts, deals, openings, betas, visits"
    with pytest.raises(ImportRefused, match=there):
        read("invoices", io.BytesIO(b"a"))


def test_a_file_without_lines_is_refused_before_it_fills_the_memory() -> None:
    with pytest.raises(ImportRefused, match="Line 1 is too long"):
        read("customers", io.BytesIO(b"x" * 3_000_000))


def test_quoted_cells_hold_delimiters_quotes_and_line_breaks() -> None:
    header = "customer,pm_email,kind,date,summary"
    text = f'{header}\nAlm,a@b.example,phone,2026-01-05,"One, ""two"".\nNext"\n'
    [record] = good_records("visits", text)
    assert isinstance(record, VisitRow)
    assert record.summary == 'One, "two".\nNext'


def test_lines_are_counted_through_quoted_line_breaks() -> None:
    text = 'name,segment\nAlm,"milk\nand\ncheese"\nBerg,ore\n'
    assert [row.line for row in read_text("customers", text)] == [2, 5]


def test_a_quote_that_is_never_closed_is_a_bad_row() -> None:
    assert only_bad("customers", 'name\n"Alm\n').line == 2


def test_text_after_a_closing_quote_is_a_bad_row_and_the_rest_is_kept() -> None:
    text = 'name,size\n"Alm"x,small\nBerg,large\n'
    assert only_bad("customers", text).line == 2
    assert good_records("customers", text) == [CustomerRow("Berg", size="large")]


def test_blank_lines_and_rows_of_empty_cells_are_skipped() -> None:
    assert len(read_text("customers", "\nname,size\n\n,\nAlm,\n , \n")) == 1


@pytest.mark.parametrize("row", ["Alm", "Alm,small,more"])
def test_a_row_of_another_width_is_bad(row: str) -> None:
    assert "2 cells" in only_bad("customers", f"name,size\n{row}\n").expected


def test_empty_cells_beyond_the_header_do_no_harm() -> None:
    assert customer("name,size\nAlm,small,,\n").size == "small"


def test_a_bad_row_names_line_column_value_and_what_is_expected() -> None:
    row = only_bad("customers", "name,stage\nAlm,prospect\nBerg,maybe\n")
    assert (row.line, row.column, row.value) == (3, "stage", "maybe")
    assert row.expected == "one of prospect, customer, lost, churned, internal"


def test_rows_are_given_before_the_file_is_read_to_its_end() -> None:
    file = io.BytesIO(b"name\n" + b"Alm\n" * 200_000)
    rows: Iterator[CsvRow | BadRow] = read("customers", file)
    next(rows)
    assert file.tell() < 100_000


def test_rows_may_be_left_unread_after_the_file_is_closed() -> None:
    with io.BytesIO(b"name\nAlm\nBerg\n") as file:
        rows = read("customers", file)
        next(rows)
    del rows


def test_the_file_is_left_open_for_its_owner() -> None:
    file = io.BytesIO(b"name\nAlm\n")
    list(read("customers", file))
    assert not file.closed


@given(kind=st.sampled_from(sorted(KINDS)), content=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(kind: str, content: bytes) -> None:
    with suppress(ImportRefused):
        read_bytes(kind, content)


@given(
    kind=st.sampled_from(sorted(KINDS)),
    delimiter=st.sampled_from(",;\t"),
    mark=st.sampled_from([b"", codecs.BOM_UTF8]),
    content=st.one_of(
        st.binary(max_size=300),
        st.text(alphabet=',;\t"\r\n 019-:TZ+.@ax\x00\u0301ß', max_size=300).map(str.encode),
    ),
)
def test_any_bytes_below_a_header_are_read_or_refused(
    kind: str, delimiter: str, mark: bytes, content: bytes
) -> None:
    header = delimiter.join(KINDS[kind].columns).encode()
    with suppress(ImportRefused):
        read_bytes(kind, mark + header + b"\n" + content)


@given(
    kind=st.sampled_from(sorted(KINDS)),
    cells=st.lists(st.text(max_size=30), min_size=1, max_size=14),
)
def test_a_row_of_any_cells_is_good_or_bad_and_never_an_error(kind: str, cells: list[str]) -> None:
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    text = ",".join(KINDS[kind].columns) + "\n" + quoted
    for row in read_bytes(kind, text.encode("utf-8")):
        assert isinstance(row, CsvRow) or row.expected
