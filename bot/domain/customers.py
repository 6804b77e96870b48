"""Customers and the people at them."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.visits.caps import NoContactReason


class Stage(StrEnum):
    """A customer's stage (`product.md`, Words)."""

    PROSPECT = "prospect"
    CUSTOMER = "customer"
    LOST = "lost"
    CHURNED = "churned"
    INTERNAL = "internal"


class VisitTrigger(StrEnum):
    """How someone at a customer showed that they would talk (`product.md` B3)."""

    TRADE_SHOW = "trade_show"
    SURVEY = "survey"


NAME_LENGTH = 200
# Of a name typed into a list: it is the value of an option until the form is saved.
NEW_NAME_LENGTH = 140
# An id and its name, or None and the name of a new one.
CustomerChoice = tuple[int | None, str]
KEY_LENGTH = 400
DOMAIN_LENGTH = 253


@dataclass(frozen=True)
class Customer:
    """An organisation. Revenue and potential are whole units of the workspace's currency a year.

    `every_days` is how often someone wants it to be visited. `closed` is why it is closed to
    visits, `closed_by` (a Slack id) who said so, and `closed_on` on which date.
    """

    id: int
    name: str
    stage: Stage
    domain: str | None = None
    segment: str | None = None
    region: str | None = None
    country: str | None = None
    size: str | None = None
    revenue: int | None = None
    potential: int | None = None
    brand: bool = False
    new_market: bool = False
    new_geography: bool = False
    owner_id: str | None = None
    every_days: int | None = None
    closed: NoContactReason | None = None
    closed_because: str | None = None
    closed_by: str | None = None
    closed_on: date | None = None


@dataclass(frozen=True)
class Person:
    """A human at a customer."""

    id: int
    customer_id: int
    name: str
    email: str | None = None
    phone: str | None = None
    role: str | None = None
    has_cell: bool = False


@dataclass(frozen=True)
class ContactPermissionChoices:
    """Whether a customer is closed to visits (None: free), and the reason as typed."""

    customer_id: int
    closed: NoContactReason | None
    reason: str


def name_key(text: str) -> str:
    """Return what a name is found by: without case, accents and runs of white space."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    # One character may become eighteen.
    return " ".join(bare.split())[:KEY_LENGTH]


def hide_name(text: str, customer: str) -> str:
    """Replace the customer's name in a text with “the customer”."""
    # An accent can be encoded in two ways, and a name can run over two lines.
    parts = unicodedata.normalize("NFC", customer).split()
    if not parts:
        return text.strip()
    name = r"\s+".join(re.escape(part) for part in parts)
    pattern = re.compile(rf"(^|[.!?…]\s+)?(?<!\w){name}(?!\w)", re.IGNORECASE)
    return pattern.sub(_replacement, unicodedata.normalize("NFC", text.strip()))


def _replacement(found: re.Match[str]) -> str:
    opening: str | None = found[1]
    return "the customer" if opening is None else f"{opening}The customer"
