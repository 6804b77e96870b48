"""Absences: whether a Slack status means a vacation, how long it lasts, and pauses."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.working_time import ONE_DAY, local_date

# How long to believe a status without an end: a forgotten one must not silence its owner.
ASSUMED_VACATION = timedelta(days=28)
# Slack ends "today" with the last second of the day.
END_OF_DAY_TOLERANCE = timedelta(minutes=1)
MAX_PAUSE = timedelta(days=366)
DEFAULT_PAUSE = timedelta(days=7)


class AbsenceCause(StrEnum):
    """Why a PM is away."""

    PAUSE = "pause"
    VACATION = "vacation"


class InvalidPause(ValueError):
    """A pause that cannot last until then."""


class PauseUnclear(InvalidPause):
    """A pause whose end cannot be parsed."""


class PauseInPast(InvalidPause):
    """A pause whose end has come already."""


class PauseTooFar(InvalidPause):
    """A pause whose end is more than a year ahead."""


@dataclass(frozen=True)
class SlackStatus:
    """A Slack status: the emoji's name in colons, the text, and when it expires, if it does."""

    emoji: str = ""
    text: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True)
class TimeSpan:
    """A time span from one aware instant up to another."""

    since: datetime
    until: datetime

    def contains(self, at: datetime) -> bool:
        """Return whether an instant lies in it."""
        return self.since <= at < self.until


AWAY_EMOJI = frozenset(
    {
        "palm_tree",
        "desert_island",
        "beach_with_umbrella",
        "umbrella_on_ground",
        "airplane",
        "airplane_departure",
        "camping",
        "tent",
        "face_with_thermometer",
        "face_with_head_bandage",
        "baby_bottle",
    }
)
AWAY_PATTERNS = (
    # English
    r"vacation(ing)?|holidays?|on leave|(annual|sick|parental|maternity|paternity) leave|pto|ooo",
    r"out of( the)? office|(time|days?) off|off sick|out sick|sick|sabbatical",
    # German
    r"urlaub|ferien|krank|elternzeit|abwesend|nicht im buro|freier tag",
    # Spanish
    r"vacaciones|de baja|fuera de la oficina|enferm[oa]|dia libre",
    # French
    r"vacances|conges?|hors du bureau|absente?( du bureau)?|malade|rtt",
)
# Palms and planes can mean work too, and a vacation can be over or still to come.
AT_WORK_PATTERNS = (
    r"work(ing|s)?|remote(ly)?|wfh|home ?office|arbeite[nt]?|trabaj\w*|teletrabajo|teletravail",
    r"back from|before|planning|zuruck aus|vor dem|de vuelta de|antes de|de retour de|avant",
)
AWAY_REGEX = re.compile(rf"\b({'|'.join(AWAY_PATTERNS)})\b")
AT_WORK_REGEX = re.compile(rf"\b({'|'.join(AT_WORK_PATTERNS)})\b")


def is_vacation(status: SlackStatus) -> bool:
    """Return whether a status means not at work (in English, German, Spanish, French)."""
    text = _normalize(status.text)
    if AT_WORK_REGEX.search(text):
        return False
    name = status.emoji.strip(":").partition("::")[0]
    return name in AWAY_EMOJI or AWAY_REGEX.search(text) is not None


def find_vacation(status: SlackStatus, now: datetime, previous: TimeSpan | None) -> TimeSpan | None:
    """Return when the owner of a status is away; None for a status of another kind.

    `previous` is the span found for their status before: an ongoing vacation keeps its start. The
    span may be over: then the status was forgotten.
    """
    if not is_vacation(status):
        return None
    since = previous.since if previous else now
    return TimeSpan(since, status.expires_at or since + ASSUMED_VACATION)


def first_day_back(span: TimeSpan, zone: str) -> date:
    """Return the local date on which someone who was away is back."""
    return local_date(span.until + END_OF_DAY_TOLERANCE, zone)


def find_first_free_time(spans: Iterable[TimeSpan], now: datetime) -> datetime | None:
    """Return the first instant from `now` on that lies in no span; None if that is now."""
    until, all_spans = now, tuple(spans)
    while ends := [each.until for each in all_spans if each.contains(until)]:
        until = max(ends)
    return until if until > now else None


def parse_pause(text: str, today: date) -> date:
    """Parse the first day back of a pause; an empty text means a week.

    Such as `3 days`, `2 weeks`, `until 2026-03-20`, `until 20 March`, `until Monday`. Raises
    PauseUnclear, PauseInPast and PauseTooFar.
    """
    until = _parse_end(_normalize(text.replace(",", " ")), today)
    if until <= today:
        raise PauseInPast
    if until > today + MAX_PAUSE:
        raise PauseTooFar
    return until


def _normalize(text: str) -> str:
    """Return the words without case and accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(each for each in parts if not unicodedata.combining(each)).split())


DURATION = re.compile(r"(?:for )?(an?|[0-9]{1,4}) (day|week)s?")
DAY_OF_MONTH = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)? ([a-z]{3,9})(?: ([0-9]{4}))?")
MONTH_AND_DAY = re.compile(r"([a-z]{3,9}) ([0-9]{1,2})(?:st|nd|rd|th)?(?: ([0-9]{4}))?")
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _parse_end(text: str, today: date) -> date:
    if not text:
        return today + DEFAULT_PAUSE
    duration = DURATION.fullmatch(text)
    if duration:
        count = int(duration[1]) if duration[1].isdigit() else 1
        return today + timedelta(days=count * (7 if duration[2] == "week" else 1))
    day = text.removeprefix("until ").removeprefix("till ")
    if day == "tomorrow":
        return today + ONE_DAY
    weekday = _find_by_prefix(day, WEEKDAYS)
    if weekday is not None:
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    return _parse_date(day, today)


def _find_by_prefix(word: str, names: tuple[str, ...]) -> int | None:
    """Return the index of the name that begins with the word, of at least three letters."""
    found = [index for index, name in enumerate(names) if name.startswith(word)]
    return found[0] if found and len(word) >= 3 else None


def _parse_date(text: str, today: date) -> date:
    try:
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
        if found := DAY_OF_MONTH.fullmatch(text):
            return _build_date(int(found[1]), found[2], found[3], today)
        if found := MONTH_AND_DAY.fullmatch(text):
            return _build_date(int(found[2]), found[1], found[3], today)
    except ValueError:
        raise PauseUnclear from None
    raise PauseUnclear


def _build_date(day: int, month: str, year: str | None, today: date) -> date:
    """Build a date; without a year, the next one of that day and month. Raises ValueError."""
    month_index = _find_by_prefix(month, MONTHS)
    if month_index is None:
        raise ValueError(month)
    if year:
        return date(int(year), month_index + 1, day)
    on = date(today.year, month_index + 1, day)
    return on if on > today else date(today.year + 1, month_index + 1, day)
