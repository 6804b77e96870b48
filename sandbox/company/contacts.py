"""A year of contacts with the made-up company: everyday ones, and three great customers."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from random import Random

from sandbox.company.model import Cell, CsvTable, Customer, CustomerPerson
from sandbox.company.staff import MAIL

COLUMNS = (
    "source",
    "source_id",
    "occurred_at",
    "channel",
    "person_email",
    "customer",
    "staff_email",
    "subject",
    "thread",
)
GREAT = ("Alsterglas Labor", "Harrow Street Biologics", "Malabar Spice Testing")
NEARLY_GREAT = ("Kaamos Sensors",)
WEEKS_OF_HABIT = 12

_SOURCES = {
    "mail": "mailbox",
    "message": "chat",
    "forum_thread": "forum",
    "forum_comment": "forum",
    "office_call": "phone",
    "cell_call": "phone",
    "support_call": "phone",
}
_EVERYDAY = ("mail", "mail", "mail", "message", "office_call", "support_call", "forum_comment")
_SUBJECTS = (
    "Invoice for the second quarter",
    "Certificate without a logo",
    "New colleague needs an account",
    "Which torque units are supported?",
    "Reading entered on the wrong gauge",
    "Export for the auditor",
    "Label printer stopped after the update",
    "Due dates after the summer break",
    "Can two people sign?",
    "Tolerance class of a borrowed balance",
    "Moving instruments between sites",
    "Thank you for the quick help",
)
_QUESTIONS = (
    "When does the report builder get formulas?",
    "Is the new export still planned for spring?",
    "Who decides about the roadmap?",
    "Same question as last week",
)
_THREADS = ("uncertainty-budgets", "label-sizes", "drift-charts", "api-limits", "audit-tips")

# Person | channel | contacts in four weeks | staff contacted. More than four mails are a trait.
_FREQUENT_CONTACTS = """
    Victor Halloran | mail | 9 | maya
    Victor Halloran | cell_call | 6 | maya
    Denise Okpara | mail | 3 | carla
    Silke Marquardt | forum_thread | 11 |
    Silke Marquardt | forum_comment | 21 |
    Silke Marquardt | mail | 2 | jonas
    George Kurian | mail | 7 | priya
    George Kurian | support_call | 3 | priya
    Pekka Niemelä | mail | 6 | annika
    Pekka Niemelä | forum_thread | 7 |
    Pekka Niemelä | forum_comment | 12 |
"""
_LADDER = ("priya", "ingrid", "carla", "dev")


def contacts(
    customers: Sequence[Customer], people: Sequence[CustomerPerson], today: date, random: Random
) -> CsvTable:
    """List all contacts up to the day before `today`, oldest first; times are UTC."""
    rows = [
        *_everyday(customers, people, today, random),
        *_frequent(people, today, random),
        *_ladder(people, today),
    ]
    rows.sort(key=lambda row: str(row[1]))
    numbers = count(1)
    return CsvTable(COLUMNS, tuple((row[0], f"{row[0]}-{next(numbers)}", *row[1:]) for row in rows))


def _everyday(
    customers: Sequence[Customer], people: Sequence[CustomerPerson], today: date, random: Random
) -> Iterator[tuple[Cell, ...]]:
    owners = {each.name: each for each in customers}
    habitual = {line.split("|")[0].strip() for line in _FREQUENT_CONTACTS.strip().splitlines()}
    for person in people:
        if person.name in habitual:
            continue
        customer = owners[person.customer]
        # At least twelve days apart, so that everyday contacts never come near a trait.
        back = random.randrange(1, 60)
        while back < 365:
            yield _ordinary(person, customer, today - timedelta(days=back), random)
            back += random.randrange(12, 50 if customer.stage == "customer" else 160)


def _ordinary(
    person: CustomerPerson, customer: Customer, on: date, random: Random
) -> tuple[Cell, ...]:
    channel = random.choice(_EVERYDAY)
    reached = random.choice(("lena", "dev")) if channel == "support_call" else customer.owner
    forum = channel == "forum_comment"
    subject = "" if forum else random.choice(_SUBJECTS)
    thread = random.choice(_THREADS) if forum else ""
    return _row(person, channel, _moment(on, random), "" if forum else reached, subject, thread)


def _frequent(
    people: Sequence[CustomerPerson], today: date, random: Random
) -> Iterator[tuple[Cell, ...]]:
    by_name = {each.name: each for each in people}
    threads = count(1)
    for line in _FREQUENT_CONTACTS.strip().splitlines():
        name, channel, often, reached = (cell.strip() for cell in line.split("|"))
        for weeks in range(0, WEEKS_OF_HABIT, 4):
            for turn in range(int(often)):
                # Spread over the four weeks, with none on the first or last day.
                back = weeks * 7 + 2 + turn * 25 // int(often)
                forum = channel.startswith("forum")
                subject = "" if forum else random.choice(_QUESTIONS)
                thread = f"{channel}-{next(threads)}" if forum else ""
                at = _moment(today - timedelta(days=back), random)
                yield _row(by_name[name], channel, at, reached, subject, thread)


def _ladder(people: Sequence[CustomerPerson], today: date) -> Iterator[tuple[Cell, ...]]:
    """Yield one question, taken from one member of staff to the next."""
    asker = next(each for each in people if each.name == "George Kurian")
    for step, reached in enumerate(_LADDER):
        at = datetime.combine(today - timedelta(days=6 - step), time(9, 15), UTC)
        yield _row(asker, "mail", at, reached, "Is the spice template on the roadmap?", "")


def _row(
    person: CustomerPerson, channel: str, at: datetime, reached: str, subject: str, thread: str
) -> tuple[Cell, ...]:
    return (
        _SOURCES[channel],
        at.isoformat(),
        channel,
        person.email,
        person.customer,
        f"{reached}@{MAIL}" if reached else "",
        subject,
        thread,
    )


def _moment(on: date, random: Random) -> datetime:
    return datetime.combine(on, time(random.randrange(6, 17), random.randrange(60)), UTC)
