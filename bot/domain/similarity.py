"""Similarity: whether two people wrote about the same workaround, by the words they share."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from bot.domain.customers import name_key

# Half of the shorter text's words, and at least two: one shared word ("Excel") says little, and
# most words of a longer text are about something else. Examples in the tests hold this.
MIN_SIMILARITY = 0.5
MIN_SHARED_WORDS = 2
# "prints" and "printed" are one word, and so are "photo" and "photographs". With fewer letters in
# common words begin alike by chance, and with longer endings they are different words.
STEM_LENGTH, MAX_ENDING_LENGTH = 4, 3
WORD = re.compile(r"\w+")
# Too common to tell one workaround from another: who does it, how often, and function words.
STOP_WORDS = frozenset(
    WORD.findall("""
    a about after again all also an and any are as at back be because been before but by can cannot
    do does done each every few first for from get gets go goes had has have he her his how i if in
    into is it its just keep keeps like made make makes many may more most much must my need needs
    new next no not now of off on once one only or other our out over own people per put puts same
    she so some somebody someone still such take takes than that the their them themselves then
    there they this those three through to too two up use used uses using want was we were what when
    where which who why will with without work works would you your
    hand manual manually
    day days week weeks month months daily weekly monthly always often sometimes never
    customer customers user users colleague colleagues team
    """)
)
# For the text that others are compared with; what people wrote is not cached for longer.
CACHE_SIZE = 2**6


@lru_cache(CACHE_SIZE)
def find_content_words(text: str) -> frozenset[str]:
    """Return the meaningful words of a text, without case and accents."""
    words = WORD.findall(name_key(text))
    return frozenset(each for each in words if len(each) > 1 and each not in STOP_WORDS)


def similarity(one: str, other: str) -> float:
    """Return how similar two texts are, from 0 to 1: shared words by those of the shorter text."""
    shorter, longer = sorted((one, other), key=lambda each: len(find_content_words(each)))
    words, known = find_content_words(shorter), _group_by_stem(longer)
    shared = sum(
        any(_have_same_stem(word, each) for each in known.get(word[:STEM_LENGTH], ()))
        for word in words
    )
    return shared / len(words) if shared >= MIN_SHARED_WORDS else 0.0


@lru_cache(CACHE_SIZE)
def _group_by_stem(text: str) -> Mapping[str, Sequence[str]]:
    """Group a text's words by their first letters: only those that begin alike are compared."""
    known: dict[str, list[str]] = {}
    for each in find_content_words(text):
        known.setdefault(each[:STEM_LENGTH], []).append(each)
    return known


def contains_words(text: str, typed: str) -> bool:
    """Return whether each typed word begins a word of a text; case and accents don't count."""
    words = WORD.findall(name_key(text))
    return all(_any_starts_with(words, each) for each in WORD.findall(name_key(typed)))


def _any_starts_with(words: Iterable[str], beginning: str) -> bool:
    return any(each.startswith(beginning) for each in words)


def _have_same_stem(one: str, other: str) -> bool:
    pairs = enumerate(zip(one, other, strict=False))
    common_length = next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
    ending_lengths = sorted((len(one) - common_length, len(other) - common_length))
    return one == other or (
        common_length >= STEM_LENGTH
        and (ending_lengths[0] == 0 or ending_lengths[1] <= MAX_ENDING_LENGTH)
    )
