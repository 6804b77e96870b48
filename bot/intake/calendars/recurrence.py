"""Recurrence: which rules of an iCalendar feed are followed, and what following one costs.

A rule is walked from its beginning, one step a period, and one that nothing satisfies is walked to
the year 9999. Those that calendars let people make are followed; each of them is satisfied sooner
or later, and its cost is known beforehand.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

PERIOD_DAYS: Mapping[str, float] = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
# How much longer a period takes to search than a day.
STEP_WEIGHTS: Mapping[str, int] = {"DAILY": 1, "WEEKLY": 2, "MONTHLY": 4, "YEARLY": 30}
WEEKDAYS = frozenset({"MO", "TU", "WE", "TH", "FR", "SA", "SU"})
NUMBER = "[0-9]{1,2}"
SIGNED = f"[-+]?{NUMBER}"
WEEKDAY = "[-+]?[0-9]?[A-Z]{2}"
PART_PATTERNS: Mapping[str, str] = {
    "FREQ": "DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": "[1-9][0-9]{0,2}",
    "COUNT": "[0-9]{1,18}",
    "UNTIL": "[0-9]{8}(T[0-9]{6}Z?)?",
    "WKST": "|".join(sorted(WEEKDAYS)),
    "BYDAY": f"{WEEKDAY}(,{WEEKDAY}){{0,34}}",
    "BYMONTH": f"{NUMBER}(,{NUMBER}){{0,11}}",
    "BYMONTHDAY": f"{SIGNED}(,{SIGNED}){{0,61}}",
    "BYSETPOS": "[-+]?[1-5]",
    # Once a day: what takes place more often is no meeting.
    "BYHOUR": NUMBER,
    "BYMINUTE": NUMBER,
    "BYSECOND": NUMBER,
}
MAX_LENGTH = 400
# Days that every month has.
DAYS_IN_EVERY_MONTH = 28
# How often a month has a weekday at least, and at most.
MIN_WEEKS, MAX_WEEKS = 4, 5
# How many steps lie between the window and the next occurrence at most.
EXTRA_STEPS = 30

Rule = Mapping[str, str]


def rule_cost(text: str, start: date, until: date) -> int | None:
    """Return the cost of following a rule from its start up to a date; None if unsupported."""
    rule = _parse_rule(text)
    if rule is None:
        return None
    frequency, interval = rule["FREQ"], int(rule.get("INTERVAL", "1"))
    check = {"DAILY": _daily, "WEEKLY": _weekly}.get(frequency, partial(_monthly, start))
    if not check(rule, interval):
        return None
    periods = max(0, (until - start).days) / (PERIOD_DAYS[frequency] * interval)
    return int(periods + EXTRA_STEPS) * STEP_WEIGHTS[frequency]


def _parse_rule(text: str) -> Rule | None:
    """Parse a rule's parts, in capitals; None if it is none, or says more than is followed."""
    if len(text) > MAX_LENGTH:
        return None
    pairs = [each.partition("=") for each in text.upper().strip(" ;").split(";")]
    rule = {name: value for name, _, value in pairs}
    known = all(
        name in PART_PATTERNS and re.fullmatch(PART_PATTERNS[name], rule[name]) for name in rule
    )
    return rule if known and len(rule) == len(pairs) and "FREQ" in rule else None


def _daily(rule: Rule, interval: int) -> bool:
    # With steps of more than six days it might never reach the weekday that it waits for.
    return _is_weekdays_and_months(rule) and (
        interval <= 6 or not {"BYDAY", "BYMONTH"} & rule.keys()
    )


def _weekly(rule: Rule, interval: int) -> bool:
    return _is_weekdays_and_months(rule) and (interval <= 4 or "BYMONTH" not in rule)


def _monthly(start: date, rule: Rule, interval: int) -> bool:
    """Check a monthly or yearly rule; a yearly one is in the months it names, or its start's."""
    yearly = rule["FREQ"] == "YEARLY"
    if not _has_valid_months(rule) or ("BYMONTH" in rule and not yearly and interval > 1):
        return False
    fixed = yearly or "BYMONTH" in rule or interval > 6
    if "BYMONTHDAY" in rule or "BYDAY" not in rule:
        return "BYSETPOS" not in rule and _is_unnumbered(rule) and _day_occurs(rule, start, fixed)
    return _weekday_occurs(rule, MIN_WEEKS if fixed else MAX_WEEKS)


def _is_weekdays_and_months(rule: Rule) -> bool:
    return (
        not {"BYMONTHDAY", "BYSETPOS"} & rule.keys()
        and _is_unnumbered(rule)
        and _has_valid_months(rule)
    )


def _is_unnumbered(rule: Rule) -> bool:
    return "BYDAY" not in rule or set(rule["BYDAY"].split(",")) <= WEEKDAYS


def _has_valid_months(rule: Rule) -> bool:
    return all(1 <= int(each) <= 12 for each in rule.get("BYMONTH", "1").split(","))


def _day_occurs(rule: Rule, start: date, fixed: bool) -> bool:
    """Return whether a later month has such a day; `fixed` if it may always be the same one."""
    days = [int(each) for each in rule.get("BYMONTHDAY", str(start.day)).split(",")]
    if not all(1 <= abs(each) <= 31 for each in days):
        return False
    months = {int(each) for each in rule.get("BYMONTH", str(start.month)).split(",")}
    of_start = start.day in days and start.month in months
    return any(abs(each) <= DAYS_IN_EVERY_MONTH for each in days) or of_start or not fixed


def _weekday_occurs(rule: Rule, most: int) -> bool:
    """Return whether weekdays with a number, or a position among bare ones, occur."""
    found = [re.fullmatch(r"([-+]?\d)?(..)", each) for each in rule["BYDAY"].split(",")]
    numbers = [int(each[1]) for each in found if each and each[1]]
    positions = [int(rule["BYSETPOS"])] if "BYSETPOS" in rule else []
    named = all(each and each[2] in WEEKDAYS for each in found)
    # Bare and numbered weekdays together are read as days that are both.
    is_consistent = len(numbers) in (0, len(found)) and not (numbers and positions)
    return named and is_consistent and _in_range([*numbers, *positions], most)


def _in_range(numbers: Sequence[int], most: int) -> bool:
    return all(1 <= abs(each) <= most for each in numbers)
