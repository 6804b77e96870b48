"""Away: whether a Slack status means a vacation, for how long, and until when a message waits."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.working_time import ONE_DAY, local_date

# A status that says no end is believed for so long: one that was forgotten silences nobody.
BELIEVED_FOR = timedelta(days=28)
# Slack lets "today" end with the last second of the day.
LAST_MINUTE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(days=366)
USUAL_PAUSE = timedelta(days=7)


class Cause(StrEnum):
    """Why somebody is away."""

    PAUSE = "pause"
    VACATION = "vacation"


class PauseRefused(ValueError):
    """A pause cannot last until then."""


class PauseUnclear(PauseRefused):
    """It does not say until when."""


class PauseInPast(PauseRefused):
    """That day has come already."""


class PauseTooFar(PauseRefused):
    """That day is more than a year ahead."""


@dataclass(frozen=True)
class Status:
    """A status in Slack: the emoji's name in colons, the text, and when it ends if it says so."""

    emoji: str = ""
    text: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Span:
    """A stretch of time, from one aware instant up to another."""

    since: datetime
    until: datetime

    def holds(self, at: datetime) -> bool:
        """Whether an instant lies in it."""
        return self.since <= at < self.until


EMOJI = frozenset(
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
WORDS = (
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
# Palms and planes stand for work too, and a vacation can be over or to come.
AT_WORK = (
    r"work(ing|s)?|remote(ly)?|wfh|home ?office|arbeite[nt]?|trabaj\w*|teletrabajo|teletravail",
    r"back from|before|planning|zuruck aus|vor dem|de vuelta de|antes de|de retour de|avant",
)
SAYS_AWAY = re.compile(rf"\b({'|'.join(WORDS)})\b")
SAYS_AT_WORK = re.compile(rf"\b({'|'.join(AT_WORK)})\b")


def is_vacation(status: Status) -> bool:
    """Whether somebody with this status is not at work (in English, German, Spanish, French)."""
    said = _bare(status.text)
    if SAYS_AT_WORK.search(said):
        return False
    name = status.emoji.strip(":").partition("::")[0]
    return name in EMOJI or SAYS_AWAY.search(said) is not None


def away(status: Status, now: datetime, known: Span | None) -> Span | None:
    """When somebody with this status is away; None for a status of another kind.

    `known` is what was made of their status before: a vacation that stands goes on since then. The
    span may be over: then the status was forgotten.
    """
    if not is_vacation(status):
        return None
    since = known.since if known else now
    return Span(since, status.expires_at or since + BELIEVED_FOR)


def first_day_back(span: Span, zone: str) -> date:
    """The local date on which somebody who was away is back."""
    return local_date(span.until + LAST_MINUTE, zone)


def waits_until(spans: Iterable[Span], now: datetime) -> datetime | None:
    """The first instant from `now` on that lies in no span; None if that is now."""
    until, kept = now, tuple(spans)
    while held := [each.until for each in kept if each.holds(until)]:
        until = max(held)
    return until if until > now else None


def paused_until(words: str, today: date) -> date:
    """The first day back of a pause told in words; a week when there are none.

    Such as `3 days`, `2 weeks`, `until 2026-03-20`, `until 20 March`, `until Monday`. Raises
    PauseUnclear, PauseInPast and PauseTooFar.
    """
    until = _spoken(_bare(words.replace(",", " ")), today)
    if until <= today:
        raise PauseInPast
    if until > today + LONGEST_PAUSE:
        raise PauseTooFar
    return until


def _bare(text: str) -> str:
    """The words without case and accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(each for each in parts if not unicodedata.combining(each)).split())


LENGTH = re.compile(r"(?:for )?(an?|[0-9]{1,4}) (day|week)s?")
DAY_OF_MONTH = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)? ([a-z]{3,9})(?: ([0-9]{4}))?")
MONTH_AND_DAY = re.compile(r"([a-z]{3,9}) ([0-9]{1,2})(?:st|nd|rd|th)?(?: ([0-9]{4}))?")
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _spoken(words: str, today: date) -> date:
    if not words:
        return today + USUAL_PAUSE
    length = LENGTH.fullmatch(words)
    if length:
        count = int(length[1]) if length[1].isdigit() else 1
        return today + timedelta(days=count * (7 if length[2] == "week" else 1))
    day = words.removeprefix("until ").removeprefix("till ")
    if day == "tomorrow":
        return today + ONE_DAY
    weekday = _place(day, WEEKDAYS)
    if weekday is not None:
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    return _date(day, today)


def _place(word: str, names: tuple[str, ...]) -> int | None:
    """Which name is meant by it or by its first letters, at least three."""
    found = [place for place, name in enumerate(names) if name.startswith(word)]
    return found[0] if found and len(word) >= 3 else None


def _date(words: str, today: date) -> date:
    try:
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", words):
            return date.fromisoformat(words)
        if found := DAY_OF_MONTH.fullmatch(words):
            return _dated(int(found[1]), found[2], found[3], today)
        if found := MONTH_AND_DAY.fullmatch(words):
            return _dated(int(found[2]), found[1], found[3], today)
    except ValueError:
        raise PauseUnclear from None
    raise PauseUnclear


def _dated(day: int, month: str, year: str | None, today: date) -> date:
    """The date; without a year the next one of that name. Raises ValueError."""
    place = _place(month, MONTHS)
    if place is None:
        raise ValueError(month)
    if year:
        return date(int(year), place + 1, day)
    on = date(today.year, place + 1, day)
    return on if on > today else date(today.year + 1, place + 1, day)
