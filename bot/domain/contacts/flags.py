"""Flags: notify a PM of a great customer once, discreetly; clear the flag with its traits."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.contacts.traits import Counts, Trait, TraitEvidence, distinct_traits, is_great

QUIET_PERIOD = timedelta(days=14)


class FlagState(StrEnum):
    """The state of a flag; REFUTED is the PM's "not so"."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    REFUTED = "refuted"
    SNOOZED = "snoozed"
    CLEARED = "gone"


class FlagAction(StrEnum):
    """What a review does with a flag."""

    RAISE = "raise"
    HOLD = "hold"
    NOTIFY = "tell"
    RESUME = "resume"
    UPDATE = "update"
    CLEAR = "clear"
    NOTHING = "nothing"


class FlagReason(StrEnum):
    """The reason for a review's action; views word it."""

    TWO_TRAITS = "two_traits"
    NEW_TRAITS = "new_traits"
    SNOOZE_OVER = "snooze_over"
    NOT_NOTIFIED_YET = "not_told_yet"
    NOTIFIED_THIS_FORTNIGHT = "told_this_fortnight"
    BACK_WITHIN_A_FORTNIGHT = "back_within_a_fortnight"
    NOTIFIED = "told"
    ACKNOWLEDGED = "acknowledged"
    REFUTED = "refuted"
    SNOOZED = "snoozed"
    TOO_FEW_TRAITS = "too_few_traits"
    NOBODY_TO_NOTIFY = "nobody_to_tell"


@dataclass(frozen=True)
class Flag:
    """One customer's flag; there is one for each customer, and it stays after it is cleared.

    All times are aware UTC. `evidence` is as last seen while the flag was up. `raised_at` is when
    it was last raised, `notified_at` when the PM last got a message about this customer, for any
    raising. `answer` is what the PM said to this raising (ACKNOWLEDGED, REFUTED, SNOOZED) and
    outlives CLEARED; `refuted` are the traits that the PM said "not so" to.
    """

    customer_id: int
    state: FlagState
    evidence: tuple[TraitEvidence, ...]
    raised_at: datetime
    notified_at: datetime | None = None
    snoozed_until: datetime | None = None
    snooze_reason: str = ""
    cleared_at: datetime | None = None
    answer: FlagState | None = None
    refuted: frozenset[Trait] = frozenset()


@dataclass(frozen=True)
class FlagDecision:
    """What to do, why, and the flag to save (None: there never was one)."""

    action: FlagAction
    reason: FlagReason
    flag: Flag | None

    @property
    def notifies(self) -> bool:
        """Return whether a message to the PM is due; once it is on its way, `mark_notified`."""
        return self.action in (FlagAction.RAISE, FlagAction.NOTIFY)


@dataclass(frozen=True)
class EvidenceLine:
    """One trait of one person, with the counts that show it."""

    person_name: str
    trait: Trait
    counts: Counts


@dataclass(frozen=True)
class FlagFacts:
    """What a flag's message shows; `prospects` are names of customers to see instead."""

    id: int
    customer_id: int
    customer: str
    evidence: tuple[EvidenceLine, ...]
    prospects: tuple[str, ...] = ()


def review(
    customer_id: int, flag: Flag | None, evidence: Iterable[TraitEvidence], now: datetime
) -> FlagDecision:
    """Decide on a customer's flag, given all evidence of its people at `now` (aware).

    Source: `product.md` F3, text 000. Two traits raise a flag, and it is cleared when fewer remain.
    At most one message goes out in 14 days for each customer: a flag raised sooner is held, and the
    PM is notified when they are over, if it is still up. After that the PM is not notified again
    while it is up; new evidence only updates it. Unanswered, cleared and back, it is raised again.

    The PM's answer holds for the behaviour that it was given to, and behaviour that is back less
    than 14 days after it stopped is the same: five mails, four, five are one habit at the edge of
    the window, not two. *Acknowledged* is quiet until then, whatever is added: the PM knows. *Not
    so* denies the traits that were named, so a trait not among them raises the flag again.
    *Snoozed* is quiet up to its date, whatever comes and goes, and raised again on it if it is
    still up.
    """
    seen = tuple(sorted(evidence, key=lambda each: (each.person_id, list(Trait).index(each.trait))))
    if not is_great(seen):
        return _clear(flag, now)
    if flag is None:
        return _raise(Flag(customer_id, FlagState.RAISED, seen, now), now, FlagReason.TWO_TRAITS)
    if flag.state is FlagState.CLEARED:
        return _decide_cleared(replace(flag, evidence=seen), now)
    return _decide_raised(flag, replace(flag, evidence=seen), now)


def mark_notified(flag: Flag, now: datetime) -> Flag:
    """Return the flag after its message, which starts 14 days without another."""
    return replace(flag, notified_at=now)


def acknowledge(flag: Flag) -> Flag:
    """Return the flag after the PM said "I know"."""
    return _with_answer(flag, FlagState.ACKNOWLEDGED)


def refute(flag: Flag) -> Flag:
    """Return the flag after the PM said "not so" to the traits that it has now."""
    answered = _with_answer(flag, FlagState.REFUTED)
    return replace(answered, refuted=distinct_traits(flag.evidence))


def snooze(flag: Flag, until: datetime, reason: str) -> Flag:
    """Return the flag snoozed; `snoozed_until` is never within 14 days of its last message.

    Show the PM that time and not the one asked for: it is when the flag can be back.
    """
    earliest = flag.notified_at + QUIET_PERIOD if flag.notified_at else until
    answered = _with_answer(flag, FlagState.SNOOZED)
    return replace(answered, snoozed_until=max(until, earliest), snooze_reason=reason)


def _with_answer(flag: Flag, answer: FlagState) -> Flag:
    """Replace an older answer by a newer one; a cleared flag stays cleared until it is back."""
    state = FlagState.CLEARED if flag.state is FlagState.CLEARED else answer
    return replace(
        flag, state=state, answer=answer, snoozed_until=None, snooze_reason="", refuted=frozenset()
    )


def _clear(flag: Flag | None, now: datetime) -> FlagDecision:
    if flag is None or flag.state is FlagState.CLEARED:
        return FlagDecision(FlagAction.NOTHING, FlagReason.TOO_FEW_TRAITS, flag)
    cleared = replace(flag, state=FlagState.CLEARED, cleared_at=now)
    return FlagDecision(FlagAction.CLEAR, FlagReason.TOO_FEW_TRAITS, cleared)


def _decide_cleared(flag: Flag, now: datetime) -> FlagDecision:
    if flag.answer is FlagState.SNOOZED and _is_snoozed(flag, now):
        return _resume(flag, FlagReason.SNOOZED)
    is_same_behaviour = flag.cleared_at is not None and now - flag.cleared_at < QUIET_PERIOD
    if not is_same_behaviour or flag.answer not in (FlagState.ACKNOWLEDGED, FlagState.REFUTED):
        return _raise(flag, now, FlagReason.TWO_TRAITS)
    if flag.answer is FlagState.REFUTED and _find_new_traits(flag) and _may_notify(flag, now):
        return _raise(flag, now, FlagReason.NEW_TRAITS)
    return _resume(flag, FlagReason.BACK_WITHIN_A_FORTNIGHT)


def _decide_raised(before: Flag, flag: Flag, now: datetime) -> FlagDecision:
    if flag.state is FlagState.ACKNOWLEDGED:
        return _update(before, flag, FlagReason.ACKNOWLEDGED)
    if flag.state is FlagState.REFUTED:
        return _decide_refuted(before, flag, now)
    if flag.state is FlagState.SNOOZED and _is_snoozed(flag, now):
        return _update(before, flag, FlagReason.SNOOZED)
    if flag.state is FlagState.SNOOZED:
        return _raise(flag, now, FlagReason.SNOOZE_OVER)
    if flag.notified_at is not None and flag.notified_at >= flag.raised_at:
        return _update(before, flag, FlagReason.NOTIFIED)
    if not _may_notify(flag, now):
        return _update(before, flag, FlagReason.NOTIFIED_THIS_FORTNIGHT)
    return FlagDecision(FlagAction.NOTIFY, FlagReason.NOT_NOTIFIED_YET, flag)


def _decide_refuted(before: Flag, flag: Flag, now: datetime) -> FlagDecision:
    # The PM's "not so" holds until they may be notified: a trait that comes and goes before that
    # doesn't count.
    if not _find_new_traits(flag):
        return _update(before, flag, FlagReason.REFUTED)
    if not _may_notify(flag, now):
        return _update(before, flag, FlagReason.NOTIFIED_THIS_FORTNIGHT)
    return _raise(flag, now, FlagReason.NEW_TRAITS)


def _raise(flag: Flag, now: datetime, reason: FlagReason) -> FlagDecision:
    raised = Flag(flag.customer_id, FlagState.RAISED, flag.evidence, now, flag.notified_at)
    if not _may_notify(flag, now):
        return FlagDecision(FlagAction.HOLD, FlagReason.NOTIFIED_THIS_FORTNIGHT, raised)
    return FlagDecision(FlagAction.RAISE, reason, raised)


def _resume(flag: Flag, reason: FlagReason) -> FlagDecision:
    state = flag.answer or FlagState.RAISED
    return FlagDecision(FlagAction.RESUME, reason, replace(flag, state=state, cleared_at=None))


def _update(before: Flag, flag: Flag, reason: FlagReason) -> FlagDecision:
    return FlagDecision(FlagAction.NOTHING if flag == before else FlagAction.UPDATE, reason, flag)


def _is_snoozed(flag: Flag, now: datetime) -> bool:
    return flag.snoozed_until is not None and now < flag.snoozed_until


def _may_notify(flag: Flag, now: datetime) -> bool:
    return flag.notified_at is None or now - flag.notified_at >= QUIET_PERIOD


def _find_new_traits(flag: Flag) -> frozenset[Trait]:
    return distinct_traits(flag.evidence) - flag.refuted
