"""Surveys: how often a person is asked, how long a link is valid, and in which language."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.working_time import ONE_DAY, local_date, to_instant

# A person is asked at most once in this time, whichever PM asks (`product.md` G).
MIN_SURVEY_GAP = timedelta(days=90)
LINK_LIFETIME = timedelta(days=30)
WHY_LENGTH = 2000
KEY_LENGTH = 22
MIN_SCORE, MAX_SCORE = 0, 10
# Browsers name a handful; the rest of a longer list is ignored.
MAX_PREFERENCES = 20
QUALITY_PATTERN = re.compile(r"q=(1(?:\.0{0,3})?|0(?:\.[0-9]{0,3})?)", re.IGNORECASE)


class Language(StrEnum):
    """A language in which customers are asked."""

    ENGLISH = "en"
    GERMAN = "de"
    SPANISH = "es"
    FRENCH = "fr"


@dataclass(frozen=True)
class SurveyAnswer:
    """A person's answer: 0 to 10, why ("" for nothing), and whether we may call them."""

    score: int
    why: str
    may_call: bool


@dataclass(frozen=True)
class Survey:
    """A survey sent to a person; instants are aware UTC, and `key` identifies its link.

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
    answer: SurveyAnswer | None = None

    def is_open(self, now: datetime) -> bool:
        """Return whether it can still be answered."""
        return self.answer is None and now < self.expires_at


@dataclass(frozen=True)
class SurveyDraft:
    """The person to ask, by id or by a name to add at the customer; and in which language."""

    customer_id: int
    person_id: int | None
    new_person: str
    language: Language


@dataclass(frozen=True)
class SurveyLink:
    """A link for a person to answer, and what the message around it says.

    `pm` is the name of the PM who asks, "" if unknown; `last_day` is the last day of the link.
    """

    person: str
    customer: str
    pm: str
    language: Language
    link: str
    last_day: date
    today: date
    repeated: bool = False


@dataclass(frozen=True)
class AlreadyAsked:
    """A person who was asked before; `asked_by` is "" for the PM who asks now, `on` a local date.

    They can be asked again at `free_at` (aware UTC), which is shown in `zone`.
    """

    person: str
    asked_by: str
    on: date
    today: date
    answered: bool
    free_at: datetime
    zone: str


def last_link_day(now: datetime, zone: str) -> date:
    """Return the last local date on which a link that is made now can be used."""
    return local_date(now, zone) + LINK_LIFETIME


def link_expires_at(now: datetime, zone: str) -> datetime:
    """Return when a link that is made now ends (UTC): the end of its last local date."""
    return to_instant(last_link_day(now, zone) + ONE_DAY, time(), zone)


def negotiate_language(accept_language: str) -> Language:
    """Return the language for a browser's Accept-Language; English if it names none of ours.

    By q-values (RFC 9110, 12.5.4); of equals the one that is named first.
    """
    preferences = [each for each in _parse_preferences(accept_language) if each[0] > 0]
    return max(preferences, key=lambda each: each[0], default=(0.0, Language.ENGLISH))[1]


def _parse_preferences(accept_language: str) -> Iterator[tuple[float, Language]]:
    for each in accept_language.split(",")[:MAX_PREFERENCES]:
        tag, _, weight = each.partition(";")
        primary = tag.strip().lower().partition("-")[0]
        quality = QUALITY_PATTERN.fullmatch(weight.strip()) if weight.strip() else None
        if weight.strip() and quality is None:
            continue
        if primary in list(Language):
            yield float(quality[1]) if quality else 1.0, Language(primary)
