"""Typed rows of the files that can be imported; None stands for an empty cell."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.contacts.traits import Channel
from bot.domain.customers import Stage, VisitTrigger
from bot.domain.visits.rules import VisitKind


class DealOutcome(StrEnum):
    """How a deal ended."""

    WON = "won"
    LOST = "lost"


@dataclass(frozen=True)
class CustomerRow:
    """A customer; revenue and potential are whole units of the workspace's currency a year.

    `every_days` is how often someone wants it to be visited.
    """

    name: str
    domain: str | None = None
    stage: Stage | None = None
    segment: str | None = None
    region: str | None = None
    country: str | None = None
    size: str | None = None
    revenue: int | None = None
    potential: int | None = None
    brand: bool | None = None
    new_market: bool | None = None
    new_geography: bool | None = None
    owner_email: str | None = None
    every_days: int | None = None


@dataclass(frozen=True)
class PersonRow:
    """A person at a customer."""

    customer: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    role: str | None = None
    has_cell: bool | None = None


@dataclass(frozen=True)
class ContactRow:
    """A contact; `occurred_at` is aware UTC."""

    source: str
    source_id: str
    occurred_at: datetime
    channel: Channel
    person_email: str
    customer: str | None = None
    staff_email: str | None = None
    subject: str | None = None
    thread: str | None = None


@dataclass(frozen=True)
class DealRow:
    """A closed deal."""

    customer: str
    outcome: DealOutcome
    closed_on: date
    go_live_on: date | None = None


@dataclass(frozen=True)
class TriggerRow:
    """A sign that someone at a customer would talk; `date` is local to where they gave it."""

    customer: str
    kind: VisitTrigger
    date: date
    person_email: str | None = None


@dataclass(frozen=True)
class BetaRow:
    """A sign-up for a beta; `signed_up_at` is aware UTC."""

    beta: str
    person_email: str
    signed_up_at: datetime


@dataclass(frozen=True)
class VisitRow:
    """A held visit; `date` is the PM's local one."""

    customer: str
    pm_email: str
    kind: VisitKind
    date: date
    minutes: int | None = None
    summary: str | None = None


Record = CustomerRow | PersonRow | ContactRow | DealRow | TriggerRow | BetaRow | VisitRow
