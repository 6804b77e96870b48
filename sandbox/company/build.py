"""Build the made-up company for a day."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from sandbox.company import contacts, staff, visits
from sandbox.company.customers import customers
from sandbox.company.data_files import from_file, read
from sandbox.company.model import Cell, Company, CsvTable, Customer, CustomerPerson
from sandbox.company.people import people

SEED = 1893

_SIGN_UPS = 30
_ALWAYS_FIRST = "Silke Marquardt"


@from_file
class _Deal:
    customer: str
    outcome: str
    closed_days_ago: int
    live_in_days: int | None = None


@from_file
class _Beta:
    name: str
    announced_days_ago: int


@from_file
class _Deals:
    deals: tuple[_Deal, ...]
    betas: tuple[_Beta, ...]


def build_company(today: date) -> Company:
    """Build the company as of `today`, always the same for the same day."""
    random = Random(SEED)
    customer_list = customers()
    people_list = people(customer_list, random)
    days = visits.visit_days(today, random)
    habits = contacts.read_habits()
    sales = read("deals", _Deals)
    return Company(
        name=staff.COMPANY,
        product=staff.PRODUCT,
        today=today,
        staff=staff.STAFF,
        teams=staff.TEAMS,
        channels=staff.CHANNELS,
        customers=customer_list,
        people=people_list,
        debriefs=visits.debriefs(days),
        great=habits.great,
        nearly=habits.nearly_great,
        tables={
            "customers": _customer_table(customer_list),
            "people": _people_table(people_list),
            "contacts": contacts.contacts(habits, customer_list, people_list, today, random),
            "deals": _deal_table(sales.deals, today),
            "betas": _beta_table(sales.betas, people_list, today, random),
            "visits": visits.earlier_visits(days),
        },
        future_debriefs=visits.future_debriefs(today),
    )


def _customer_table(customer_list: Sequence[Customer]) -> CsvTable:
    columns = (
        "name",
        "domain",
        "stage",
        "segment",
        "region",
        "country",
        "size",
        "revenue",
        "potential",
        "brand",
        "new_market",
        "new_geography",
    )
    rows = tuple(
        (*(getattr(each, column) for column in columns), f"{each.owner}@{staff.MAIL}")
        for each in customer_list
    )
    return CsvTable((*columns, "owner_email"), rows)


def _people_table(people_list: Sequence[CustomerPerson]) -> CsvTable:
    columns = ("customer", "name", "email", "phone", "role", "has_cell")
    rows = tuple(tuple(getattr(each, column) for column in columns) for each in people_list)
    return CsvTable(columns, rows)


def _deal_table(deals: Sequence[_Deal], today: date) -> CsvTable:
    columns = ("customer", "outcome", "closed_on", "go_live_on")
    return CsvTable(columns, tuple(_deal(each, today) for each in deals))


def _deal(deal: _Deal, today: date) -> tuple[Cell, ...]:
    closed_on = today - timedelta(days=deal.closed_days_ago)
    live = deal.live_in_days
    go_live_on = None if live is None else (today + timedelta(days=live)).isoformat()
    return (deal.customer, deal.outcome, closed_on.isoformat(), go_live_on)


def _beta_table(
    betas: Sequence[_Beta], people_list: Sequence[CustomerPerson], today: date, random: Random
) -> CsvTable:
    rows = tuple(_sign_ups(betas, people_list, today, random))
    return CsvTable(("beta", "person_email", "signed_up_at"), rows)


def _sign_ups(
    betas: Sequence[_Beta], people_list: Sequence[CustomerPerson], today: date, random: Random
) -> Iterator[tuple[Cell, ...]]:
    first = next(each for each in people_list if each.name == _ALWAYS_FIRST)
    others = [each for each in people_list if each is not first]
    for place, beta in enumerate(betas):
        announced_on = today - timedelta(days=beta.announced_days_ago)
        opened = datetime.combine(announced_on, time(8), UTC)
        # Others take turns, so no one else is early in two betas.
        early = [first, *others[place * 2 : place * 2 + 2]]
        late = random.sample(others[10:], _SIGN_UPS - len(early))
        for position, person in enumerate([*early, *late]):
            at = opened + timedelta(hours=9 * position, minutes=random.randrange(60))
            yield (beta.name, person.email, at.isoformat())
