"""The beta trait of a great customer: first to sign up, or prompt with every invitation."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.contacts.traits import BetaSignUp, Thresholds, Trait, find_traits

T0 = datetime(2026, 3, 30, 12, tzinfo=UTC)
T = timedelta
SECOND = T(seconds=1)
ANN, BOB = 1, 2


def shown(
    sign_ups: list[BetaSignUp], *, now: datetime = T0, thresholds: Thresholds | None = None
) -> list[Trait]:
    found = find_traits(ANN, True, [], sign_ups, now, thresholds or Thresholds())
    return [each.trait for each in found]


def beta(number: int, position: int | None = 1, sign_ups: int = 10, **more: object) -> BetaSignUp:
    """Build a sign-up; beta `number` opened that many hundred days after T0 - 1000 days."""
    opened = T0 - T(days=1000 - 100 * number)
    signed = None if position is None else opened + T(hours=position)
    row = {"person_id": ANN, "signed_up_at": signed, **more}
    return BetaSignUp(number, opened, position=position, sign_ups=sign_ups, **row)  # type: ignore[arg-type]


def invitation(number: int, accepted_after: timedelta | None) -> BetaSignUp:
    """Build a sign-up by invitation, sent as beta `number` opened; far back in its order."""
    opened = beta(number).opened_at
    signed = None if accepted_after is None else opened + accepted_after
    position = None if accepted_after is None else 99
    return beta(number, position, 100, signed_up_at=signed, invited_at=opened)


@pytest.mark.parametrize(
    ("sign_ups", "last_of_the_tenth"),
    [(1, 1), (10, 1), (11, 2), (20, 2), (21, 3), (30, 3), (70, 7), (100, 10)],
)
def test_the_first_tenth_is_rounded_up_and_ends_there(
    sign_ups: int, last_of_the_tenth: int
) -> None:
    within = [beta(n, last_of_the_tenth, sign_ups) for n in (1, 2)]
    beyond = [beta(1, 1, sign_ups), beta(2, last_of_the_tenth + 1, sign_ups)]
    assert shown(within) == [Trait.BETA]
    assert shown(beyond) == []


def test_first_in_one_beta_is_not_enough() -> None:
    assert shown([beta(1)]) == []


def test_only_the_last_two_betas_count() -> None:
    assert shown([beta(1, 10), beta(2), beta(3)]) == [Trait.BETA]
    assert shown([beta(1), beta(2), beta(3, 10)]) == []


def test_a_beta_stayed_away_from_breaks_the_habit() -> None:
    assert shown([beta(1), beta(2), beta(3, person_id=BOB)]) == []


def test_a_beta_that_nobody_has_signed_up_for_breaks_no_habit() -> None:
    unanswered = beta(3, None, 0, person_id=BOB, invited_at=T0 - SECOND)
    assert shown([beta(1), beta(2), unanswered]) == [Trait.BETA]


def test_a_beta_sign_up_of_the_future_does_not_count() -> None:
    later = beta(2, 1, signed_up_at=T0 + SECOND)
    assert shown([beta(1), later]) == []


def test_betas_are_in_the_order_they_opened_in_not_the_order_of_their_numbers() -> None:
    first_opened_last_numbered = BetaSignUp(9, T0 - T(days=990), ANN, T0 - T(days=980), 5, 10)
    assert shown([beta(1), beta(2), first_opened_last_numbered]) == [Trait.BETA]


def test_betas_count_whatever_their_age() -> None:
    assert shown([beta(1), beta(2)], now=T0 + T(days=2000)) == [Trait.BETA]


def test_three_invitations_taken_up_within_two_days_are_the_beta_trait() -> None:
    assert shown([invitation(n, T(days=2)) for n in (1, 2, 3)]) == [Trait.BETA]


def test_an_invitation_taken_up_a_second_late_breaks_the_habit() -> None:
    late = invitation(3, T(days=2) + SECOND)
    assert shown([invitation(1, T(0)), invitation(2, T(0)), late]) == []


def test_two_invitations_are_too_few() -> None:
    assert shown([invitation(1, T(0)), invitation(2, T(0))]) == []


def test_only_the_last_three_invitations_count() -> None:
    prompt = [invitation(n, T(hours=5)) for n in (2, 3, 4)]
    assert shown([invitation(1, None), *prompt]) == [Trait.BETA]
    assert shown([*prompt, invitation(5, None)]) == []


def test_an_invitation_still_open_is_waited_for() -> None:
    three = [invitation(n, T(0)) for n in (1, 2, 3)]
    pending = beta(9, None, 0, invited_at=T0 - T(days=2))
    assert shown([*three, pending]) == [Trait.BETA]
    assert shown([*three, pending], now=T0 + SECOND) == []


def test_an_invitation_still_open_is_not_yet_taken_up() -> None:
    pending = beta(9, None, 0, invited_at=T0)
    assert shown([invitation(1, T(0)), invitation(2, T(0)), pending]) == []


def test_an_invitation_of_the_future_does_not_count() -> None:
    three = [invitation(n, T(0)) for n in (1, 2, 3)]
    assert shown([*three, beta(9, None, 0, invited_at=T0 + SECOND)]) == [Trait.BETA]
    assert shown([*three[:2], beta(9, None, 0, invited_at=T0 + SECOND)]) == []


def test_a_workspace_can_widen_the_share_and_the_days() -> None:
    wide = Thresholds(beta_share=0.25, beta_days=7)
    assert shown([beta(1, 3), beta(2, 3)], thresholds=wide) == [Trait.BETA]
    assert shown([beta(1, 4), beta(2, 3)], thresholds=wide) == []
    assert shown([invitation(n, T(days=7)) for n in (1, 2, 3)], thresholds=wide) == [Trait.BETA]


def test_a_share_is_taken_as_written() -> None:
    seven = Thresholds(beta_share=0.07)
    assert shown([beta(n, 7, 100) for n in (1, 2)], thresholds=seven) == [Trait.BETA]
    assert shown([beta(n, 8, 100) for n in (1, 2)], thresholds=seven) == []


def slowly(rows: list[BetaSignUp]) -> bool:
    """Return whether Ann was first to sign up for both of the newest betas, counted one by one."""
    newest = sorted({row.beta_id for row in rows})[-2:]
    heads = 0
    for row in rows:
        ahead_of_her = (row.position or 0) - 1
        in_line = row.person_id == ANN and row.beta_id in newest
        heads += in_line and ahead_of_her * 10 < row.sign_ups
    return heads == 2


SIGN_UPS = st.builds(
    lambda number, person, position, more: beta(
        number, position, position + more, person_id=person
    ),
    st.integers(1, 3),
    st.sampled_from([ANN, ANN, ANN, BOB]),
    st.integers(1, 4),
    st.integers(0, 40),
)


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(st.lists(SIGN_UPS, max_size=6, unique_by=lambda row: (row.beta_id, row.person_id)))
def test_the_first_in_line_are_those_of_a_slow_count(rows: list[BetaSignUp]) -> None:
    assert (shown(rows) == [Trait.BETA]) == slowly(rows)
