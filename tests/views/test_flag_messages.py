"""A flag: neutral words, the evidence, and advice."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.contacts.flags import EvidenceLine, FlagFacts
from bot.domain.contacts.traits import Measure, Trait
from bot.views.contacts import flag_message
from tests.views.payloads import pressed, shown_text

MAILS = EvidenceLine("Mara Lind", Trait.MAIL, ((Measure.MAILS, 6),))
FLAG = FlagFacts(
    12,
    3,
    "Otter",
    (MAILS, EvidenceLine("Bo Ek", Trait.CELL, ((Measure.CELL_CALLS, 5),))),
    ("Fern Labs", "Kestrel", "Heron"),
)


@pytest.mark.parametrize(
    ("trait", "counts", "words"),
    [
        (Trait.MAIL, ((Measure.MAILS, 6),), "6 mails in 28 days (more than one a week)"),
        (Trait.MAIL, ((Measure.MAILS, 1),), "1 mail in 28 days"),
        (Trait.CELL, ((Measure.CELL_CALLS, 5),), "5 calls to a cell phone in 28 days"),
        (
            Trait.SUPPORT,
            ((Measure.SUPPORT_CALLS, 2),),
            "2 calls for technical support to people who are not support in 28 days",
        ),
        (
            Trait.FORUM,
            ((Measure.THREADS_STARTED, 9), (Measure.THREADS_COMMENTED, 15)),
            "9 threads started and 15 others joined in 28 days",
        ),
        (
            Trait.BETA,
            ((Measure.BETAS, 2),),
            "among the first to sign up for each of the last 2 betas",
        ),
        (
            Trait.BETA,
            ((Measure.INVITATIONS, 3),),
            "took up each of the last 3 invitations to a beta at once",
        ),
    ],
)
def test_evidence_names_the_person_and_the_counts(
    trait: Trait, counts: tuple[tuple[Measure, int], ...], words: str
) -> None:
    assert (
        flag_message.evidence_text(EvidenceLine("Mara Lind", trait, counts))
        == f"Mara Lind: {words}"
    )


def test_a_flag_lists_its_evidence_and_gives_the_advice() -> None:
    told = shown_text(flag_message.render_message(FLAG).as_arguments())
    for words in (
        "Otter",
        "Mara Lind: 6 mails",
        "Bo Ek: 5 calls",
        "support questions to support",
        "one answer",
        "See two prospects next: Fern Labs and Kestrel.",
    ):
        assert words in told
    assert "Heron" not in told


def test_without_prospects_the_advice_still_reads_well() -> None:
    told = shown_text(
        flag_message.render_message(FlagFacts(1, 2, "Otter", (MAILS, MAILS))).as_arguments()
    )
    assert "See two prospects next. They are harder to reach" in told


def test_the_words_are_neutral() -> None:
    everything = " ".join(
        message.text.lower()
        for message in (
            flag_message.render_message(FLAG),
            flag_message.acknowledged_message("x"),
            flag_message.refuted_message("x"),
            flag_message.ended_message("x"),
        )
    )
    for word in ("pisser", "problem", "annoy", "abuse", "complain", "warning", "too much", "!"):
        assert word not in everything


def test_nobody_is_mentioned() -> None:
    assert "<@" not in str(flag_message.render_message(FLAG).as_arguments())


@pytest.mark.parametrize(
    ("action_id", "value"),
    [(flag_message.ACKNOWLEDGE, "acknowledge"), (flag_message.REFUTE, "refute")],
)
def test_a_press_carries_the_flag(action_id: str, value: str) -> None:
    assert (
        flag_message.parse_flag_id(
            pressed(flag_message.render_message(FLAG).as_arguments(), action_id, value)
        )
        == 12
    )


@pytest.mark.parametrize("weeks", [1, 2, 4])
def test_a_flag_can_be_put_off(weeks: int) -> None:
    body = pressed(
        flag_message.render_message(FLAG).as_arguments(), flag_message.SNOOZE, str(weeks)
    )
    assert (flag_message.parse_flag_id(body), flag_message.parse_snooze(body)) == (
        12,
        timedelta(weeks=weeks),
    )


def test_a_flag_put_off_says_until_when_in_the_pms_own_zone() -> None:
    until = datetime(2026, 12, 7, 23, 0, tzinfo=UTC)
    told = flag_message.snoozed_message("Otter", until, "Europe/Berlin", date(2026, 11, 24))
    assert told.text.startswith("Snoozed until Tuesday 8 December. ")
