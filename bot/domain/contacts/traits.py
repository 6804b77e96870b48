"""Contacts: events in which a person contacted staff, and the traits that they add up to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from math import ceil

from bot.domain.working_time import local_date, to_instant

WINDOW = timedelta(days=28)
WEEKS = WINDOW // timedelta(days=7)
BETAS_COUNTED = 2
INVITATIONS_COUNTED = 3
TRAITS_FOR_A_FLAG = 2
NOON = time(12)


class Channel(StrEnum):
    """How a person contacted staff (`product.md`, Words: contact)."""

    MAIL = "mail"
    CELL_CALL = "cell_call"
    OFFICE_CALL = "office_call"
    SUPPORT_CALL = "support_call"
    FORUM_THREAD = "forum_thread"
    FORUM_COMMENT = "forum_comment"
    BETA_SIGN_UP = "beta_sign_up"
    MESSAGE = "message"


@dataclass(frozen=True)
class Contact:
    """One contact. `at` is aware UTC; `to_support` says whether `staff_id` is support staff."""

    person_id: int
    channel: Channel
    at: datetime
    staff_id: str | None = None
    to_support: bool = False
    subject: str = ""
    thread: str = ""


class Trait(StrEnum):
    """The five signs of a great customer (`product.md` F2, text 000)."""

    MAIL = "mail"
    CELL = "cell"
    SUPPORT = "support"
    FORUM = "forum"
    BETA = "beta"


class Measure(StrEnum):
    """What a number in `TraitEvidence` counts; views word it."""

    MAILS = "mails"
    CELL_CALLS = "cell_calls"
    SUPPORT_CALLS = "support_calls"
    THREADS_STARTED = "threads_started"
    THREADS_COMMENTED = "threads_commented"
    BETAS = "betas"
    INVITATIONS = "invitations"


Counts = tuple[tuple[Measure, int], ...]


@dataclass(frozen=True)
class Thresholds:
    """The numbers from which a habit is a trait; one set per workspace (`product.md` F2).

    Mails must be *more* than `mails_a_week` on average over the window, the others *at least* the
    number given. `beta_share` is the part of a beta's sign-ups that is first in line, above 0 and
    up to 1; `beta_days` is how soon an invitation must be accepted. Raises `ValueError` for a
    number that would give the trait to people who did nothing.
    """

    mails_a_week: int = 1
    cell_calls: int = 4
    support_calls: int = 2
    threads_started: int = 8
    threads_commented: int = 14
    beta_share: float = 0.1
    beta_days: int = 2

    def __post_init__(self) -> None:
        least = (self.cell_calls, self.support_calls, self.threads_started, self.threads_commented)
        if min(least) < 1 or self.mails_a_week < 0 or self.beta_days < 0:
            raise ValueError("a threshold is below what a person does without doing anything")
        if not 0 < self.beta_share <= 1:
            raise ValueError("beta_share lies above 0 and up to 1")


@dataclass(frozen=True)
class BetaSignUp:
    """What one person did about one beta: signed up, was invited, or both. All times aware UTC.

    `opened_at` is the beta's announcement or first sign-up and puts the betas in order.
    `signed_up_at` and `position` (from 1, among the beta's sign-ups) are None for an invitation
    that was not accepted; `sign_ups` is how many the beta has by now.
    """

    beta_id: int
    opened_at: datetime
    person_id: int
    signed_up_at: datetime | None
    position: int | None
    sign_ups: int
    invited_at: datetime | None = None


@dataclass(frozen=True)
class TraitEvidence:
    """One trait of one person, with the numbers that show it."""

    person_id: int
    trait: Trait
    counts: Counts

    def count(self, measure: Measure) -> int:
        """Return the number of `measure`; 0 if this evidence does not count it."""
        return dict(self.counts).get(measure, 0)


def estimate_time(on: date, now: datetime, zone: str) -> datetime:
    """Return the instant (UTC) of a contact known only by local date: now if today, else noon."""
    return now if on == local_date(now, zone) else to_instant(on, NOON, zone)


def find_traits(
    person_id: int,
    has_cell: bool,
    contacts: Iterable[Contact],
    sign_ups: Iterable[BetaSignUp],
    now: datetime,
    thresholds: Thresholds,
) -> tuple[TraitEvidence, ...]:
    """Return the traits that a person shows at `now` (aware), in the order of `Trait`.

    Source: `product.md` F2, text 000. Contacts count in the window (now - 28 days, now]; those of
    other people are ignored. Include threads that the person started before the window: a comment
    in one's own thread never counts as helping in another.

    Betas are not bound to the window: with a few a year, "each of the last two" would never be met
    inside 28 days. The last two betas and the last three invitations count whatever their age. A
    flag is still cleared with the behaviour, because this is the only trait that can outlast the
    window and a flag needs two. `sign_ups` holds at least the person's own rows and one sign-up of
    each of the workspace's last two betas, to show which of them the person skipped.
    """
    past = [each for each in contacts if each.person_id == person_id and each.at <= now]
    recent = [each for each in past if each.at > now - WINDOW]
    counts_by_trait: Mapping[Trait, Counts] = {
        Trait.MAIL: _count_mails(recent, thresholds),
        Trait.CELL: _count_cell_calls(recent, thresholds) if has_cell else (),
        Trait.SUPPORT: _count_support_calls(recent, thresholds),
        Trait.FORUM: _count_forum(recent, past, thresholds),
        Trait.BETA: _count_betas(person_id, tuple(sign_ups), now, thresholds),
    }
    return tuple(
        TraitEvidence(person_id, trait, counts)
        for trait, counts in counts_by_trait.items()
        if counts
    )


def distinct_traits(evidence: Iterable[TraitEvidence]) -> frozenset[Trait]:
    """Return the traits of a customer: those of its people, each once."""
    return frozenset(each.trait for each in evidence)


def is_great(evidence: Iterable[TraitEvidence]) -> bool:
    """Return whether a customer's people together show two traits or more.

    Source: `product.md` F2, text 000.
    """
    return len(distinct_traits(evidence)) >= TRAITS_FOR_A_FLAG


def _count_mails(recent: list[Contact], thresholds: Thresholds) -> Counts:
    mails = sum(each.channel is Channel.MAIL for each in recent)
    return ((Measure.MAILS, mails),) if mails > thresholds.mails_a_week * WEEKS else ()


def _count_cell_calls(recent: list[Contact], thresholds: Thresholds) -> Counts:
    calls = sum(each.channel is Channel.CELL_CALL for each in recent)
    return ((Measure.CELL_CALLS, calls),) if calls >= thresholds.cell_calls else ()


def _count_support_calls(recent: list[Contact], thresholds: Thresholds) -> Counts:
    calls = sum(each.channel is Channel.SUPPORT_CALL and not each.to_support for each in recent)
    return ((Measure.SUPPORT_CALLS, calls),) if calls >= thresholds.support_calls else ()


def _count_forum(recent: list[Contact], past: list[Contact], thresholds: Thresholds) -> Counts:
    started = _find_threads(recent, Channel.FORUM_THREAD)
    # A thread without a name is still a thread; a comment without one may be in the person's own.
    nameless = sum(each.channel is Channel.FORUM_THREAD and not each.thread for each in recent)
    others = _find_threads(recent, Channel.FORUM_COMMENT) - _find_threads(
        past, Channel.FORUM_THREAD
    )
    counts = (len(started) + nameless, len(others))
    if counts[0] < thresholds.threads_started or counts[1] < thresholds.threads_commented:
        return ()
    return ((Measure.THREADS_STARTED, counts[0]), (Measure.THREADS_COMMENTED, counts[1]))


def _find_threads(contacts: list[Contact], channel: Channel) -> set[str]:
    return {each.thread for each in contacts if each.channel is channel and each.thread}


def _count_betas(
    person_id: int, sign_ups: tuple[BetaSignUp, ...], now: datetime, thresholds: Thresholds
) -> Counts:
    own = [each for each in sign_ups if each.person_id == person_id]
    found = []
    if _is_first_in_line(own, _find_last_betas(sign_ups, now), now, thresholds):
        found.append((Measure.BETAS, BETAS_COUNTED))
    if _accepts_promptly(own, now, thresholds):
        found.append((Measure.INVITATIONS, INVITATIONS_COUNTED))
    return tuple(found)


def _find_last_betas(sign_ups: Iterable[BetaSignUp], now: datetime) -> list[int]:
    """Return the newest betas with a sign-up: no one can be late for one without."""
    opened = {(each.opened_at, each.beta_id) for each in sign_ups if _signed_up(each, now)}
    return [beta_id for _, beta_id in sorted(opened)[-BETAS_COUNTED:]]


def _is_first_in_line(
    own: list[BetaSignUp], betas: list[int], now: datetime, thresholds: Thresholds
) -> bool:
    # As written, not as stored: 100 times the float 0.07 is a little over 7, with a ceiling of 8.
    share = Fraction(str(thresholds.beta_share))
    first = {
        each.beta_id
        for each in own
        if _signed_up(each, now) and each.position and each.position <= ceil(each.sign_ups * share)
    }
    return len(betas) == BETAS_COUNTED and first.issuperset(betas)


def _accepts_promptly(own: list[BetaSignUp], now: datetime, thresholds: Thresholds) -> bool:
    """Return whether each of the last invitations was accepted in time; open ones don't count."""
    days = timedelta(days=thresholds.beta_days)
    invited = []
    for each in own:
        if each.invited_at is None:
            continue
        accepted_at = each.signed_up_at if _signed_up(each, now) else None
        late = (accepted_at or now) - each.invited_at > days
        if accepted_at or late:
            invited.append((each.invited_at, each.beta_id, not late))
    last = sorted(invited)[-INVITATIONS_COUNTED:]
    return len(last) == INVITATIONS_COUNTED and all(in_time for _, _, in_time in last)


def _signed_up(row: BetaSignUp, now: datetime) -> bool:
    return row.signed_up_at is not None and row.signed_up_at <= now
