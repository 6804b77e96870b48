"""Texts as people read them."""

import pytest

from bot.domain.text import to_plain_text


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
