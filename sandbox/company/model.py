"""What a made-up company consists of: plain values that know nothing of the bot."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from sandbox.company.data_files import from_file

Cell = str | int | bool | None


class SlackRole(StrEnum):
    """What a person in the company's Slack is to the company."""

    PM = "pm"
    LEAD = "lead"
    ADMIN = "admin"
    SUPPORT = "support"
    SALES = "sales"
    GUEST = "guest"
    STRANGER = "stranger"
    DEACTIVATED = "deactivated"


@dataclass(frozen=True)
class StaffMember:
    """A person in the company's Slack; `zone` is an IANA name, `joined`: enrolled for nudges."""

    key: str
    name: str
    email: str
    zone: str
    role: SlackRole
    joined: bool = False


@dataclass(frozen=True)
class CompanyChannel:
    """A channel, with the keys of its members."""

    name: str
    members: tuple[str, ...]
    ext_shared: bool = False
    archived: bool = False
    topic: str = ""


@dataclass(frozen=True)
class Team:
    """PMs who share a story channel; `pms` are keys, including those who have not joined."""

    name: str
    channel: str
    pms: tuple[str, ...]


@dataclass(frozen=True)
class Customer:
    """An organisation; `owner` is the key of its PM, money is in whole units a year."""

    name: str
    domain: str
    stage: str
    segment: str
    region: str
    country: str
    size: str
    revenue: int
    potential: int
    brand: bool
    new_market: bool
    new_geography: bool
    owner: str


@dataclass(frozen=True)
class CustomerPerson:
    """A human at a customer."""

    customer: str
    name: str
    email: str
    phone: str
    role: str
    has_cell: bool


@from_file
class Workaround:
    """Something done around the product; `how_often` is a code or empty."""

    what: str
    why: str = ""
    how_often: str = ""


@dataclass(frozen=True)
class Debrief:
    """A story as a PM (by key) wrote it down after a visit on a local date."""

    pm: str
    customer: str
    on: date
    kind: str
    story: str
    quote: str = ""
    mood: str = ""
    nps: int | None = None
    nps_why: str = ""
    workarounds: tuple[Workaround, ...] = ()
    sharing: str = "share"


@dataclass(frozen=True)
class CsvTable:
    """Rows of one kind of data, with their column names."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def to_csv(self) -> str:
        """Return the table as CSV, as a spreadsheet would save it."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(self.columns)
        writer.writerows([_cell_text(cell) for cell in row] for row in self.rows)
        return out.getvalue()


@dataclass(frozen=True)
class Company:
    """A made-up company on a day, with a year of customers behind it.

    `debriefs` are oldest first, and `future_debriefs` are those that colleagues write after
    `today`; their visits are not among those of `csv("visits")`, because recording a debrief makes
    its visit. `great` are the customers whose people show two traits or more at `today`, `nearly`
    those that show one.
    """

    name: str
    product: str
    today: date
    staff: tuple[StaffMember, ...]
    teams: tuple[Team, ...]
    channels: tuple[CompanyChannel, ...]
    customers: tuple[Customer, ...]
    people: tuple[CustomerPerson, ...]
    debriefs: tuple[Debrief, ...]
    great: tuple[str, ...]
    nearly: tuple[str, ...]
    tables: Mapping[str, CsvTable] = field(repr=False)
    future_debriefs: tuple[Debrief, ...] = ()

    def csv(self, kind: str) -> str:
        """Return an importable file's text: customers, people, contacts, deals, betas or visits."""
        return self.tables[kind].to_csv()

    def staff_member(self, key: str) -> StaffMember:
        """Return a member of staff by key."""
        return next(each for each in self.staff if each.key == key)


def _cell_text(cell: Cell) -> str | int:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return "" if cell is None else cell
