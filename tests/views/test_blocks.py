"""Texts in blocks that are safe, short and readable."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.text import cut_to_length, utf16_length
from bot.views import block_kit


@pytest.mark.parametrize(
    ("text", "length", "cut"),
    [
        ("short", 10, "short"),
        ("exactly 10", 10, "exactly 10"),
        ("cut at a word of the text", 15, "cut at a word…"),
        ("cut at a word of the text", 14, "cut at a word…"),
        ("onelongwordwithoutblanks", 8, "onelong…"),
        ("a verylongsecondword", 12, "a verylongs…"),
    ],
)
def test_a_long_text_is_cut_at_a_word_where_that_leaves_most_of_it(
    text: str, length: int, cut: str
) -> None:
    assert block_kit.truncate(text, length) == cut


@settings(deadline=None)
@given(st.text(), st.integers(1, 80))
def test_a_clipped_text_never_exceeds_its_length_in_either_way_of_counting(
    text: str, length: int
) -> None:
    cut = block_kit.truncate(text, length)
    assert len(cut) <= utf16_length(cut) <= length


@settings(deadline=None)
@given(st.text(), st.integers(0, 80))
def test_as_much_of_a_text_is_kept_as_fits(text: str, length: int) -> None:
    kept = cut_to_length(text, length)
    assert text.startswith(kept)
    assert kept == text or utf16_length(text[: len(kept) + 1]) > length


@pytest.mark.parametrize("offset", range(6))
@pytest.mark.parametrize("mark", "&<>")
def test_a_fallback_is_never_cut_inside_an_entity(offset: int, mark: str) -> None:
    text = block_kit.message("x" * offset + mark * 4000).text
    assert text.endswith(";…")
    assert len(text) <= block_kit.FALLBACK_LENGTH


def test_a_name_is_one_line_without_controls_and_without_turning_the_writing() -> None:
    assert block_kit.one_line("  Acme\n\tLtd\x00 \u202eevil ") == "Acme Ltd evil"


def test_a_name_keeps_its_joiners_and_accents() -> None:
    assert block_kit.one_line("Łódź 👩‍🚀 नमस्ते") == "Łódź 👩‍🚀 नमस्ते"


@pytest.mark.parametrize("blank", ["", " ", "\n", "\u202e"])
def test_an_empty_name_is_still_something_to_see(blank: str) -> None:
    assert block_kit.one_line(blank) == "(no name)"


def test_a_date_is_read_as_people_say_it() -> None:
    assert block_kit.format_day(date(2026, 11, 24), date(2026, 11, 2)) == "Tuesday 24 November"


def test_a_date_of_another_year_names_it() -> None:
    assert block_kit.format_day(date(2027, 1, 1), date(2026, 12, 31)) == "Friday 1 January 2027"


def test_a_moment_is_told_in_the_persons_own_zone_with_its_city() -> None:
    at = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    words = block_kit.format_moment(at, "Europe/Berlin", date(2026, 11, 24))
    assert words == "Wednesday 25 November at 00:30, Berlin time"


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("America/New_York", "New York time"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires time"),
        ("UTC", "UTC"),
        ("Etc/UTC", "UTC"),
        ("Etc/GMT+5", "UTC-5"),
        ("Etc/GMT-10", "UTC+10"),
    ],
)
def test_a_zone_is_called_by_its_city(zone: str, words: str) -> None:
    assert block_kit.format_zone(zone) == words


def test_names_are_listed_as_in_a_sentence() -> None:
    assert [block_kit.join_names(names) for names in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == [
        "",
        "A",
        "A and B",
        "A, B and C",
    ]


def test_a_message_says_the_same_with_and_without_its_styles() -> None:
    message = block_kit.text_message("Type ", block_kit.code("/visit join"), " & go.")
    assert message.text == "Type /visit join &amp; go."
    (block,) = message.as_arguments()["blocks"]
    assert [each["text"] for each in block["elements"][0]["elements"]] == [
        "Type ",
        "/visit join",
        " & go.",
    ]


def test_links_in_messages_are_not_unfolded() -> None:
    arguments = block_kit.text_message("https://example.com").as_arguments()
    assert (arguments["unfurl_links"], arguments["unfurl_media"]) == (False, False)
