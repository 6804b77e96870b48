"""Text: what people type, without what databases reject and screens don't show."""

import html
import re
import unicodedata

# Tabs and line breaks stay. PostgreSQL refuses U+0000, and the others are invisible.
_CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
# Marks that turn the direction of the text after them, zero-width spaces, and letters of tags. The
# joiners U+200C and U+200D stay: several scripts and many emoji need them.
_HIDDEN = r"\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f"
# A black flag and tags make the flags of England, Scotland and others.
_FLAG = r"\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"
CONTROL_CHARACTERS = re.compile(f"[{_CONTROLS}]")
UNWANTED = re.compile(f"({_FLAG})|[{_CONTROLS}{_HIDDEN}]")
SURROGATES = re.compile(r"[\ud800-\udfff]")
# <https://example.com|words>, <@U1>, <#C1|name>, <!here>
LINK = re.compile(r"<((?:[@#!]|[a-z]+:)[^<>|]*)(?:\|([^<>]*))?>")
MENTIONS = {"@": "@somebody", "#": "#channel", "!": "@everybody"}
INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def sanitize(text: str) -> str:
    """Return the text without invisible characters, lone surrogates replaced by U+FFFD.

    All text from outside passes here, where it comes in: without it, a customer's words could turn
    the direction of ours.
    """
    return SURROGATES.sub("\N{REPLACEMENT CHARACTER}", UNWANTED.sub(r"\1", text))


def to_plain_text(text: str) -> str:
    """Return a Slack message as people read it: without escapes and the addresses of links."""
    without_links = LINK.sub(lambda found: found[2] or MENTIONS.get(found[1][:1], found[1]), text)
    return html.unescape(without_links)


def is_blank(text: str) -> bool:
    """Return whether nothing is visible: only white space, joiners and direction marks."""
    return all(unicodedata.category(each) in INVISIBLE_CATEGORIES for each in text)


def utf16_length(text: str) -> int:
    """Return the length in UTF-16 units, the larger of the two ways Slack may count characters."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut_to_length(text: str, length: int) -> str:
    """Return the first characters of a text that fit into `length` UTF-16 units."""
    cut = text[:length]
    while (over := utf16_length(cut) - length) > 0:
        cut = cut[: len(cut) - (over + 1) // 2]
    return cut
