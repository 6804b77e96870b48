"""CSV files, parsed into typed rows; a row that cannot be read is named with its line."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

from bot.domain.text import sanitize
from bot.errors import ImportRefused
from bot.intake.files import cells as cell_readers
from bot.intake.files.kinds import KINDS, Column, FileKind
from bot.intake.files.rows import Record

CHUNK_BYTES = 1 << 16
MAX_LINE_LENGTH = 1 << 20
MAX_SHOWN = 60
MAX_NAMES = 30
DELIMITERS = ",;\t"

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HOW_TO_SAVE = (
    "Save it as UTF-8 and try again: in a spreadsheet, choose *CSV UTF-8* as the file type when "
    "you save or export."
)


@dataclass(frozen=True)
class CsvRow:
    """A row that could be read; `line` counts from 1, which is the header's."""

    line: int
    record: Record


@dataclass(frozen=True)
class BadRow:
    """A row that could not be read: which column, its value (clipped), what is expected."""

    line: int
    column: str
    value: str
    expected: str


def read(kind: str, file: IO[bytes]) -> Iterator[CsvRow | BadRow]:
    """Return the rows of a seekable file, one at a time, whatever its size.

    The encoding and the header are checked first, over the whole file: a refused file gives no row.
    Raises `ImportRefused` with the reason in words.
    """
    if kind not in KINDS:
        raise ImportRefused(f"There is no import of {clip(kind)!r}. Choose {', '.join(KINDS)}.")
    encoding, start = _encoding(file)
    _check_encoding(file, encoding, start)
    delimiter = _delimiter(_head(file, encoding, start), KINDS[kind])
    rows = _records(file, encoding, start, delimiter)
    header = next((cells for _, cells in rows if cells and any(cells)), None) or []
    return _parse_rows(KINDS[kind], _column_indexes(KINDS[kind], header), len(header), rows)


def clip(value: str, longest: int = MAX_SHOWN) -> str:
    """Return a value as a report can show it: short, and without unprintable characters."""
    seen = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in value)
    return seen if len(seen) <= longest else seen[: longest - 1] + "…"


def _encoding(file: IO[bytes]) -> tuple[str, int]:
    file.seek(0)
    start = file.read(4)
    found = ((name, len(mark)) for mark, name in _BOMS if start.startswith(mark))
    return next(found, ("utf-8", 0))


def _check_encoding(file: IO[bytes], encoding: str, start: int) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(start)
    line_count, unbroken = _LineCount(), 0
    while chunk := file.read(CHUNK_BYTES):
        text = _decode(decoder, chunk, encoding, line_count)
        unbroken = 0 if "\n" in text or "\r" in text else unbroken + len(text)
        line_count = line_count.after(text)
        if unbroken > MAX_LINE_LENGTH:
            raise ImportRefused(f"Line {line_count.line} is too long: this does not look like CSV.")
    _decode(decoder, b"", encoding, line_count)


@dataclass(frozen=True)
class _LineCount:
    """Line feeds and carriage returns so far, apart: a chunk may end between those of a pair."""

    line_feeds: int = 0
    carriage_returns: int = 0

    def after(self, text: str) -> "_LineCount":
        return _LineCount(
            self.line_feeds + text.count("\n"), self.carriage_returns + text.count("\r")
        )

    @property
    def line(self) -> int:
        return max(self.line_feeds, self.carriage_returns) + 1


def _decode(
    decoder: codecs.IncrementalDecoder, chunk: bytes, encoding: str, line_count: _LineCount
) -> str:
    try:
        return decoder.decode(chunk, final=not chunk)
    except UnicodeDecodeError as error:
        line = line_count.after(error.object[: error.start].decode(encoding, "ignore")).line
        name = "UTF-8" if encoding == "utf-8" else "UTF-16"
        raise ImportRefused(
            f"The encoding of the file could not be read: line {line} is not {name}. "
            + _HOW_TO_SAVE
        ) from None


def _head(file: IO[bytes], encoding: str, start: int) -> str:
    file.seek(start)
    return file.read(CHUNK_BYTES).decode(encoding, "ignore")


def _delimiter(head: str, kind: FileKind) -> str:
    """Return the delimiter that finds the most known columns in the header."""
    known = {_normalized(name) for name in kind.columns}
    return max(DELIMITERS, key=lambda each: len(known & set(_first_row(head, each))))


def _first_row(head: str, delimiter: str) -> list[str]:
    rows = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter, strict=True)
    try:
        return next(([_normalized(cell) for cell in row] for row in rows if any(row)), [])
    except csv.Error:
        return []


def _normalized(name: str) -> str:
    return "".join(each for each in name.casefold() if each not in "_-" and not each.isspace())


def _records(
    file: IO[bytes], encoding: str, start: int, delimiter: str
) -> Iterator[tuple[int, list[str] | None]]:
    """Yield each record with its first line; None for one whose quotes cannot be followed."""
    file.seek(start)
    text = io.TextIOWrapper(file, encoding, newline="")
    try:
        rows = csv.reader(text, delimiter=delimiter, strict=True)
        while True:
            line = rows.line_num + 1
            try:
                yield line, next(rows)
            except csv.Error:
                yield line, None
            except StopIteration:
                return
    finally:
        if not file.closed:
            text.detach()  # else the wrapper would close a file that it doesn't own


def _column_indexes(kind: FileKind, header: list[str]) -> Mapping[str, int]:
    normalized = [_normalized(name) for name in header]
    twice = [name for name in kind.columns if normalized.count(_normalized(name)) > 1]
    if twice:
        raise ImportRefused(f"The header names a column more than once: {', '.join(twice)}.")
    indexes = {
        name: normalized.index(_normalized(name))
        for name in kind.columns
        if _normalized(name) in normalized
    }
    missing = [name for name, each in kind.columns.items() if each.required and name not in indexes]
    if missing:
        raise ImportRefused(_wrong_header(missing, header, kind))
    return indexes


def _wrong_header(missing: list[str], header: list[str], kind: FileKind) -> str:
    found = [clip(name.strip(), 40) for name in header if name.strip()]
    shown = ", ".join(found[:MAX_NAMES]) + (", …" if len(found) > MAX_NAMES else "")
    return (
        f"The header in the first line lacks: {', '.join(missing)}. Found: {shown or 'nothing'}. "
        f"Expected: {', '.join(kind.columns)}; other columns are ignored."
    )


def _parse_rows(
    kind: FileKind,
    indexes: Mapping[str, int],
    width: int,
    records: Iterator[tuple[int, list[str] | None]],
) -> Iterator[CsvRow | BadRow]:
    for line, cells in records:
        if cells is None:
            yield BadRow(line, "", "", "quotation marks in pairs, doubled inside a quoted cell")
        elif not any(cell.strip() for cell in cells):
            continue
        elif len(cells) < width or any(cells[width:]):
            expected = f"{width} cells, as in the header; this has {len(cells)}"
            yield BadRow(line, "", clip(cells[0]), expected)
        else:
            yield _parse_row(kind, indexes, line, cells)


def _parse_row(
    kind: FileKind, indexes: Mapping[str, int], line: int, cells: list[str]
) -> CsvRow | BadRow:
    values: dict[str, Any] = {}
    for name, column in kind.columns.items():
        raw = cells[indexes[name]] if name in indexes else ""
        try:
            values[name] = _parse_value(column, raw)
        except ValueError as error:
            return BadRow(line, name, clip(raw), str(error))
    return CsvRow(line, kind.row_type(**values))


def _parse_value(column: Column, raw: str) -> Any:
    cell_readers.refuse_control_characters(raw)
    text = sanitize(raw)
    if text.strip():
        return column.read(text)
    if column.required:
        raise ValueError("a value: the cell is empty")
    return None
