"""Short ways to read a file in a test."""

import io

from bot.intake.files.csv_files import BadRow, Row, read
from bot.intake.files.rows import CustomerRow


def read_bytes(kind: str, content: bytes) -> list[Row | BadRow]:
    return list(read(kind, io.BytesIO(content)))


def read_text(kind: str, text: str) -> list[Row | BadRow]:
    return read_bytes(kind, text.encode())


def good(kind: str, text: str) -> list[object]:
    return [each.record for each in read_text(kind, text) if isinstance(each, Row)]


def bad(kind: str, text: str) -> list[BadRow]:
    return [each for each in read_text(kind, text) if isinstance(each, BadRow)]


def customer(text: str) -> CustomerRow:
    [record] = good("customers", text)
    assert isinstance(record, CustomerRow)
    return record


def only_bad(kind: str, text: str) -> BadRow:
    [row] = bad(kind, text)
    return row
