"""Texts as people read them."""

import pytest

from bot.domain.text import sanitize, to_plain_text


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("We &amp; they", "We & they"),
        ("&lt;b&gt; is bold", "<b> is bold"),
        ("see <https://example.com|the page>", "see the page"),
        ("see <https://example.com/a?b=1>", "see https://example.com/a?b=1"),
        ("<@U0000001> said so to <!channel>", "@somebody said so to @everybody"),
        ("in <#C0000001|stories>, <#C0000002>", "in stories, #channel"),
        ("<mailto:mara@example.com|mara@example.com>", "mara@example.com"),
        ("1 < 2 > 0", "1 < 2 > 0"),
        ("", ""),
    ],
)
def test_a_message_is_read_as_slack_shows_it(text: str, read: str) -> None:
    assert to_plain_text(text) == read


ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Slow.\u202e !su llaC \u2066now\u2069", "Slow. !su llaC now"),
        ("\u200eone\u200f \u061ctwo", "one two"),
        ("\ufeffin\u200bvis\u2060ible", "invisible"),
        ("red\x1b[31m, \x07bell\x85", "red[31m, bell"),
        ("read\U000e0073\U000e0065\U000e0063\U000e007f on", "read on"),
        ("half an emoji \ud83c", "half an emoji \N{REPLACEMENT CHARACTER}"),
    ],
)
def test_what_nobody_sees_is_left_out(text: str, clean: str) -> None:
    assert sanitize(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "two lines\nand a\ttab",
        "Łódź 👩\u200d🚀 ❤\ufe0f नमस्ते",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        f"{ENGLAND} won",
    ],
    ids=["white space", "emoji and accents", "a Persian joiner", "a flag of tags"],
)
def test_what_scripts_and_emoji_need_stays(text: str) -> None:
    assert sanitize(text) == text
