"""The life of a flag: raised once, sent at most once a fortnight, cleared with the behaviour."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.contacts.flags import (
    QUIET_PERIOD,
    Flag,
    FlagAction,
    FlagDecision,
    FlagReason,
    FlagState,
    acknowledge,
    mark_notified,
    refute,
    review,
    snooze,
)
from bot.domain.contacts.traits import Measure, Trait, TraitEvidence, is_great

T0 = datetime(2026, 3, 2, 9, tzinfo=UTC)
T = timedelta
SECOND = T(seconds=1)
Answer = Callable[[Flag], Flag]
ACME, ANN, BOB = 7, 1, 2
MAIL = TraitEvidence(ANN, Trait.MAIL, ((Measure.MAILS, 6),))
CELL = TraitEvidence(ANN, Trait.CELL, ((Measure.CELL_CALLS, 4),))
SUPPORT = TraitEvidence(BOB, Trait.SUPPORT, ((Measure.SUPPORT_CALLS, 2),))
BETA = TraitEvidence(BOB, Trait.BETA, ((Measure.BETAS, 2),))
TWO = (MAIL, CELL)
THREE = (MAIL, CELL, SUPPORT)


def step(flag: Flag | None, evidence: tuple[TraitEvidence, ...], after: timedelta) -> FlagDecision:
    return review(ACME, flag, evidence, T0 + after)


def kept(decision: FlagDecision) -> Flag:
    assert decision.flag is not None
    return decision.flag


def raised_and_told() -> Flag:
    """Return a flag raised at T0 on mails and cell calls, and sent at once."""
    return mark_notified(kept(step(None, TWO, T(0))), T0)


def gone(flag: Flag, after: timedelta) -> Flag:
    return kept(step(flag, (MAIL,), after))


def test_one_trait_raises_no_flag() -> None:
    assert step(None, (MAIL,), T(0)) == FlagDecision(
        FlagAction.NOTHING, FlagReason.TOO_FEW_TRAITS, None
    )


def test_two_traits_raise_a_flag_that_is_told_at_once() -> None:
    decision = step(None, TWO, T(0))
    assert decision == FlagDecision(
        FlagAction.RAISE, FlagReason.TWO_TRAITS, Flag(ACME, FlagState.RAISED, TWO, raised_at=T0)
    )
    assert decision.notifies


def test_two_persons_with_a_trait_each_raise_one_flag() -> None:
    assert step(None, (MAIL, SUPPORT), T(0)).action is FlagAction.RAISE


def test_two_persons_with_the_same_trait_raise_none() -> None:
    assert step(None, (MAIL, replace(MAIL, person_id=BOB)), T(0)).action is FlagAction.NOTHING


def test_a_flag_whose_message_was_not_sent_is_told_at_the_next_review() -> None:
    untold = kept(step(None, TWO, T(0)))
    decision = step(untold, TWO, T(hours=1))
    assert (decision.action, decision.reason) == (FlagAction.NOTIFY, FlagReason.NOT_NOTIFIED_YET)
    assert decision.notifies


def test_a_flag_once_told_is_not_told_again_while_it_stands() -> None:
    for days in (1, 13, 14, 15, 200):
        decision = step(raised_and_told(), TWO, T(days=days))
        assert (decision.action, decision.reason) == (FlagAction.NOTHING, FlagReason.NOTIFIED)
        assert not decision.notifies


def test_the_order_of_the_evidence_is_no_news() -> None:
    assert step(raised_and_told(), (CELL, MAIL), T(days=1)).action is FlagAction.NOTHING


def test_new_numbers_and_new_traits_update_a_told_flag_quietly() -> None:
    seven = replace(MAIL, counts=((Measure.MAILS, 7),))
    decision = step(raised_and_told(), (seven, CELL, SUPPORT), T(days=1))
    assert (decision.action, decision.notifies) == (FlagAction.UPDATE, False)
    assert kept(decision).evidence == (seven, CELL, SUPPORT)


def test_the_flag_goes_when_one_trait_is_left() -> None:
    decision = step(raised_and_told(), (MAIL,), T(days=3))
    assert (decision.action, decision.reason) == (FlagAction.CLEAR, FlagReason.TOO_FEW_TRAITS)
    assert kept(decision).state is FlagState.CLEARED
    assert kept(decision).cleared_at == T0 + T(days=3)
    assert not decision.notifies


def test_a_flag_that_has_gone_still_tells_what_it_stood_on() -> None:
    assert gone(raised_and_told(), T(days=3)).evidence == TWO


def test_a_flag_goes_once() -> None:
    away = gone(raised_and_told(), T(days=3))
    assert step(away, (), T(days=4)) == FlagDecision(
        FlagAction.NOTHING, FlagReason.TOO_FEW_TRAITS, away
    )


@pytest.mark.parametrize("answer", [acknowledge, refute, lambda f: snooze(f, T0 + T(99), "")])
def test_the_flag_goes_whatever_was_answered(answer: Answer) -> None:
    assert step(answer(raised_and_told()), (MAIL,), T(days=3)).action is FlagAction.CLEAR


def test_a_flag_raised_again_within_a_fortnight_of_its_message_is_held() -> None:
    away = gone(raised_and_told(), T(days=3))
    decision = step(away, TWO, QUIET_PERIOD - SECOND)
    assert (decision.action, decision.reason) == (
        FlagAction.HOLD,
        FlagReason.NOTIFIED_THIS_FORTNIGHT,
    )
    assert kept(decision).state is FlagState.RAISED
    assert not decision.notifies


def test_a_flag_raised_again_a_fortnight_after_its_message_is_told() -> None:
    away = gone(raised_and_told(), T(days=3))
    assert step(away, TWO, QUIET_PERIOD).action is FlagAction.RAISE


def test_a_held_flag_that_still_stands_is_told_when_the_fortnight_is_over() -> None:
    held = kept(step(gone(raised_and_told(), T(days=3)), TWO, T(days=5)))
    assert step(held, TWO, QUIET_PERIOD - SECOND).reason is FlagReason.NOTIFIED_THIS_FORTNIGHT
    assert step(held, TWO, QUIET_PERIOD).action is FlagAction.NOTIFY


def test_a_held_flag_that_went_before_the_fortnight_was_over_is_never_told() -> None:
    held = kept(step(gone(raised_and_told(), T(days=3)), TWO, T(days=5)))
    assert step(held, (MAIL,), QUIET_PERIOD).action is FlagAction.CLEAR


def test_an_acknowledged_flag_stays_quiet_whatever_joins() -> None:
    known = acknowledge(raised_and_told())
    decision = step(known, THREE, T(days=40))
    assert (decision.action, decision.reason) == (FlagAction.UPDATE, FlagReason.ACKNOWLEDGED)
    assert kept(decision).state is FlagState.ACKNOWLEDGED


@pytest.mark.parametrize("answer", [acknowledge, refute])
def test_an_answer_stands_when_the_behaviour_is_back_within_a_fortnight(answer: Answer) -> None:
    answered = answer(raised_and_told())
    away = gone(answered, T(days=30))
    decision = step(away, TWO, T(days=30) + QUIET_PERIOD - SECOND)
    assert (decision.action, decision.reason) == (
        FlagAction.RESUME,
        FlagReason.BACK_WITHIN_A_FORTNIGHT,
    )
    assert decision.flag == answered


@pytest.mark.parametrize("answer", [acknowledge, refute])
def test_behaviour_back_after_a_fortnight_is_new(answer: Answer) -> None:
    away = gone(answer(raised_and_told()), T(days=30))
    decision = step(away, TWO, T(days=30) + QUIET_PERIOD)
    assert (decision.action, decision.reason) == (FlagAction.RAISE, FlagReason.TWO_TRAITS)
    fresh = Flag(ACME, FlagState.RAISED, TWO, T0 + T(days=30) + QUIET_PERIOD, notified_at=T0)
    assert decision.flag == fresh


def test_a_refuted_flag_stays_quiet_as_long_as_the_behaviour_lasts() -> None:
    assert step(refute(raised_and_told()), TWO, T(days=300)).reason is FlagReason.REFUTED


def test_a_trait_that_was_not_refuted_raises_the_flag_again() -> None:
    decision = step(refute(raised_and_told()), THREE, QUIET_PERIOD)
    assert (decision.action, decision.reason) == (FlagAction.RAISE, FlagReason.NEW_TRAITS)
    assert kept(decision).evidence == THREE


def test_a_trait_that_takes_the_place_of_a_refuted_one_is_new() -> None:
    assert step(refute(raised_and_told()), (MAIL, SUPPORT), QUIET_PERIOD).action is FlagAction.RAISE


def test_a_refuted_trait_shown_by_a_second_person_is_not_new() -> None:
    both = (*TWO, replace(MAIL, person_id=BOB))
    assert step(refute(raised_and_told()), both, QUIET_PERIOD).reason is FlagReason.REFUTED


def test_a_refuted_trait_that_left_and_came_back_is_not_new() -> None:
    denied = refute(kept(step(raised_and_told(), THREE, T(days=1))))
    fewer = kept(step(denied, TWO, T(days=20)))
    assert step(fewer, THREE, T(days=40)).reason is FlagReason.REFUTED


def test_a_new_trait_on_a_refuted_flag_waits_for_the_fortnight() -> None:
    waiting = step(refute(raised_and_told()), THREE, QUIET_PERIOD - SECOND)
    assert (waiting.action, waiting.reason) == (
        FlagAction.UPDATE,
        FlagReason.NOTIFIED_THIS_FORTNIGHT,
    )
    assert step(waiting.flag, THREE, QUIET_PERIOD).action is FlagAction.RAISE


def test_a_new_trait_that_left_before_the_fortnight_was_over_leaves_not_so_standing() -> None:
    waiting = kept(step(refute(raised_and_told()), THREE, T(days=5)))
    assert step(waiting, TWO, QUIET_PERIOD).reason is FlagReason.REFUTED


def test_a_refuted_flag_back_soon_with_a_new_trait_is_raised() -> None:
    decision = step(gone(refute(raised_and_told()), T(days=20)), (MAIL, BETA), T(days=22))
    assert (decision.action, decision.reason) == (FlagAction.RAISE, FlagReason.NEW_TRAITS)


def test_a_refuted_flag_back_with_a_new_trait_in_the_fortnight_of_its_message_waits() -> None:
    away = gone(refute(raised_and_told()), T(days=3))
    back = step(away, (MAIL, BETA), T(days=5))
    assert back.action is FlagAction.RESUME
    assert step(back.flag, (MAIL, BETA), QUIET_PERIOD).action is FlagAction.RAISE
    assert step(back.flag, TWO, QUIET_PERIOD).reason is FlagReason.REFUTED


def test_a_snoozed_flag_is_quiet_up_to_its_date_and_raised_on_it() -> None:
    asleep = snooze(raised_and_told(), T0 + T(days=20), "renewal under way")
    assert asleep.snooze_reason == "renewal under way"
    before = step(asleep, TWO, T(days=20) - SECOND)
    assert (before.action, before.reason) == (FlagAction.NOTHING, FlagReason.SNOOZED)
    on_the_date = step(asleep, TWO, T(days=20))
    assert (on_the_date.action, on_the_date.reason) == (FlagAction.RAISE, FlagReason.SNOOZE_OVER)
    assert kept(on_the_date) == Flag(ACME, FlagState.RAISED, TWO, T0 + T(days=20), notified_at=T0)


def test_a_short_snooze_lasts_until_the_fortnight_is_over() -> None:
    assert snooze(raised_and_told(), T0 + T(days=3), "").snoozed_until == T0 + QUIET_PERIOD


def test_a_flag_never_told_can_be_snoozed_for_a_day() -> None:
    untold = kept(step(None, TWO, T(0)))
    assert snooze(untold, T0 + T(days=1), "").snoozed_until == T0 + T(days=1)


def test_a_new_trait_does_not_wake_a_snoozed_flag() -> None:
    asleep = snooze(raised_and_told(), T0 + T(days=60), "")
    assert step(asleep, THREE, T(days=59)).reason is FlagReason.SNOOZED


def test_a_snooze_outlasts_a_behaviour_that_went_and_came_back() -> None:
    asleep = snooze(raised_and_told(), T0 + T(days=60), "")
    away = gone(asleep, T(days=10))
    back = step(away, TWO, T(days=50))
    assert (back.action, back.reason, back.flag) == (FlagAction.RESUME, FlagReason.SNOOZED, asleep)
    assert step(away, TWO, T(days=60)).action is FlagAction.RAISE


def test_a_newer_answer_replaces_an_older_one() -> None:
    changed = acknowledge(refute(snooze(raised_and_told(), T0 + T(days=60), "busy")))
    assert changed == acknowledge(raised_and_told())


def test_an_answer_to_a_flag_already_gone_does_not_bring_it_back() -> None:
    away = acknowledge(gone(raised_and_told(), T(days=3)))
    assert away.state is FlagState.CLEARED
    back = step(away, TWO, T(days=5))
    assert (back.action, kept(back).state) == (FlagAction.RESUME, FlagState.ACKNOWLEDGED)


EVIDENCE = st.sets(st.sampled_from([MAIL, CELL, SUPPORT, BETA])).map(tuple)
ANSWERS = st.sampled_from(["", "", "", "", "know", "not so", "snooze"])
DAYS = st.lists(st.tuples(EVIDENCE, ANSWERS, st.booleans()), max_size=60)


def answered(flag: Flag, answer: str, now: datetime) -> Flag:
    if answer == "know":
        return acknowledge(flag)
    if answer == "not so":
        return refute(flag)
    return snooze(flag, now + T(days=3), "") if answer else flag


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(DAYS)
def test_on_no_path_is_a_customer_told_twice_in_a_fortnight_or_without_two_traits(
    days: list[tuple[tuple[TraitEvidence, ...], str, bool]],
) -> None:
    flag: Flag | None = None
    messages: list[datetime] = []
    for day, (evidence, answer, delivered) in enumerate(days):
        now = T0 + T(days=day)
        decision = review(ACME, flag, evidence, now)
        flag = decision.flag
        assert is_great(evidence) == (flag is not None and flag.state is not FlagState.CLEARED)
        assert review(ACME, flag, evidence, now).action in (FlagAction.NOTHING, FlagAction.NOTIFY)
        if decision.notifies and delivered:
            assert is_great(evidence)
            messages.append(now)
            flag = mark_notified(kept(decision), now)
        flag = flag and answered(flag, answer, now)
    gaps = [later - earlier for earlier, later in pairwise(messages)]
    assert all(gap >= QUIET_PERIOD for gap in gaps)
