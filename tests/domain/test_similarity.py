"""Similarity: two PMs' words about one workaround are offered as the same, and little else is."""

import pytest

from bot.domain.similarity import (
    MIN_SIMILARITY,
    contains_words,
    find_content_words,
    similarity,
)

SAME = [
    ("They print every order and type it in again.", "Orders are printed, then typed in by hand"),
    ("They print the list and tick it off by hand", "Prints the list of orders and ticks each off"),
    ("Copies prices from the old system into Excel", "They copy the prices to an Excel sheet"),
    ("Keeps a list of prices by hand", "A price list kept in a notebook"),
    ("Two people share one login as licences run out", "One login is shared by the warehouse"),
    ("Exports the report to Excel to add the totals", "They export to Excel and sum the totals"),
    ("Takes a photo of the screen for accounting", "Photographs the screen, as accounting cannot"),
    ("They rename each file with the date before uploading", "Every file is renamed with its date"),
    ("Writes the serial number on a sticky note", "Serial numbers go onto sticky notes"),
    ("They enter returns as negative orders", "A return is entered as an order below zero"),
    ("Restarts the scanner every morning", "The scanner is restarted before they begin"),
    ("Calls the driver to ask where the delivery is", "They phone drivers to find a delivery"),
]
NOT_THE_SAME = [
    ("They print every order and type it in again.", "They print labels twice, the first jams"),
    ("Copies prices from the old system into Excel", "Exports the report to Excel for the totals"),
    ("Two people share one login", "They write the login on a sticky note"),
    ("Restarts the scanner every morning", "Types the numbers in when the scanner fails"),
    ("Calls the driver to ask where the delivery is", "Prints the delivery note twice"),
    ("They enter returns as negative orders", "They print every order and type it in again"),
    ("Keeps a list of prices by hand", "Keeps a list of customers by hand"),
    ("They use Excel", "They use Excel every day for the totals"),
    ("Takes a photo of the screen and mails it", "Mails the order to the warehouse"),
    ("A price list kept in a notebook", "Notes in the calendar when a price changes"),
]
# Two words of four or five match: offered first, and no one who reads them chooses them.
OFFERED_ALL_THE_SAME = [
    ("Renames each file with the date before uploading", "Sorts the files by date on paper"),
    ("They enter the same order twice to split it", "They enter returns as negative orders"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_workaround_in_other_words_is_alike(one: str, other: str) -> None:
    assert similarity(one, other) >= MIN_SIMILARITY
    assert similarity(one, other) == similarity(other, one)


@pytest.mark.parametrize(("one", "other"), NOT_THE_SAME)
def test_another_workaround_is_not_alike(one: str, other: str) -> None:
    assert similarity(one, other) < MIN_SIMILARITY


@pytest.mark.parametrize(("one", "other"), OFFERED_ALL_THE_SAME)
def test_half_of_the_words_are_enough_though_they_may_mislead(one: str, other: str) -> None:
    assert similarity(one, other) == MIN_SIMILARITY


def test_one_shared_word_tells_too_little() -> None:
    assert similarity("Excel", "Excel") == 0


def test_a_text_is_like_itself_whatever_its_case_and_accents() -> None:
    assert similarity("Prépare la palette", "PREPARE LA PALETTE") == 1


@pytest.mark.parametrize("text", ["", "   ", "They do it again", "…"])
def test_a_text_without_content_is_like_nothing(text: str) -> None:
    assert find_content_words(text) == frozenset()
    assert similarity(text, text) == 0


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", True),
        ("PRINT ord", True),
        ("café", True),
        ("cafe order", True),
        ("rint", False),
        ("print nothing", False),
    ],
)
def test_a_search_finds_beginnings_of_words_case_and_accents_aside(typed: str, found: bool) -> None:
    assert contains_words("They print every order at the Café.", typed) is found
