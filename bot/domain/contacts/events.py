"""The contact event that every intake produces, with its source's own id."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.contacts.traits import Channel

SUBJECT_LENGTH = 500
PERSON_NAME_LENGTH = 200
THREAD_LENGTH = 255


@dataclass(frozen=True)
class ContactEvent:
    """A contact as its source reports it; `at` is aware UTC.

    The person is identified by `person_email` or `person_id`; `customer` (a name) or the address's
    domain says which customer a new person belongs to. The staff member is identified by id or
    address.
    """

    source: str
    source_id: str
    at: datetime
    channel: Channel
    person_email: str = ""
    person_name: str = ""
    person_id: int | None = None
    customer: str = ""
    customer_id: int | None = None
    staff_id: str | None = None
    staff_email: str = ""
    subject: str = ""
    thread: str = ""


@dataclass(frozen=True)
class ContactDraft:
    """A contact as typed; customer and person are ids, or names to add; `on` is a local date."""

    customer_id: int | None
    new_customer: str
    person_id: int | None
    new_person: str
    channel: Channel
    staff_id: str
    on: date
    subject: str
