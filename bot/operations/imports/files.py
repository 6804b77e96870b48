"""Import the rows of a file, in chunks."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import IO

from bot.intake.files.csv_files import BadRow, read
from bot.operations.imports import rows
from bot.operations.imports.rows import Change, RowResult
from bot.services import Services

CHUNK = 500
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
    imported again, since what is known is found and merged. In a dry run there is one transaction
    for the whole file, because each row has to meet those before it; on SQLite no one else can
    write meanwhile. `now` is aware. Raises `ImportRefused` before anything is saved.

    An empty cell never removes what is known. A customer is found by its domain, else by its
    name if only one has it; a person by address. Customers that people, contacts and visits
    name for the first time are added at the stage customer; those of a lost deal as lost.
    """
    found = read(kind, file)
    report, done = ImportReport(kind), 0
    with ExitStack() as stack:
        dry_run_tx = (
            None
            if services.writes_enabled
            else stack.enter_context(services.transaction(workspace_id))
        )
        while chunk := list(islice(found, CHUNK)):
            with (
                nullcontext(dry_run_tx) if dry_run_tx else services.transaction(workspace_id) as tx
            ):
                report = _add_to_report(report, [rows.save(tx, each, now) for each in chunk])
            done += len(chunk)
            if progress:
                progress(done)
    return report


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
