"""Flags: a great customer is told to its PM once, discreetly, and the flag goes as it came."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.contacts.traits import Evidence, Trait, distinct, great

FORTNIGHT = timedelta(days=14)


class FlagState(StrEnum):
    """Where a flag is in its life; REFUTED is the PM's "not so"."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    REFUTED = "refuted"
    SNOOZED = "snoozed"
    GONE = "gone"


class Move(StrEnum):
    """What a review does with a flag."""

    RAISE = "raise"
    HOLD = "hold"
    TELL = "tell"
    RESUME = "resume"
    UPDATE = "update"
    CLEAR = "clear"
    NOTHING = "nothing"


class Reason(StrEnum):
    """Why a review moved so; views word it."""

    TWO_TRAITS = "two_traits"
    NEW_TRAITS = "new_traits"
    SNOOZE_OVER = "snooze_over"
    NOT_TOLD_YET = "not_told_yet"
    TOLD_THIS_FORTNIGHT = "told_this_fortnight"
    BACK_WITHIN_A_FORTNIGHT = "back_within_a_fortnight"
    TOLD = "told"
    ACKNOWLEDGED = "acknowledged"
    REFUTED = "refuted"
    SNOOZED = "snoozed"
    TOO_FEW_TRAITS = "too_few_traits"
    NOBODY_TO_TELL = "nobody_to_tell"


@dataclass(frozen=True)
class Flag:
    """One customer's flag; there is one for each customer and it is kept after it has gone.

    All times are aware UTC. `evidence` is as last seen while the flag stood. `raised_at` is when
    it was last raised, `told_at` when the PM last got a message about this customer, whichever
    raising it was for. `answer` is what the PM said to this raising (ACKNOWLEDGED, REFUTED,
    SNOOZED) and outlives GONE; `refuted` are the traits that "not so" was said to.
    """

    customer_id: int
    state: FlagState
    evidence: tuple[Evidence, ...]
    raised_at: datetime
    told_at: datetime | None = None
    snoozed_until: datetime | None = None
    snooze_reason: str = ""
    gone_at: datetime | None = None
    answer: FlagState | None = None
    refuted: frozenset[Trait] = frozenset()


@dataclass(frozen=True)
class Decision:
    """What to do, why, and the flag as it is to be kept (None: there never was one)."""

    move: Move
    reason: Reason
    flag: Flag | None

    @property
    def tells(self) -> bool:
        """Whether a message to the PM is due; `told` marks the flag once it is on its way."""
        return self.move in (Move.RAISE, Move.TELL)


def review(
    customer_id: int, flag: Flag | None, evidence: Iterable[Evidence], now: datetime
) -> Decision:
    """What becomes of a customer's flag, given all evidence of its people at `now` (aware).

    Source: `product.md` F3, text 000. Two traits raise a flag and it goes when fewer remain.
    At most one message goes out in 14 days for each customer: a flag raised sooner is held and
    told when they are over, if it still stands. Once told, it is not told again while it stands;
    new evidence only updates it. Unanswered, gone and back, it is raised anew.

    What the PM answered holds for the behaviour that it was given to, and behaviour that is back
    less than 14 days after it went is the same: five mails, four, five are one habit at the edge
    of the window, not two. *Acknowledged* is quiet until then, whatever joins: the PM knows.
    *Not so* denies the traits that were named, so a trait not among them raises the flag again.
    *Snoozed* is quiet up to its date, come and go what may, and raised again on it if it stands.
    """
    seen = tuple(sorted(evidence, key=lambda each: (each.person_id, list(Trait).index(each.trait))))
    if not great(seen):
        return _cleared(flag, now)
    if flag is None:
        return _raised(Flag(customer_id, FlagState.RAISED, seen, now), now, Reason.TWO_TRAITS)
    if flag.state is FlagState.GONE:
        return _returned(replace(flag, evidence=seen), now)
    return _standing(flag, replace(flag, evidence=seen), now)


def told(flag: Flag, now: datetime) -> Flag:
    """The flag after its message, which starts the fortnight of silence."""
    return replace(flag, told_at=now)


def acknowledge(flag: Flag) -> Flag:
    """The flag after the PM said "I know"."""
    return _answered(flag, FlagState.ACKNOWLEDGED)


def refute(flag: Flag) -> Flag:
    """The flag after the PM said "not so" to the traits that it has now."""
    answered = _answered(flag, FlagState.REFUTED)
    return replace(answered, refuted=distinct(flag.evidence))


def snooze(flag: Flag, until: datetime, reason: str) -> Flag:
    """The flag asleep; `snoozed_until` is never inside the fortnight after its last message.

    Show the PM that time and not the one asked for: it is when the flag can be back.
    """
    earliest = flag.told_at + FORTNIGHT if flag.told_at else until
    answered = _answered(flag, FlagState.SNOOZED)
    return replace(answered, snoozed_until=max(until, earliest), snooze_reason=reason)


def _answered(flag: Flag, answer: FlagState) -> Flag:
    """A newer answer replaces an older one; an answer to a flag already gone waits for it."""
    state = FlagState.GONE if flag.state is FlagState.GONE else answer
    return replace(
        flag, state=state, answer=answer, snoozed_until=None, snooze_reason="", refuted=frozenset()
    )


def _cleared(flag: Flag | None, now: datetime) -> Decision:
    if flag is None or flag.state is FlagState.GONE:
        return Decision(Move.NOTHING, Reason.TOO_FEW_TRAITS, flag)
    gone = replace(flag, state=FlagState.GONE, gone_at=now)
    return Decision(Move.CLEAR, Reason.TOO_FEW_TRAITS, gone)


def _returned(flag: Flag, now: datetime) -> Decision:
    if flag.answer is FlagState.SNOOZED and _asleep(flag, now):
        return _resumed(flag, Reason.SNOOZED)
    same = flag.gone_at is not None and now - flag.gone_at < FORTNIGHT
    if not same or flag.answer not in (FlagState.ACKNOWLEDGED, FlagState.REFUTED):
        return _raised(flag, now, Reason.TWO_TRAITS)
    if flag.answer is FlagState.REFUTED and _new_traits(flag) and _may_tell(flag, now):
        return _raised(flag, now, Reason.NEW_TRAITS)
    return _resumed(flag, Reason.BACK_WITHIN_A_FORTNIGHT)


def _standing(before: Flag, flag: Flag, now: datetime) -> Decision:
    if flag.state is FlagState.ACKNOWLEDGED:
        return _kept(before, flag, Reason.ACKNOWLEDGED)
    if flag.state is FlagState.REFUTED:
        return _refuted(before, flag, now)
    if flag.state is FlagState.SNOOZED and _asleep(flag, now):
        return _kept(before, flag, Reason.SNOOZED)
    if flag.state is FlagState.SNOOZED:
        return _raised(flag, now, Reason.SNOOZE_OVER)
    if flag.told_at is not None and flag.told_at >= flag.raised_at:
        return _kept(before, flag, Reason.TOLD)
    if not _may_tell(flag, now):
        return _kept(before, flag, Reason.TOLD_THIS_FORTNIGHT)
    return Decision(Move.TELL, Reason.NOT_TOLD_YET, flag)


def _refuted(before: Flag, flag: Flag, now: datetime) -> Decision:
    # Until it can be told the PM's "not so" stands: a trait that comes and goes meanwhile is none.
    if not _new_traits(flag):
        return _kept(before, flag, Reason.REFUTED)
    if not _may_tell(flag, now):
        return _kept(before, flag, Reason.TOLD_THIS_FORTNIGHT)
    return _raised(flag, now, Reason.NEW_TRAITS)


def _raised(flag: Flag, now: datetime, reason: Reason) -> Decision:
    raised = Flag(flag.customer_id, FlagState.RAISED, flag.evidence, now, flag.told_at)
    if not _may_tell(flag, now):
        return Decision(Move.HOLD, Reason.TOLD_THIS_FORTNIGHT, raised)
    return Decision(Move.RAISE, reason, raised)


def _resumed(flag: Flag, reason: Reason) -> Decision:
    state = flag.answer or FlagState.RAISED
    return Decision(Move.RESUME, reason, replace(flag, state=state, gone_at=None))


def _kept(before: Flag, flag: Flag, reason: Reason) -> Decision:
    return Decision(Move.NOTHING if flag == before else Move.UPDATE, reason, flag)


def _asleep(flag: Flag, now: datetime) -> bool:
    return flag.snoozed_until is not None and now < flag.snoozed_until


def _may_tell(flag: Flag, now: datetime) -> bool:
    return flag.told_at is None or now - flag.told_at >= FORTNIGHT


def _new_traits(flag: Flag) -> frozenset[Trait]:
    return distinct(flag.evidence) - flag.refuted
