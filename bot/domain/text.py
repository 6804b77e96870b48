"""Texts: what people type, without what no database keeps and no screen shows."""

import html
import re
import unicodedata

# Tabs and line ends stay. PostgreSQL refuses U+0000, and nobody can see the others.
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
SURROGATES = re.compile(r"[\ud800-\udfff]")
# <https://example.com|words>, <@U1>, <#C1|name>, <!here>
LINK = re.compile(r"<((?:[@#!]|[a-z]+:)[^<>|]*)(?:\|([^<>]*))?>")
MENTIONS = {"@": "@somebody", "#": "#channel", "!": "@everybody"}
INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def sanitize(text: str) -> str:
    """The text without control characters; half a character becomes the sign for a lost one."""
    return SURROGATES.sub("\N{REPLACEMENT CHARACTER}", CONTROL_CHARACTERS.sub("", text))


def to_plain_text(text: str) -> str:
    """The words of a Slack message as people read them: without links' addresses and escapes."""
    without_links = LINK.sub(lambda found: found[2] or MENTIONS.get(found[1][:1], found[1]), text)
    return html.unescape(without_links)


def is_blank(text: str) -> bool:
    """Whether there is nothing to see: white space, joiners and marks of direction alone."""
    return all(unicodedata.category(each) in INVISIBLE_CATEGORIES for each in text)
