"""A year of contacts with the made-up company: everyday ones, and three great customers."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from random import Random

from sandbox.company.data_files import from_file, read
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


@from_file
class Frequent:
    """How often (`times` in four weeks) a person contacts a member of staff, or the forum."""

    person: str
    channel: str
    times: int
    staff: str = ""


@from_file
class Ladder:
    """A question that a person takes from one member of staff to the next."""

    person: str
    subject: str
    staff: tuple[str, ...]


@from_file
class Habits:
    """What contacts are about, and who contacts the company far more than others."""

    great: tuple[str, ...]
    nearly_great: tuple[str, ...]
    subjects: tuple[str, ...]
    questions: tuple[str, ...]
    threads: tuple[str, ...]
    frequent: tuple[Frequent, ...]
    ladder: Ladder


def read_habits() -> Habits:
    return read("contacts", Habits)


def contacts(
    habits: Habits,
    customers: Sequence[Customer],
    people: Sequence[CustomerPerson],
    today: date,
    random: Random,
) -> CsvTable:
    """List all contacts up to the day before `today`, oldest first; times are UTC."""
    rows = [
        *_everyday(habits, customers, people, today, random),
        *_frequent(habits, people, today, random),
        *_ladder(habits.ladder, people, today),
    ]
    rows.sort(key=lambda row: str(row[1]))
    numbers = count(1)
    return CsvTable(COLUMNS, tuple((row[0], f"{row[0]}-{next(numbers)}", *row[1:]) for row in rows))


def _everyday(
    habits: Habits,
    customers: Sequence[Customer],
    people: Sequence[CustomerPerson],
    today: date,
    random: Random,
) -> Iterator[tuple[Cell, ...]]:
    owners = {each.name: each for each in customers}
    habitual = {each.person for each in habits.frequent}
    for person in people:
        if person.name in habitual:
            continue
        customer = owners[person.customer]
        # At least twelve days apart, so that everyday contacts never come near a trait.
        back = random.randrange(1, 60)
        while back < 365:
            yield _ordinary(habits, person, customer, today - timedelta(days=back), random)
            back += random.randrange(12, 50 if customer.stage == "customer" else 160)


def _ordinary(
    habits: Habits, person: CustomerPerson, customer: Customer, on: date, random: Random
) -> tuple[Cell, ...]:
    channel = random.choice(_EVERYDAY)
    reached = random.choice(("lena", "dev")) if channel == "support_call" else customer.owner
    forum = channel == "forum_comment"
    subject = "" if forum else random.choice(habits.subjects)
    thread = random.choice(habits.threads) if forum else ""
    return _row(person, channel, _moment(on, random), "" if forum else reached, subject, thread)


def _frequent(
    habits: Habits, people: Sequence[CustomerPerson], today: date, random: Random
) -> Iterator[tuple[Cell, ...]]:
    by_name = {each.name: each for each in people}
    threads = count(1)
    for each in habits.frequent:
        for weeks in range(0, WEEKS_OF_HABIT, 4):
            for turn in range(each.times):
                # Spread over the four weeks, with none on the first or last day.
                back = weeks * 7 + 2 + turn * 25 // each.times
                forum = each.channel.startswith("forum")
                subject = "" if forum else random.choice(habits.questions)
                thread = f"{each.channel}-{next(threads)}" if forum else ""
                at = _moment(today - timedelta(days=back), random)
                yield _row(by_name[each.person], each.channel, at, each.staff, subject, thread)


def _ladder(
    ladder: Ladder, people: Sequence[CustomerPerson], today: date
) -> Iterator[tuple[Cell, ...]]:
    asker = next(each for each in people if each.name == ladder.person)
    for step, reached in enumerate(ladder.staff):
        at = datetime.combine(today - timedelta(days=6 - step), time(9, 15), UTC)
        yield _row(asker, "mail", at, reached, ladder.subject, "")


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
