"""Build the made-up company for a day."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from sandbox.company import contacts, staff, visits
from sandbox.company.customers import customers
from sandbox.company.model import Cell, Company, CsvTable, Customer, CustomerPerson
from sandbox.company.people import people

SEED = 1893

# Customer | outcome | days since it closed | days until it goes live (negative if it has).
_DEALS = """
    Three Weirs Turbine | lost | 150 |
    Veenhof Kaas | lost | 6 |
    Billstrom Kranbau | lost | 96 |
    Penhallow Castings | lost | 63 |
    Ahrgau Messtechnik | lost | 246 |
    Saber Point Gauges | lost | 136 |
    Limmatblick Feinwerk | won | 9 | 21
    Merrow & Finch Labs | won | 40 | 27
    Sandhill Wind | won | 75 | -30
    Tarn & Hollow Distillers | won | 216 | -190
    Sahya Sterile | won | 251 | -225
    Tannholz Pharma | won | 205 | -146
    Hafenlicht Klinik | won | 290 | -219
    Deccan Torque | won | 302 | -255
    Merbau Palm Testing | won | 118 | -90
"""
# Beta: days since it was announced.
_BETAS = {"Offline rounds": 205, "Certificates in bulk": 112, "Night shift view": 20}
_SIGN_UPS = 30
_ALWAYS_FIRST = "Silke Marquardt"


def build_company(today: date) -> Company:
    """Build the company as of `today`, always the same for the same day."""
    random = Random(SEED)
    customer_list = customers()
    people_list = people(customer_list, random)
    days = visits.visit_days(today, random)
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
        great=contacts.GREAT,
        nearly=contacts.NEARLY_GREAT,
        tables={
            "customers": _customer_table(customer_list),
            "people": _people_table(people_list),
            "contacts": contacts.contacts(customer_list, people_list, today, random),
            "deals": _deal_table(today),
            "betas": _beta_table(people_list, today, random),
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


def _deal_table(today: date) -> CsvTable:
    columns = ("customer", "outcome", "closed_on", "go_live_on")
    return CsvTable(columns, tuple(_deal(line, today) for line in _DEALS.strip().splitlines()))


def _deal(line: str, today: date) -> tuple[Cell, ...]:
    customer, outcome, ago, live = (cell.strip() for cell in line.split("|"))
    closed_on = today - timedelta(days=int(ago))
    go_live_on = (today + timedelta(days=int(live))).isoformat() if live else None
    return (customer, outcome, closed_on.isoformat(), go_live_on)


def _beta_table(people_list: Sequence[CustomerPerson], today: date, random: Random) -> CsvTable:
    return CsvTable(
        ("beta", "person_email", "signed_up_at"), tuple(_sign_ups(people_list, today, random))
    )


def _sign_ups(
    people_list: Sequence[CustomerPerson], today: date, random: Random
) -> Iterator[tuple[Cell, ...]]:
    first = next(each for each in people_list if each.name == _ALWAYS_FIRST)
    others = [each for each in people_list if each is not first]
    for place, (beta, ago) in enumerate(_BETAS.items()):
        opened = datetime.combine(today - timedelta(days=ago), time(8), UTC)
        # Others take turns, so no one else is early in two betas.
        early = [first, *others[place * 2 : place * 2 + 2]]
        late = random.sample(others[10:], _SIGN_UPS - len(early))
        for position, person in enumerate([*early, *late]):
            at = opened + timedelta(hours=9 * position, minutes=random.randrange(60))
            yield (beta, person.email, at.isoformat())
