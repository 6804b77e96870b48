"""Surveys: the language a person is asked in, and until when a link is valid."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.surveys.rules import (
    Language,
    Survey,
    SurveyAnswer,
    last_link_day,
    link_expires_at,
    negotiate_language,
)
from tests.times import T0, T


@pytest.mark.parametrize(
    ("accepted", "spoken"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "fr"),
        ("en;q=0.5, es;q=0.8", "es"),
        ("ES-mx", "es"),
        ("pt-BR, pt;q=0.9", "en"),
        ("pt, it;q=0.9, fr;q=0.1", "fr"),
        ("de;q=0, fr;q=0.001", "fr"),
        ("de;q=0", "en"),
        ("*", "en"),
        ("de;q=2, fr;q=0.5", "fr"),
        ("de;q=nan, fr;q=inf, es;q=0.2", "es"),
        ("fr;q=0.5, de;q=0.5", "fr"),
        ("nl, " * 30 + "de", "en"),
        ("den", "en"),
        (";;;,,,=;q", "en"),
    ],
)
def test_the_language_is_the_one_that_a_browser_likes_best(accepted: str, spoken: str) -> None:
    assert negotiate_language(accepted) == spoken


@given(st.text(max_size=400))
def test_whatever_a_browser_sends_there_is_a_language(accepted: str) -> None:
    assert negotiate_language(accepted) in Language


def test_a_link_is_good_to_the_end_of_its_thirtieth_day() -> None:
    assert last_link_day(T0, "Europe/Berlin") == date(2026, 4, 1)
    # Summer time has begun meanwhile.
    assert link_expires_at(T0, "Europe/Berlin") == datetime(2026, 4, 1, 22, tzinfo=UTC)


def test_a_survey_is_open_until_it_is_answered_or_its_time_is_over() -> None:
    asked = Survey(1, "k", 1, 1, "U1", Language.ENGLISH, T0, T(days=30))
    assert asked.is_open(T(days=29, hours=23))
    assert not asked.is_open(T(days=30))
    answered = Survey(
        1,
        "k",
        1,
        1,
        "U1",
        Language.ENGLISH,
        T0,
        T(days=30),
        T0,
        SurveyAnswer(3, "", may_call=False),
    )
    assert not answered.is_open(T(days=1))
