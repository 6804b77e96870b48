"""Rules of rich text, from the block down to its inline elements."""

from collections.abc import Mapping

from sandbox.limits.rules import Flag, ListOf, Number, OneOf, Rule, Shape, String

STYLE = Shape(optional={name: Flag() for name in ("bold", "italic", "strike", "code", "underline")})
STYLED: Mapping[str, Rule] = {"style": STYLE}

INLINE_ELEMENTS = OneOf(
    {
        "text": Shape({"text": String()}, STYLED),
        "link": Shape({"url": String(3000)}, {**STYLED, "text": String()}),
        "emoji": Shape(
            {"name": String()}, {**STYLED, "unicode": String(), "skin_tone": Number(1, 6)}
        ),
        "user": Shape({"user_id": String()}, STYLED),
        "usergroup": Shape({"usergroup_id": String()}, STYLED),
        "team": Shape({"team_id": String()}, STYLED),
        "channel": Shape({"channel_id": String()}, STYLED),
        "broadcast": Shape({"range": String(allowed=("here", "channel", "everyone"))}, STYLED),
        "color": Shape({"value": String(pattern=r"#[0-9A-Fa-f]{6}")}, STYLED),
        "date": Shape(
            {"timestamp": Number(0), "format": String()},
            {**STYLED, "url": String(3000), "fallback": String()},
        ),
    }
)

SECTION = Shape({"elements": ListOf(INLINE_ELEMENTS)})
BORDER: Mapping[str, Rule] = {"border": Number(0, 1)}
SECTION_ELEMENTS = OneOf(
    {
        "rich_text_section": SECTION,
        "rich_text_quote": Shape(SECTION.required, BORDER),
        "rich_text_preformatted": Shape(SECTION.required, BORDER),
        "rich_text_list": Shape(
            {
                "style": String(allowed=("bullet", "ordered")),
                "elements": ListOf(OneOf({"rich_text_section": SECTION})),
            },
            {**BORDER, "indent": Number(0, 8), "offset": Number(0)},
        ),
    }
)

RICH_TEXT_BLOCK = Shape({"elements": ListOf(SECTION_ELEMENTS)}, {"block_id": String(255)})
RICH_TEXT = OneOf({"rich_text": RICH_TEXT_BLOCK})
