"""What a file can hold: a table of its kinds, with their columns and how each is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.domain.contacts.events import PERSON_NAME_LENGTH, SUBJECT_LENGTH, THREAD_LENGTH
from bot.domain.contacts.traits import Channel
from bot.domain.customers import Opening, Stage
from bot.domain.debriefs.rules import STORY_LENGTH
from bot.domain.visits.rules import VisitKind
from bot.intake.files import cells as fields
from bot.intake.files.rows import (
    BetaRow,
    ContactRow,
    CustomerRow,
    DealOutcome,
    DealRow,
    OpeningRow,
    PersonRow,
    Record,
    VisitRow,
)

LABEL_LENGTH = 100
PHONE_LENGTH = 50
SOURCE_LENGTH = 64
SOURCE_ID_LENGTH = 255
BETA_LENGTH = 200


@dataclass(frozen=True)
class Column:
    """How a cell is read; a needed one must not be empty, nor its column be missing."""

    read: fields.Reader
    needed: bool = False


@dataclass(frozen=True)
class Kind:
    """What a file can hold: its rows' type, and its columns by name."""

    record: Callable[..., Record]
    columns: Mapping[str, Column]


_NAME = Column(fields.customer_name, needed=True)
_LABEL = Column(fields.line(LABEL_LENGTH))
_NUMBER = Column(fields.whole_number)
_TRUTH = Column(fields.yes_or_no)
_EMAIL = Column(fields.email)
_NEEDED_EMAIL = Column(fields.email, needed=True)
_NEEDED_INSTANT = Column(fields.instant, needed=True)
_NEEDED_DAY = Column(fields.day, needed=True)

KINDS: Mapping[str, Kind] = {
    "customers": Kind(
        CustomerRow,
        {
            "name": _NAME,
            "domain": Column(fields.domain),
            "stage": Column(fields.code(Stage)),
            "segment": _LABEL,
            "region": _LABEL,
            "country": _LABEL,
            "size": _LABEL,
            "revenue": _NUMBER,
            "potential": _NUMBER,
            "brand": _TRUTH,
            "new_market": _TRUTH,
            "new_geography": _TRUTH,
            "owner_email": _EMAIL,
            "every_days": Column(fields.days),
        },
    ),
    "people": Kind(
        PersonRow,
        {
            "customer": _NAME,
            "name": Column(fields.line(PERSON_NAME_LENGTH)),
            "email": _EMAIL,
            "phone": Column(fields.line(PHONE_LENGTH)),
            "role": _LABEL,
            "has_cell": _TRUTH,
        },
    ),
    "contacts": Kind(
        ContactRow,
        {
            "source": Column(fields.line(SOURCE_LENGTH), needed=True),
            "source_id": Column(fields.line(SOURCE_ID_LENGTH), needed=True),
            "occurred_at": _NEEDED_INSTANT,
            "channel": Column(fields.code(Channel), needed=True),
            "person_email": _NEEDED_EMAIL,
            "customer": Column(fields.customer_name),
            "staff_email": _EMAIL,
            "subject": Column(fields.line(SUBJECT_LENGTH)),
            "thread": Column(fields.line(THREAD_LENGTH)),
        },
    ),
    "deals": Kind(
        DealRow,
        {
            "customer": _NAME,
            "outcome": Column(fields.code(DealOutcome), needed=True),
            "closed_on": _NEEDED_DAY,
            "go_live_on": Column(fields.day),
        },
    ),
    "openings": Kind(
        OpeningRow,
        {
            "customer": _NAME,
            "kind": Column(fields.code(Opening), needed=True),
            "date": _NEEDED_DAY,
            "person_email": _EMAIL,
        },
    ),
    "betas": Kind(
        BetaRow,
        {
            "beta": Column(fields.line(BETA_LENGTH), needed=True),
            "person_email": _NEEDED_EMAIL,
            "signed_up_at": _NEEDED_INSTANT,
        },
    ),
    "visits": Kind(
        VisitRow,
        {
            "customer": _NAME,
            "pm_email": _NEEDED_EMAIL,
            "kind": Column(fields.code(VisitKind), needed=True),
            "date": _NEEDED_DAY,
            "minutes": Column(fields.minutes),
            "summary": Column(fields.prose(STORY_LENGTH)),
        },
    ),
}
