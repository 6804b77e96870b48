"""Surveys: how often a person is asked, how long a link is good, and in which language."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.working_time import ONE_DAY, instant, local_date

# A person is asked at most once in this time, whoever asks (`product.md` G).
APART = timedelta(days=90)
GOOD_FOR = timedelta(days=30)
WHY_LENGTH = 2000
KEY_LENGTH = 22
WORST, BEST = 0, 10
# Browsers name a handful; whoever names hundreds is not read to the end.
PREFERENCES = 20
QUALITY = re.compile(r"q=(1(?:\.0{0,3})?|0(?:\.[0-9]{0,3})?)", re.IGNORECASE)


class Language(StrEnum):
    """The languages in which customers are asked."""

    ENGLISH = "en"
    GERMAN = "de"
    SPANISH = "es"
    FRENCH = "fr"


@dataclass(frozen=True)
class Answer:
    """What a person has answered: 0 to 10, why ("" for nothing), and whether we may call them."""

    score: int
    why: str
    may_call: bool


@dataclass(frozen=True)
class Survey:
    """A question to a person; instants are aware UTC, and its link is known by `key`.

    `answer` is None until there is one, and so is `answered_at`.
    """

    id: int
    key: str
    customer_id: int
    person_id: int
    pm_id: str
    language: Language
    asked_at: datetime
    expires_at: datetime
    answered_at: datetime | None = None
    answer: Answer | None = None

    def open_at(self, now: datetime) -> bool:
        """Whether it can still be answered."""
        return self.answer is None and now < self.expires_at


def last_day(now: datetime, zone: str) -> date:
    """The last local date on which a link that is made now can be used."""
    return local_date(now, zone) + GOOD_FOR


def expires(now: datetime, zone: str) -> datetime:
    """The instant (UTC) at which a link that is made now ends: the end of its last local date."""
    return instant(last_day(now, zone) + ONE_DAY, time(), zone)


def language(accepted: str) -> Language:
    """The language for somebody whose browser sends this Accept-Language; English for others.

    By q-values (RFC 9110, 12.5.4); of equals the one that is named first.
    """
    named = [each for each in _preferences(accepted) if each[0] > 0]
    return max(named, key=lambda each: each[0], default=(0.0, Language.ENGLISH))[1]


def _preferences(accepted: str) -> Iterator[tuple[float, Language]]:
    for each in accepted.split(",")[:PREFERENCES]:
        tag, _, weight = each.partition(";")
        primary = tag.strip().lower().partition("-")[0]
        quality = QUALITY.fullmatch(weight.strip()) if weight.strip() else None
        if weight.strip() and quality is None:
            continue
        if primary in list(Language):
            yield float(quality[1]) if quality else 1.0, Language(primary)
