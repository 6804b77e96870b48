"""A real database in a file, with one workspace and a few members of staff."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, select

from bot.clock import SystemClock
from bot.db import workspaces
from bot.db.engine import make_engine
from bot.db.staff import queries as staff
from bot.db.staff.queries import Staff
from bot.db.tables.columns import metadata
from bot.domain.staff.access import Membership
from bot.operations.imports import files as imports
from bot.operations.imports.files import ImportReport
from bot.services import Services
from bot.settings import Settings
from bot.slack.client import Slack, make_client
from tests.times import T0

WORKSPACE = "T0000001"


@contextmanager
def open_services(folder: Path) -> Iterator[Services]:
    """Yield services over a fresh SQLite file; no server answers at Slack's address."""
    engine = make_engine(f"sqlite:///{folder / 'house.db'}")
    metadata.create_all(engine)
    slack = Slack(make_client("", "http://127.0.0.1:9/"))
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    services = Services(settings=settings, engine=engine, clock=SystemClock(), slack=slack)
    with services.transaction(WORKSPACE) as tx:
        workspaces.save(tx, "Quillmere (made up)", "U0BOT", T0)
    try:
        yield services
    finally:
        engine.dispose()


def add_staff(services: Services, user_id: str, email: str, *, support: bool = False) -> None:
    """Add a member of staff, as read from Slack."""
    member = Staff(
        user_id, user_id, "Europe/Berlin", Membership.MEMBER, T0, email=email, is_support=support
    )
    with services.transaction(WORKSPACE) as tx:
        staff.save(tx, member)


def count(services: Services, table: Table) -> int:
    """Count the rows of a table."""
    with services.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def rows(services: Services, table: Table) -> list[dict[str, Any]]:
    """Return all rows of a table."""
    with services.engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(select(table))]


def import_text(services: Services, kind: str, text: str) -> ImportReport:
    """Import a text as a file."""
    return imports.run(services, WORKSPACE, kind, io.BytesIO(text.encode()), T0)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    """Return the numbers added, changed, unchanged and bad."""
    return report.added, report.changed, report.unchanged, len(report.bad)
