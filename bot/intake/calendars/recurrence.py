"""Recurrence: which rules of an iCalendar feed are followed, and what following one costs.

A rule is walked from its beginning, one step a period, and one that nothing satisfies is walked to
the year 9999. Those that calendars let people make are followed; each of them is satisfied sooner
or later, so that what it costs can be told beforehand.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

DAYS: Mapping[str, float] = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
# How much longer a period takes to look through than a day.
WEIGHTS: Mapping[str, int] = {"DAILY": 1, "WEEKLY": 2, "MONTHLY": 4, "YEARLY": 30}
WEEKDAYS = frozenset({"MO", "TU", "WE", "TH", "FR", "SA", "SU"})
NUMBER = "[0-9]{1,2}"
SIGNED = f"[-+]?{NUMBER}"
WEEKDAY = "[-+]?[0-9]?[A-Z]{2}"
KNOWN: Mapping[str, str] = {
    "FREQ": "DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": "[1-9][0-9]{0,2}",
    "COUNT": "[0-9]{1,18}",
    "UNTIL": "[0-9]{8}(T[0-9]{6}Z?)?",
    "WKST": "|".join(sorted(WEEKDAYS)),
    "BYDAY": f"{WEEKDAY}(,{WEEKDAY}){{0,34}}",
    "BYMONTH": f"{NUMBER}(,{NUMBER}){{0,11}}",
    "BYMONTHDAY": f"{SIGNED}(,{SIGNED}){{0,61}}",
    "BYSETPOS": "[-+]?[1-5]",
    # Once a day: a meeting that takes place more often is none.
    "BYHOUR": NUMBER,
    "BYMINUTE": NUMBER,
    "BYSECOND": NUMBER,
}
LONGEST = 400
# Days that every month has.
SURE_DAYS = 28
# How many of a weekday a month has at least, and at most.
SURE_WEEKS, MOST_WEEKS = 4, 5
# Steps beyond the window to what comes next there, at the most.
BEYOND = 30

Rule = Mapping[str, str]


def admitted(text: str, start: date, until: date) -> int | None:
    """What it costs to follow a rule from its start up to a date; None for one not followed."""
    rule = _parts(text)
    if rule is None:
        return None
    frequency, interval = rule["FREQ"], int(rule.get("INTERVAL", "1"))
    check = {"DAILY": _daily, "WEEKLY": _weekly}.get(frequency, partial(_monthly, start))
    if not check(rule, interval):
        return None
    periods = max(0, (until - start).days) / (DAYS[frequency] * interval)
    return int(periods + BEYOND) * WEIGHTS[frequency]


def _parts(text: str) -> Rule | None:
    """The parts of a rule, in capitals; None when it is none, or says more than is followed."""
    if len(text) > LONGEST:
        return None
    pairs = [each.partition("=") for each in text.upper().strip(" ;").split(";")]
    rule = {name: value for name, _, value in pairs}
    known = all(name in KNOWN and re.fullmatch(KNOWN[name], rule[name]) for name in rule)
    return rule if known and len(rule) == len(pairs) and "FREQ" in rule else None


def _daily(rule: Rule, interval: int) -> bool:
    # At more than six days a step it might never come upon the weekday that it waits for.
    return _of_days(rule) and (interval <= 6 or not {"BYDAY", "BYMONTH"} & rule.keys())


def _weekly(rule: Rule, interval: int) -> bool:
    return _of_days(rule) and (interval <= 4 or "BYMONTH" not in rule)


def _monthly(start: date, rule: Rule, interval: int) -> bool:
    """Also for rules of years: the month is then one that is named, or that of the start."""
    yearly = rule["FREQ"] == "YEARLY"
    if not _months(rule) or ("BYMONTH" in rule and not yearly and interval > 1):
        return False
    fixed = yearly or "BYMONTH" in rule or interval > 6
    if "BYMONTHDAY" in rule or "BYDAY" not in rule:
        return "BYSETPOS" not in rule and _bare_weekdays(rule) and _days(rule, start, fixed)
    return _some_weekday(rule, SURE_WEEKS if fixed else MOST_WEEKS)


def _of_days(rule: Rule) -> bool:
    return not {"BYMONTHDAY", "BYSETPOS"} & rule.keys() and _bare_weekdays(rule) and _months(rule)


def _bare_weekdays(rule: Rule) -> bool:
    return "BYDAY" not in rule or set(rule["BYDAY"].split(",")) <= WEEKDAYS


def _months(rule: Rule) -> bool:
    return all(1 <= int(each) <= 12 for each in rule.get("BYMONTH", "1").split(","))


def _days(rule: Rule, start: date, fixed: bool) -> bool:
    """Whether some month that comes has such a day; `fixed` when it may always be the same one."""
    days = [int(each) for each in rule.get("BYMONTHDAY", str(start.day)).split(",")]
    if not all(1 <= abs(each) <= 31 for each in days):
        return False
    months = {int(each) for each in rule.get("BYMONTH", str(start.month)).split(",")}
    of_start = start.day in days and start.month in months
    return any(abs(each) <= SURE_DAYS for each in days) or of_start or not fixed


def _some_weekday(rule: Rule, most: int) -> bool:
    """Weekdays with a number, as the second Tuesday, or a place among bare ones."""
    found = [re.fullmatch(r"([-+]?\d)?(..)", each) for each in rule["BYDAY"].split(",")]
    numbers = [int(each[1]) for each in found if each and each[1]]
    places = [int(rule["BYSETPOS"])] if "BYSETPOS" in rule else []
    named = all(each and each[2] in WEEKDAYS for each in found)
    # Together, bare ones and those with a number are taken to mean days that are both.
    alike = len(numbers) in (0, len(found)) and not (numbers and places)
    return named and alike and _within([*numbers, *places], most)


def _within(numbers: Sequence[int], most: int) -> bool:
    return all(1 <= abs(each) <= most for each in numbers)
