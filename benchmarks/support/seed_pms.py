"""Insert tens of thousands of made-up PMs, of many places and habits, in bulk."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from random import Random
from typing import Any

from sqlalchemy import String, case, insert, literal, select

from bot.db import customers, workspaces
from bot.db.engine import Tx
from bot.db.rows import as_table
from bot.db.tables.staff import pms as pms_table
from bot.db.tables.staff import staff as staff_table
from bot.db.tables.visits import visits as visits_table
from bot.domain.customers import Stage
from bot.domain.nudges.rules import NudgeStep, Strength
from bot.domain.visits.rules import VisitKind, VisitState
from bot.domain.working_time import to_instant

# A Tuesday, when it is nine o'clock in Brazil and nine in the evening in Japan.
NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
SEED = 20260303
HOURS = (time(8, 0), time(8, 30), time(9, 0))
INTERVALS = (7, 14, 14, 30)
AT_ONCE = 5_000
PLACES: Sequence[str] = """
America/Sao_Paulo=BR America/Argentina/Buenos_Aires=AR America/Montevideo=UY Atlantic/Azores=PT
Europe/London=GB Europe/Dublin=IE Europe/Lisbon=PT Africa/Lagos=NG Europe/Paris=FR Europe/Berlin=DE
Europe/Madrid=ES Europe/Rome=IT Europe/Amsterdam=NL Europe/Brussels=BE Europe/Vienna=AT
Europe/Zurich=CH Europe/Prague=CZ Europe/Warsaw=PL Europe/Stockholm=SE Europe/Oslo=NO
Europe/Copenhagen=DK Europe/Budapest=HU Europe/Athens=GR Europe/Helsinki=FI Europe/Bucharest=RO
Europe/Sofia=BG Africa/Johannesburg=ZA Africa/Cairo=EG Africa/Nairobi=KE Europe/Istanbul=TR
Asia/Dubai=AE Asia/Kolkata=IN Asia/Colombo= Asia/Dhaka= Asia/Bangkok=TH Asia/Jakarta=ID
Asia/Singapore=SG Asia/Manila=PH Asia/Tokyo=JP Asia/Seoul=KR
""".split()  # noqa: SIM905 - one a line would be a long list


def add_pms(tx: Tx, count: int) -> None:
    """Add so many PMs, none due for a year."""
    workspaces.save(tx, "Benchmark", "U0000000", NOW)
    random = Random(SEED)
    rows = (_pm(tx, number, random) for number in range(count))
    while chunk := list(islice(rows, AT_ONCE)):
        tx.run(insert(pms_table), chunk)


def multiply_pms(tx: Tx, times: int) -> None:
    """Copy each PM so many times, with other ids."""
    numbers = as_table(tx, {"number": String()}, [{"number": f"{each}"} for each in range(times)])
    known = {each.name: each for each in pms_table.columns}
    others = {**known, "user_id": known["user_id"] + literal("-") + numbers.c.number}
    rows = select(*others.values()).select_from(pms_table.join(numbers, literal(1) == 1))
    tx.run(insert(pms_table).from_select(list(others), rows))


def make_due(tx: Tx, count: int, now: datetime) -> None:
    """Make the first so many PMs due on this day, at their hour; one in 20 has booked a visit."""
    on = now.date()
    cycle_starts = {days: on - timedelta(days=days) for days in INTERVALS}
    cycle_start = case(cycle_starts, value=pms_table.c.interval_days)
    due = tx.update(pms_table).where(pms_table.c.user_id < _user(count))
    plan = {"step": NudgeStep.DUE, "cycle": 1, "next_on": on, "next_at": now - timedelta(hours=1)}
    tx.run(due.where(pms_table.c.user_id.not_like("%-%")).values(cycle_start=cycle_start, **plan))
    _book(tx, range(0, count, 20), on)


def add_staff(tx: Tx, user_id: str) -> None:
    """Add a known member of staff, so that Slack isn't asked who sent a request."""
    person = {"user_id": user_id, "name": "Somebody", "zone": "Europe/Berlin", "refreshed_at": NOW}
    rest = {"membership": "member", "is_admin": False, "is_support": False}
    tx.run(insert(staff_table).values(workspace_id=tx.workspace_id, **person, **rest))


def _book(tx: Tx, numbers: Sequence[int], on: date) -> None:
    customer = customers.add(tx, "Made-up Mills", Stage.CUSTOMER)
    rows = [
        {
            "workspace_id": tx.workspace_id,
            "pm_id": _user(number),
            "customer_id": customer,
            "kind": VisitKind.ON_SITE,
            "state": VisitState.BOOKED,
            "on": on + timedelta(days=number % 5),
            "goal": "",
            "source": "benchmark",
            "source_id": f"{number}-{on}",
            "created_at": NOW,
        }
        for number in numbers
    ]
    tx.run(insert(visits_table), rows)


def _pm(tx: Tx, number: int, random: Random) -> dict[str, Any]:
    zone, _, country = random.choice(PLACES).partition("=")
    hour = random.choice(HOURS)
    next_on = NOW.date() + timedelta(days=365 + number % 30)
    days = random.choice(INTERVALS)
    return {
        "workspace_id": tx.workspace_id,
        "user_id": _user(number),
        "joined_at": NOW - timedelta(days=400),
        "interval_days": days,
        "strength": random.choice(list(Strength)),
        "zone": zone,
        "nudge_at": hour,
        "working_days": [0, 1, 2, 3, 4],
        "country": country or None,
        "cycle_start": next_on - timedelta(days=days),
        "paused_until": NOW.date() + timedelta(days=400) if number % 50 == 1 else None,
        "step": NudgeStep.DUE,
        "cycle": 1,
        "next_on": next_on,
        "next_at": to_instant(next_on, hour, zone),
    }


def _user(number: int) -> str:
    return f"U{number:08}"
