"""Recurrence rules: what calendars write is expanded, and no rule exceeds its estimated cost."""

from datetime import UTC, date, datetime, time
from time import thread_time

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.intake.calendars.recurrence import rule_cost

START, UNTIL = date(2026, 3, 2), date(2026, 5, 1)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=14;COUNT=3",
        "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
        "FREQ=WEEKLY;UNTIL=20260401T215959Z;INTERVAL=2;BYDAY=MO,WE;WKST=SU",
        "FREQ=WEEKLY;WKST=MO;COUNT=10;BYDAY=TU",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        "FREQ=MONTHLY;INTERVAL=3;BYDAY=2TU",
        "FREQ=MONTHLY;BYDAY=5FR",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "FREQ=YEARLY",
        "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=2",
        "FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10",
        "FREQ=WEEKLY;UNTIL=20260401;BYDAY=MO;",
    ],
)
def test_what_calendars_let_people_choose_is_followed(rule: str) -> None:
    assert rule_cost(rule, START, UNTIL)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=SECONDLY",
        "FREQ=HOURLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=DAILY;BYHOUR=1,2,3",
        "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
        "FREQ=MONTHLY;BYDAY=1MO,TU",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=13",
        "FREQ=MONTHLY;BYDAY=XX",
        "FREQ=YEARLY;BYMONTH=2;BYDAY=5MO",
        "FREQ=YEARLY;BYWEEKNO=53",
        "FREQ=YEARLY;BYEASTER=0",
        "RRULE",
        "FREQ=DAILY;X=1",
    ],
)
def test_what_never_comes_or_comes_all_the_time_is_not(rule: str) -> None:
    assert rule_cost(rule, START, UNTIL) is None


def part(name: str, *values: object) -> st.SearchStrategy[str]:
    return st.sampled_from(["", *(f";{name}={each}" for each in values)])


WEEKDAYS = [f"{number}{day}" for number in ("", "1", "-1", "4", "5", "-5") for day in DAYS]
RULES = st.tuples(
    st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY"]),
    part("INTERVAL", 1, 2, 3, 4, 5, 6, 7, 12, 13, 24, 28, 48, 365, 999),
    part("BYDAY", *WEEKDAYS, "1MO,TU", "SA,5TH", "MO,TU,WE"),
    part("BYMONTH", 1, 2, 4, 9, "2,4", "12,1"),
    part("BYMONTHDAY", 1, 13, 28, 29, 30, 31, -1, -28, -29, -31, "30,31"),
    part("BYSETPOS", 1, 4, 5, -1, -5),
).map("".join)
STARTS = st.dates(date(2019, 1, 1), date(2026, 4, 30)) | st.sampled_from(
    [date(2024, 2, 29), date(2023, 1, 31), date(2023, 12, 31), date(2025, 2, 28)]
)


@settings(deadline=None, max_examples=300)
@given(RULES, STARTS)
def test_no_rule_that_is_followed_takes_longer_than_was_told(rule: str, start: date) -> None:
    cost = rule_cost(rule, start, UNTIL)
    if cost is None:
        return
    before = thread_time()
    walked = rrulestr(rule, dtstart=datetime.combine(start, time(10), UTC))
    walked.between(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC), inc=True)
    # Twenty times what it takes here, and a tenth of what an endless rule would take.
    assert thread_time() - before < 0.05 + cost * 1e-4
