"""What an operator may ask to have explained, and the facts that answer."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.domain.nudges.away import AbsenceCause
from bot.domain.nudges.rules import NudgeReason, NudgeStep

# Such as https://acme.slack.com/archives/C0123/p1700000000123456, with what follows it left out.
LINK = re.compile(r"https://[^/\s]+/archives/([A-Z0-9]+)/p(\d+)(\d{6})(?:[?#].*)?")
PLACE = re.compile(r"([CDG][A-Z0-9]+):(\d+\.\d{6})")
OUTBOX_ID = re.compile(r"[0-9a-f]{32}")
REFERENCE = re.compile(r"[0-9a-f]{8}")
USER = re.compile(r"<?@?([UW][A-Z0-9]{6,})(?:\|[^>]*)?>?")
YEARS = range(2000, 2100)


@dataclass(frozen=True)
class ReferenceTarget:
    """The reference that someone was shown with an error."""

    reference: str


@dataclass(frozen=True)
class MessageTarget:
    """A message of the outbox: by its id, or by its conversation's id and timestamp there."""

    outbox_id: str = ""
    channel: str = ""
    ts: str = ""


@dataclass(frozen=True)
class PersonTarget:
    """A person, by user id or by what they are called, and a local date; None is today."""

    user_id: str = ""
    name: str = ""
    on: date | None = None


@dataclass(frozen=True)
class MessageHistory:
    """What has become of an outbox message; instants are aware UTC.

    `summary` says why messages of its kind are sent; `is_late` that it could have left by now and
    hasn't; `revision` counts the changes of what it shows; `remedy` is "" if nothing is wrong.
    """

    id: str
    kind: str
    summary: str
    destination: str
    state: str
    reason: str
    created_at: datetime
    due_at: datetime
    next_at: datetime
    attempts: int
    first_attempt_at: datetime | None
    sent_at: datetime | None
    channel: str
    ts: str
    revision: int
    is_late: bool
    remedy: str


@dataclass(frozen=True)
class NudgeStanding:
    """What decides a PM's next nudge, as of now; dates are the PM's local ones."""

    due_on: date
    next_nudge_at: datetime | None
    step: NudgeStep
    reason: NudgeReason
    away: AbsenceCause | None
    back_on: date | None
    booked_on: date | None
    awaiting_debrief_of: date | None


@dataclass(frozen=True)
class DayHistory:
    """A person's day, of which `nudge` is the message that was planned for it.

    `standing` is None for someone who isn't a PM, `absence` what they were away for, `day_off`
    whether they don't work then, as their settings are now. `nudged_before` and `nudged_after` are
    the dates of the nearest nudges, `visited_on` that of the last visit up to then, `booked_on`
    that of the next one from then on. `is_missing` if a nudge was planned and isn't in the outbox.
    """

    workspace_id: str
    user_id: str
    zone: str
    on: date
    today: date
    joined_on: date | None = None
    standing: NudgeStanding | None = None
    nudge: MessageHistory | None = None
    step: NudgeStep | None = None
    answer: str = ""
    absence: AbsenceCause | None = None
    day_off: bool = False
    nudged_before: date | None = None
    nudged_after: date | None = None
    visited_on: date | None = None
    booked_on: date | None = None
    is_missing: bool = False
    remedy: str = ""
    messages: Sequence[MessageHistory] = ()


@dataclass(frozen=True)
class LogLine:
    """A line of the log: its event and those fields that name no one and quote nothing.

    `errors` are the error and its causes, each with its code and where it was raised.
    """

    at: datetime
    event: str
    fields: Mapping[str, str] = field(default_factory=dict)
    errors: Sequence[str] = ()


Target = ReferenceTarget | MessageTarget | PersonTarget


def parse_target(text: str, day: str | None) -> Target | None:
    """Return what is to be explained; None if it's none of the three, or the day isn't a date."""
    typed = text.strip()
    if day is not None:
        on = _parse_date(day)
        return _parse_person(typed, on) if on else None
    if REFERENCE.fullmatch(typed.lower()):
        return ReferenceTarget(typed.lower())
    if OUTBOX_ID.fullmatch(typed.lower()):
        return MessageTarget(outbox_id=typed.lower())
    if link := LINK.fullmatch(typed):
        return MessageTarget(channel=link[1], ts=f"{link[2]}.{link[3]}")
    if place := PLACE.fullmatch(typed):
        return MessageTarget(channel=place[1], ts=place[2])
    return _parse_person(typed, None)


def _parse_person(typed: str, on: date | None) -> PersonTarget | None:
    if user := USER.fullmatch(typed):
        return PersonTarget(user_id=user[1], on=on)
    name = typed.removeprefix("@").strip()
    return PersonTarget(name=name, on=on) if typed.startswith("@") and name else None


def _parse_date(text: str) -> date | None:
    try:
        on = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return on if on.year in YEARS else None
