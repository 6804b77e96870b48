"""Dates and times as a reader sees them: in the reader's zone, in British English."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def clock_time(at: datetime) -> str:
    """Format `at` (aware, already in the reader's zone) as 09:30."""
    return f"{at:%H:%M}"


def long_date(at: datetime) -> str:
    """Format `at` as Saturday, 21 November 2026."""
    return f"{at:%A}, {at.day} {at:%B %Y}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Format `at` (aware, any zone) in `zone`, as Sat 21 Nov 2026, 09:30."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M}"


def short_moment(at: datetime, zone: ZoneInfo) -> str:
    """Format `at` (aware, any zone) in `zone`, as Sat 21 Nov, 09:30."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b, %H:%M}"


def day_label(at: datetime, now: datetime) -> str:
    """Return the label above a day's messages; `at` and `now` are in the reader's zone."""
    return _pretty(at, now) or f"{at:%A}, {at.day} {at:%B}" + _year(at, now)


def _year(at: datetime, now: datetime) -> str:
    return "" if at.year == now.year else f" {at.year}"


def _pretty(at: datetime, now: datetime) -> str:
    days = (at.date() - now.date()).days
    return {0: "Today", -1: "Yesterday", 1: "Tomorrow"}.get(days, "")


def _ago(at: datetime, now: datetime) -> str:
    gap = now - at
    ahead, gap = gap < timedelta(0), abs(gap)
    for unit, name in (
        (timedelta(days=365), "year"),
        (timedelta(days=30), "month"),
        (timedelta(days=1), "day"),
        (timedelta(hours=1), "hour"),
        (timedelta(minutes=1), "minute"),
    ):
        if gap >= unit:
            count = f"{gap // unit} {name}{'s' if gap >= 2 * unit else ''}"
            return f"in {count}" if ahead else f"{count} ago"
    return "just now"


def _pretty_or(plain: Callable[[datetime], str]) -> Callable[[datetime, datetime], str]:
    return lambda at, now: _pretty(at, now).lower() or plain(at)


def _date(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def _date_short(at: datetime) -> str:
    return f"{at.day} {at:%b %Y}"


PARTS: dict[str, Callable[[datetime, datetime], str]] = {
    "{date_num}": lambda at, _now: f"{at:%Y-%m-%d}",
    "{date_slash}": lambda at, _now: f"{at:%d/%m/%Y}",
    "{date}": lambda at, _now: _date(at),
    "{date_short}": lambda at, _now: _date_short(at),
    "{date_long}": lambda at, _now: long_date(at),
    "{date_pretty}": _pretty_or(_date),
    "{date_short_pretty}": _pretty_or(_date_short),
    "{date_long_pretty}": _pretty_or(long_date),
    "{day_divider_pretty}": _pretty_or(long_date),
    "{time}": lambda at, _now: clock_time(at),
    "{time_secs}": lambda at, _now: f"{at:%H:%M:%S}",
    "{ago}": _ago,
}


def fill_date(template: str, at: datetime, now: datetime) -> str:
    """Fill in the {tokens} of Slack's date template; `at` and `now` are in the reader's zone."""
    for token, show in PARTS.items():
        if token in template:
            template = template.replace(token, show(at, now))
    return template
