"""The digest: stories in the customers' words, with thanks, and without exposing anyone."""

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.customers import Stage
from bot.domain.debriefs.rules import Sharing
from bot.domain.stories import DigestFacts, Story
from bot.domain.visits.rules import VisitKind
from bot.views import stories
from bot.views.samples.sample import SampleData
from bot.views.samples.stories import digest_facts
from sandbox.limits.surfaces import characters
from tests.views.payloads import shown_text

TODAY = date(2026, 11, 27)
STORY = Story(
    customer="Otter Ltd",
    stage=Stage.CUSTOMER,
    kind=VisitKind.VIDEO,
    on=date(2026, 11, 24),
    story="They export on Fridays. Audit wants totals.",
    author="Ada",
    segment="retail",
    region="Nordics",
    quote="At Otter Ltd we never ask any more.",
    workaround="OTTER LTD keeps a spreadsheet",
)


def digest(*told: Story) -> str:
    facts = DigestFacts(date(2026, 11, 21), date(2026, 11, 27), TODAY, told)
    return shown_text(stories.render_digest(facts).as_arguments())


def test_a_story_is_told_with_who_how_when_and_by_whom_it_was_heard() -> None:
    assert digest(STORY) == (
        "What customers told us, 21 to 27 November "
        "Otter Ltd Video call, Tuesday 24 November They export on Fridays. Audit wants totals. "
        "At Otter Ltd we never ask any more. "
        "They work around it: OTTER LTD keeps a spreadsheet Heard by Ada "
        "Thank you for getting out of the office: Ada."
    )


def test_the_words_for_screen_readers_hold_the_stories_too() -> None:
    facts = DigestFacts(date(2026, 11, 21), date(2026, 11, 27), TODAY, (STORY,))
    text = stories.render_digest(facts).text
    assert "Audit wants totals. “At Otter Ltd we never ask any more.”" in text
    assert text.endswith("Thank you for getting out of the office: Ada.")


def test_a_story_without_the_name_shows_it_nowhere() -> None:
    told = digest(replace(STORY, sharing=Sharing.NO_NAME))
    assert "otter" not in told.lower()
    assert "A customer in retail, Nordics" in told
    assert "At the customer we never ask any more." in told


def test_a_sentence_that_began_with_the_name_still_begins_with_a_capital() -> None:
    story = "Otter Ltd exports. Otter Ltd's auditors and otter ltd want totals. Otter Ltdx stays."
    told = digest(replace(STORY, story=story, quote="", sharing=Sharing.NO_NAME))
    assert (
        "The customer exports. The customer's auditors and the customer want totals. "
        "Otter Ltdx stays."
    ) in told


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        (Stage.PROSPECT, "A prospect"),
        (Stage.CUSTOMER, "A customer"),
        (Stage.LOST, "A prospect who chose another product"),
        (Stage.CHURNED, "A former customer"),
        (Stage.INTERNAL, "An internal customer"),
    ],
)
def test_somebody_without_a_name_is_called_by_stage(stage: Stage, words: str) -> None:
    nameless = replace(STORY, sharing=Sharing.NO_NAME, stage=stage, segment="", region="")
    assert f"{words} Video call" in digest(nameless)


def test_a_private_story_is_never_told() -> None:
    secret = replace(STORY, story="A secret.", author="Ben", sharing=Sharing.PRIVATE)
    told = digest(STORY, secret)
    assert "secret" not in told
    assert "Ben" not in told


def test_with_nothing_to_tell_there_is_no_post() -> None:
    with pytest.raises(ValueError, match="needs a story"):
        digest(replace(STORY, sharing=Sharing.PRIVATE))


def test_second_hand_evidence_is_called_so() -> None:
    assert "Proxy, second-hand, Tuesday" in digest(replace(STORY, kind=VisitKind.PROXY))


def test_everybody_is_thanked_once_by_name() -> None:
    told = digest(STORY, replace(STORY, author="Ben"), STORY, replace(STORY, author="Cleo"))
    assert told.endswith("Thank you for getting out of the office: Ada, Ben and Cleo.")


def test_a_crowd_is_thanked_in_short() -> None:
    told = digest(*(replace(STORY, author=f"PM {number}") for number in range(23)))
    assert told.endswith("PM 19 and 3 others.")


def test_a_week_over_two_months_names_both() -> None:
    facts = DigestFacts(date(2026, 10, 31), date(2026, 11, 6), TODAY, (STORY,))
    assert "told us, 31 October to 6 November" in shown_text(
        stories.render_digest(facts).as_arguments()
    )


def test_a_long_story_and_a_long_quote_are_cut_at_a_word() -> None:
    told = digest(replace(STORY, story="word " * 600, quote="quote " * 150))
    assert "word word…" in told
    assert "quote quote…" in told
    assert told.count("word") <= 120
    assert told.count("quote") <= 50


@pytest.mark.parametrize("count", [1, 10, 46, 300])
def test_however_many_stories_the_post_stays_in_bounds(count: int) -> None:
    facts = digest_facts(SampleData("Long words. ", count))
    blocks = stories.render_digest(facts).as_arguments()["blocks"]
    assert len(blocks) <= 50
    assert characters(blocks) <= 12_000


def test_what_does_not_fit_is_counted() -> None:
    assert "And 255 more stories this week." in digest(
        *[replace(STORY, story="Hm.", quote="", workaround="")] * 300
    )
