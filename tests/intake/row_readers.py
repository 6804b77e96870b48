"""Short ways to read a file in a test."""

import io

from bot.intake.files.csv_files import BadRow, CsvRow, read
from bot.intake.files.rows import CustomerRow


def read_bytes(kind: str, content: bytes) -> list[CsvRow | BadRow]:
    return list(read(kind, io.BytesIO(content)))


def read_text(kind: str, text: str) -> list[CsvRow | BadRow]:
    return read_bytes(kind, text.encode())


def good_records(kind: str, text: str) -> list[object]:
    return [each.record for each in read_text(kind, text) if isinstance(each, CsvRow)]


def bad_rows(kind: str, text: str) -> list[BadRow]:
    return [each for each in read_text(kind, text) if isinstance(each, BadRow)]


def customer(text: str) -> CustomerRow:
    [record] = good_records("customers", text)
    assert isinstance(record, CustomerRow)
    return record


def only_bad(kind: str, text: str) -> BadRow:
    [row] = bad_rows(kind, text)
    return row
