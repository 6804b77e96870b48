"""Import the rows of a file, in chunks."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from time import thread_time
from typing import IO

from bot.db.engine import Tx, let_others_write
from bot.db.private_copy import private_copy
from bot.intake.files.csv_files import BadRow, CsvRow, read
from bot.operations.imports import rows
from bot.operations.imports.rows import Change, RowResult
from bot.services import Services

# SQLite lets no one else write while a chunk is saved: it takes so much of a processor, and then
# the others have their turn.
CHUNK_SECONDS = 0.02
SHOWN_LIMIT = 1000


@dataclass(frozen=True)
class ImportReport:
    """What an import did: `bad` rows weren't saved, `skipped_cells` were left out of saved rows.

    Both hold the first thousand; `more` counts those beyond.
    """

    kind: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: tuple[BadRow, ...] = ()
    skipped_cells: tuple[BadRow, ...] = ()
    more: int = 0


def run(
    services: Services,
    workspace_id: str,
    kind: str,
    file: IO[bytes],
    now: datetime,
    *,
    progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """Import a seekable file; `progress` gets the number of rows read after each chunk.

    One transaction a chunk: what was saved before an error stays, and the same file can be
    imported again, since what is known is found and merged. A dry run saves everything in a private
    copy of the database, so that each row meets those before it. `now` is aware. Raises
    `ImportRefused` before anything is saved.

    An empty cell never removes what is known. A customer is found by its domain, else by its
    name if only one has it; a person by address. Customers that people, contacts and visits
    name for the first time are added at the stage customer; those of a lost deal as lost.
    """
    found = read(kind, file)
    report, done = ImportReport(kind), 0
    with ExitStack() as stack:
        if not services.writes_enabled:
            copy = stack.enter_context(private_copy(services.engine))
            services = replace(services, engine=copy, writes_enabled=True)
        for first in found:
            with services.transaction(workspace_id) as tx:
                outcomes = list(_save_chunk(tx, chain([first], found), now))
            report = _add_to_report(report, outcomes)
            done += len(outcomes)
            if progress:
                progress(done)
            let_others_write(services.engine)
    return report


def _save_chunk(
    tx: Tx, found: Iterator[CsvRow | BadRow], now: datetime
) -> Iterator[RowResult | BadRow]:
    began = thread_time()
    for each in found:
        yield rows.save(tx, each, now)
        if thread_time() - began >= CHUNK_SECONDS:
            return


def _add_to_report(report: ImportReport, outcomes: Iterable[RowResult | BadRow]) -> ImportReport:
    outcomes = list(outcomes)
    changes = [each.change for each in outcomes if isinstance(each, RowResult)]
    bad = (*report.bad, *(each for each in outcomes if isinstance(each, BadRow)))
    skipped_cells = (
        *report.skipped_cells,
        *(
            each.skipped_cell
            for each in outcomes
            if isinstance(each, RowResult) and each.skipped_cell
        ),
    )
    return replace(
        report,
        added=report.added + changes.count(Change.ADDED),
        changed=report.changed + changes.count(Change.CHANGED),
        unchanged=report.unchanged + changes.count(Change.UNCHANGED),
        bad=bad[:SHOWN_LIMIT],
        skipped_cells=skipped_cells[:SHOWN_LIMIT],
        more=report.more + len(bad[SHOWN_LIMIT:]) + len(skipped_cells[SHOWN_LIMIT:]),
    )
