"""The five traits of a great customer, just below and at each threshold."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.contacts.traits import (
    BetaSignUp,
    Channel,
    Contact,
    Measure,
    Thresholds,
    Trait,
    TraitEvidence,
    find_traits,
    is_great,
)

T0 = datetime(2026, 3, 30, 12, tzinfo=UTC)
T = timedelta
ANN, BOB = 1, 2
DEFAULTS = Thresholds()
SECOND = T(seconds=1)
LATELY = T(days=3)
OPENED = [T0 - T(days=days) for days in (900, 600, 300)]
BETAS = [BetaSignUp(n, at, ANN, at, 1, 10, invited_at=at) for n, at in enumerate(OPENED)]


def contact(channel: Channel, ago: timedelta = LATELY, **more: object) -> Contact:
    return Contact(**{"person_id": ANN, "channel": channel, "at": T0 - ago, **more})  # type: ignore[arg-type]


def shown(
    contacts: list[Contact],
    *,
    has_cell: bool = True,
    now: datetime = T0,
    thresholds: Thresholds = DEFAULTS,
) -> list[Trait]:
    return [each.trait for each in find_traits(ANN, has_cell, contacts, [], now, thresholds)]


def mails(number: int, ago: timedelta = LATELY) -> list[Contact]:
    return [contact(Channel.MAIL, ago)] * number


def calls(number: int, **more: object) -> list[Contact]:
    return [contact(Channel.CELL_CALL, **more)] * number  # type: ignore[arg-type]


def forum(started: int, commented: int) -> list[Contact]:
    return [contact(Channel.FORUM_THREAD, thread=f"own {n}") for n in range(started)] + [
        contact(Channel.FORUM_COMMENT, thread=f"other {n}") for n in range(commented)
    ]


def test_nobody_reaching_for_us_shows_nothing() -> None:
    assert shown([]) == []


def test_four_mails_in_four_weeks_are_one_a_week_and_no_trait() -> None:
    assert shown(mails(4)) == []


def test_five_mails_in_four_weeks_are_more_than_one_a_week() -> None:
    assert shown(mails(5)) == [Trait.MAIL]


def test_a_workspace_that_stands_two_mails_a_week_wants_nine() -> None:
    patient = Thresholds(mails_a_week=2)
    assert shown(mails(8), thresholds=patient) == []
    assert shown(mails(9), thresholds=patient) == [Trait.MAIL]


def test_a_mail_one_second_inside_the_window_counts() -> None:
    assert shown(mails(4) + mails(1, ago=T(days=28) - SECOND)) == [Trait.MAIL]


def test_a_mail_exactly_28_days_old_has_left_the_window() -> None:
    assert shown(mails(4) + mails(1, ago=T(days=28))) == []


def test_a_mail_of_this_second_counts_and_one_of_the_next_does_not() -> None:
    assert shown(mails(4) + mails(1, ago=T(0))) == [Trait.MAIL]
    assert shown(mails(4) + mails(1, ago=-SECOND)) == []


def test_the_window_slides_over_the_change_to_summer_time_by_elapsed_days() -> None:
    before = datetime(2026, 3, 15, 12, tzinfo=UTC)
    five = [Contact(ANN, Channel.MAIL, before)] * 5
    assert shown(five, now=before + T(days=28) - SECOND) == [Trait.MAIL]
    assert shown(five, now=before + T(days=28)) == []


def test_mails_of_two_persons_are_not_added_up() -> None:
    assert shown(mails(3) + [contact(Channel.MAIL, person_id=BOB)] * 3) == []


def test_three_cell_calls_are_none_too_many_and_four_are() -> None:
    assert shown(calls(3)) == []
    assert shown(calls(4)) == [Trait.CELL]


def test_without_a_known_cell_number_no_number_of_calls_is_the_cell_trait() -> None:
    assert shown(calls(40), has_cell=False) == []


def test_a_known_number_that_is_not_used_is_no_trait() -> None:
    assert shown([], has_cell=True) == []


def test_calls_to_the_office_are_not_calls_to_the_cell() -> None:
    assert shown([contact(Channel.OFFICE_CALL)] * 9) == []


def test_one_support_call_past_support_is_forgiven_and_two_are_a_trait() -> None:
    assert shown([contact(Channel.SUPPORT_CALL)]) == []
    assert shown([contact(Channel.SUPPORT_CALL)] * 2) == [Trait.SUPPORT]


def test_calling_support_for_support_is_as_it_should_be() -> None:
    right = [contact(Channel.SUPPORT_CALL, to_support=True)] * 9
    assert shown([*right, contact(Channel.SUPPORT_CALL)]) == []


@pytest.mark.parametrize(("started", "commented"), [(7, 14), (8, 13), (7, 13), (30, 0), (0, 30)])
def test_a_forum_short_of_either_number_is_no_trait(started: int, commented: int) -> None:
    assert shown(forum(started, commented)) == []


def test_eight_threads_and_comments_in_fourteen_others_are_the_forum_trait() -> None:
    assert shown(forum(8, 14)) == [Trait.FORUM]


def test_a_comment_in_ones_own_thread_is_not_in_another() -> None:
    assert shown([*forum(8, 13), contact(Channel.FORUM_COMMENT, thread="own 1")]) == []


def test_a_comment_in_ones_own_thread_from_before_the_window_is_not_in_another() -> None:
    old = contact(Channel.FORUM_THREAD, T(days=90), thread="old")
    assert shown([*forum(8, 13), old, contact(Channel.FORUM_COMMENT, thread="old")]) == []


def test_a_comment_in_a_thread_that_somebody_else_started_counts() -> None:
    bobs = contact(Channel.FORUM_THREAD, thread="bob's", person_id=BOB)
    assert shown([*forum(8, 13), bobs, contact(Channel.FORUM_COMMENT, thread="bob's")]) == [
        Trait.FORUM
    ]


def test_two_comments_in_one_thread_count_once() -> None:
    assert shown([*forum(8, 13), contact(Channel.FORUM_COMMENT, thread="other 1")]) == []


def test_a_thread_started_before_the_window_is_not_among_the_eight() -> None:
    old = contact(Channel.FORUM_THREAD, T(days=28), thread="old")
    assert shown([*forum(7, 14), old]) == []


def test_one_thread_reported_twice_counts_once() -> None:
    assert shown([*forum(7, 14), contact(Channel.FORUM_THREAD, thread="own 1")]) == []


def test_a_thread_without_a_name_counts_and_a_comment_without_one_does_not() -> None:
    assert shown([*forum(7, 14), contact(Channel.FORUM_THREAD)]) == [Trait.FORUM]
    assert shown([*forum(8, 13), contact(Channel.FORUM_COMMENT)]) == []


def test_the_evidence_names_the_counts() -> None:
    everything = mails(6) + calls(4) + [contact(Channel.SUPPORT_CALL)] * 2 + forum(8, 14)
    found = find_traits(ANN, True, everything, BETAS, T0, DEFAULTS)
    assert found == (
        TraitEvidence(ANN, Trait.MAIL, ((Measure.MAILS, 6),)),
        TraitEvidence(ANN, Trait.CELL, ((Measure.CELL_CALLS, 4),)),
        TraitEvidence(ANN, Trait.SUPPORT, ((Measure.SUPPORT_CALLS, 2),)),
        TraitEvidence(
            ANN, Trait.FORUM, ((Measure.THREADS_STARTED, 8), (Measure.THREADS_COMMENTED, 14))
        ),
        TraitEvidence(ANN, Trait.BETA, ((Measure.BETAS, 2), (Measure.INVITATIONS, 3))),
    )


def test_an_evidence_counts_nought_of_what_it_is_not_about() -> None:
    evidence = TraitEvidence(ANN, Trait.MAIL, ((Measure.MAILS, 6),))
    assert evidence.count(Measure.MAILS) == 6
    assert evidence.count(Measure.CELL_CALLS) == 0


def test_one_trait_is_not_great_and_two_are() -> None:
    assert not is_great(find_traits(ANN, True, mails(5), [], T0, DEFAULTS))
    assert is_great(find_traits(ANN, True, mails(5) + calls(4), [], T0, DEFAULTS))


def test_two_persons_with_a_trait_each_make_their_customer_great() -> None:
    contacts = mails(5) + calls(4, person_id=BOB)
    people = [find_traits(each, True, contacts, [], T0, DEFAULTS) for each in (ANN, BOB)]
    assert [len(each) for each in people] == [1, 1]
    assert is_great(evidence for each in people for evidence in each)


def test_two_persons_with_the_same_trait_do_not() -> None:
    contacts = mails(5) + [contact(Channel.MAIL, person_id=BOB)] * 5
    people = [find_traits(each, True, contacts, [], T0, DEFAULTS) for each in (ANN, BOB)]
    assert [len(each) for each in people] == [1, 1]
    assert not is_great(evidence for each in people for evidence in each)


def test_a_customer_is_no_longer_great_once_the_window_has_passed() -> None:
    last_second = T0 - LATELY + T(days=28) - SECOND
    assert is_great(find_traits(ANN, True, mails(5), BETAS, last_second, DEFAULTS))
    assert not is_great(find_traits(ANN, True, mails(5), BETAS, last_second + SECOND, DEFAULTS))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Thresholds(mails_a_week=-1),
        lambda: Thresholds(cell_calls=0),
        lambda: Thresholds(support_calls=0),
        lambda: Thresholds(threads_started=0),
        lambda: Thresholds(threads_commented=0),
        lambda: Thresholds(beta_days=-1),
        lambda: Thresholds(beta_share=0),
        lambda: Thresholds(beta_share=1.5),
    ],
)
def test_a_threshold_that_anybody_meets_is_refused(make: Callable[[], Thresholds]) -> None:
    with pytest.raises(ValueError, match=r"threshold|beta_share"):
        make()


def slowly(has_cell: bool, contacts: list[Contact], low: Thresholds) -> set[Trait]:
    """Return the traits of Ann, counted one event at a time."""
    tally = dict.fromkeys(Trait, 0)
    started: list[str] = []
    commented: list[str] = []
    own = [c.thread for c in contacts if c.person_id == ANN and c.channel == "forum_thread"]
    for each in contacts:
        age = (T0 - each.at).total_seconds()
        if each.person_id != ANN or not 0 <= age < 28 * 86400:
            continue
        tally[Trait.MAIL] += each.channel == "mail"
        tally[Trait.CELL] += each.channel == "cell_call" and has_cell
        tally[Trait.SUPPORT] += each.channel == "support_call" and not each.to_support
        if each.channel == "forum_thread" and each.thread not in started:
            started.append(each.thread)
        if each.channel == "forum_comment" and each.thread not in own + commented:
            commented.append(each.thread)
    enough = len(started) >= low.threads_started and len(commented) >= low.threads_commented
    verdicts = {
        Trait.MAIL: tally[Trait.MAIL] * 7 > low.mails_a_week * 28,
        Trait.CELL: tally[Trait.CELL] >= low.cell_calls,
        Trait.SUPPORT: tally[Trait.SUPPORT] >= low.support_calls,
        Trait.FORUM: enough,
    }
    return {trait for trait, verdict in verdicts.items() if verdict}


EDGES = [T(0), SECOND, T(days=28) - SECOND, T(days=28), T(days=9), T(days=20), T(days=60)]
CONTACTS = st.builds(
    lambda person, channel, ago, to_support, thread: Contact(
        person, channel, T0 - ago, to_support=to_support, thread=thread
    ),
    st.sampled_from([ANN, ANN, ANN, BOB]),
    st.sampled_from(Channel),
    st.sampled_from(EDGES),
    st.booleans(),
    st.sampled_from("abcdef"),
)
LOW = Thresholds(cell_calls=3, support_calls=2, threads_started=2, threads_commented=2)


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(st.lists(CONTACTS, max_size=60), st.booleans())
def test_the_traits_are_those_of_a_slow_count(contacts: list[Contact], has_cell: bool) -> None:
    assert set(shown(contacts, has_cell=has_cell, thresholds=LOW)) == slowly(
        has_cell, contacts, LOW
    )
