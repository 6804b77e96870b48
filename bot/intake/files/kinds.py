"""File kinds: their columns, and how each is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.domain.contacts.events import PERSON_NAME_LENGTH, SUBJECT_LENGTH, THREAD_LENGTH
from bot.domain.contacts.traits import Channel
from bot.domain.customers import Stage, VisitTrigger
from bot.domain.debriefs.rules import STORY_LENGTH
from bot.domain.visits.rules import VisitKind
from bot.intake.files import cells
from bot.intake.files.rows import (
    BetaRow,
    ContactRow,
    CustomerRow,
    DealOutcome,
    DealRow,
    PersonRow,
    Record,
    TriggerRow,
    VisitRow,
)

LABEL_LENGTH = 100
PHONE_LENGTH = 50
SOURCE_LENGTH = 64
SOURCE_ID_LENGTH = 255
BETA_LENGTH = 200


@dataclass(frozen=True)
class Column:
    """How a cell is read; a required cell must not be empty, nor its column be missing."""

    read: cells.Reader
    required: bool = False


@dataclass(frozen=True)
class FileKind:
    """A kind of file: the type of its rows, and its columns by name."""

    row_type: Callable[..., Record]
    columns: Mapping[str, Column]


_NAME = Column(cells.customer_name, required=True)
_LABEL = Column(cells.line(LABEL_LENGTH))
_NUMBER = Column(cells.whole_number)
_YES_OR_NO = Column(cells.yes_or_no)
_EMAIL = Column(cells.email)
_REQUIRED_EMAIL = Column(cells.email, required=True)
_REQUIRED_INSTANT = Column(cells.instant, required=True)
_REQUIRED_DAY = Column(cells.day, required=True)

KINDS: Mapping[str, FileKind] = {
    "customers": FileKind(
        CustomerRow,
        {
            "name": _NAME,
            "domain": Column(cells.domain),
            "stage": Column(cells.code(Stage)),
            "segment": _LABEL,
            "region": _LABEL,
            "country": _LABEL,
            "size": _LABEL,
            "revenue": _NUMBER,
            "potential": _NUMBER,
            "brand": _YES_OR_NO,
            "new_market": _YES_OR_NO,
            "new_geography": _YES_OR_NO,
            "owner_email": _EMAIL,
            "every_days": Column(cells.days),
        },
    ),
    "people": FileKind(
        PersonRow,
        {
            "customer": _NAME,
            "name": Column(cells.line(PERSON_NAME_LENGTH)),
            "email": _EMAIL,
            "phone": Column(cells.line(PHONE_LENGTH)),
            "role": _LABEL,
            "has_cell": _YES_OR_NO,
        },
    ),
    "contacts": FileKind(
        ContactRow,
        {
            "source": Column(cells.line(SOURCE_LENGTH), required=True),
            "source_id": Column(cells.line(SOURCE_ID_LENGTH), required=True),
            "occurred_at": _REQUIRED_INSTANT,
            "channel": Column(cells.code(Channel), required=True),
            "person_email": _REQUIRED_EMAIL,
            "customer": Column(cells.customer_name),
            "staff_email": _EMAIL,
            "subject": Column(cells.line(SUBJECT_LENGTH)),
            "thread": Column(cells.line(THREAD_LENGTH)),
        },
    ),
    "deals": FileKind(
        DealRow,
        {
            "customer": _NAME,
            "outcome": Column(cells.code(DealOutcome), required=True),
            "closed_on": _REQUIRED_DAY,
            "go_live_on": Column(cells.day),
        },
    ),
    "openings": FileKind(
        TriggerRow,
        {
            "customer": _NAME,
            "kind": Column(cells.code(VisitTrigger), required=True),
            "date": _REQUIRED_DAY,
            "person_email": _EMAIL,
        },
    ),
    "betas": FileKind(
        BetaRow,
        {
            "beta": Column(cells.line(BETA_LENGTH), required=True),
            "person_email": _REQUIRED_EMAIL,
            "signed_up_at": _REQUIRED_INSTANT,
        },
    ),
    "visits": FileKind(
        VisitRow,
        {
            "customer": _NAME,
            "pm_email": _REQUIRED_EMAIL,
            "kind": Column(cells.code(VisitKind), required=True),
            "date": _REQUIRED_DAY,
            "minutes": Column(cells.minutes),
            "summary": Column(cells.prose(STORY_LENGTH)),
        },
    ),
}
