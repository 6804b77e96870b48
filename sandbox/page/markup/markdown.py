"""The markdown block as safe HTML: standard Markdown as bots write it, without raw HTML."""

import re
from collections.abc import Iterator
from html import escape

from markupsafe import Markup

from sandbox.page.markup import mrkdwn
from sandbox.page.reader import Reader

ATOM = re.compile(
    r"(?P<code>`[^`\n]+`)"
    r"|!?\[(?P<label>[^\]\n]*)\]\((?P<href>[^()\s]+)\)"
    r"|<(?P<token>[^<>\n]+)>"
    r"|(?P<url>\bhttps?://(?:(?!&[lg]t;)[^\s<>|\ue000])+(?<![.,;:!?)'\"*_~]))"
)
SPAN = re.compile(
    r"(?<![\w*])\*\*(?P<strong>\S(?:[^\n]*?\S)?)\*\*(?![\w*])"
    r"|~~(?P<s>\S(?:[^\n~]*\S)?)~~"
    r"|(?<![\w*])\*(?P<em>[^\s*](?:[^\n*]*[^\s*])?)\*(?![\w*])"
    r"|(?<!\w)_(?P<em2>[^\s_](?:[^\n_]*[^\s_])?)_(?!\w)"
)
HEADING = re.compile(r"(#{1,6})\s+(.*)")
ITEM = re.compile(r"(\s*)(?:[-*+]|(\d{1,3})[.)])\s+(.*)")
RULE = re.compile(r"\s*(?:-{3,}|\*{3,}|_{3,})\s*\Z")
CODE_BLOCK = re.compile(r"^```[^\n`]*\n(.*?)^```[ \t]*$", re.DOTALL | re.MULTILINE)


def _atom(found: re.Match[str], reader: Reader) -> str:
    if found["code"]:
        return f"<code>{mrkdwn.plain(found['code'][1:-1])}</code>"
    if found["token"]:
        return mrkdwn.angle(found["token"], reader)
    if found["url"]:
        return mrkdwn.link(mrkdwn.decode(found["url"]), mrkdwn.plain(found["url"]))
    return mrkdwn.link(mrkdwn.decode(found["href"]), mrkdwn.plain(found["label"] or found["href"]))


def _spans(text: str) -> str:
    def tag(found: re.Match[str]) -> str:
        name = str(found.lastgroup)
        return f"<{name.rstrip('2')}>{_spans(found[name])}</{name.rstrip('2')}>"

    return SPAN.sub(tag, text)


def _inline(text: str, reader: Reader) -> str:
    masked_html: list[str] = []

    def mask(found: re.Match[str]) -> str:
        masked_html.append(_atom(found, reader))
        return f"\ue000{len(masked_html) - 1}\ue001"

    masked = ATOM.sub(mask, text)
    return mrkdwn.MASK.sub(lambda found: masked_html[int(found[1])], _spans(mrkdwn.plain(masked)))


def _item(found: re.Match[str], reader: Reader) -> str:
    depth = min(len(found[1]) // 2, 8)
    marker = f"{found[2]}." if found[2] else "•"
    text = _inline(found[3], reader)
    return f'<span class="item indent-{depth}">{escape(marker)} {text}</span>'


def _lines(text: str, reader: Reader) -> Iterator[str]:
    for line in text.split("\n"):
        heading, item = HEADING.fullmatch(line), ITEM.fullmatch(line)
        if not line.strip():
            yield '<span class="gap"></span>'
        elif RULE.match(line):
            yield "<hr>"
        elif heading:
            yield f'<p class="heading"><strong>{_inline(heading[2], reader)}</strong></p>'
        elif item:
            yield _item(item, reader)
        elif line.startswith(">"):
            yield f"<blockquote>{_inline(line[1:].strip(), reader)}</blockquote>"
        else:
            yield f'<span class="line">{_inline(line, reader)}</span>'


def markdown(text: str, reader: Reader) -> Markup:
    """Render Markdown as HTML that is safe whatever was sent; unknown syntax stays as typed."""
    cleaned = re.sub("[\ue000\ue001]", "", text)
    parts = []
    for index, part in enumerate(CODE_BLOCK.split(cleaned)):
        if index % 2:
            parts.append(f"<pre>{mrkdwn.plain(part)}</pre>")
        else:
            parts.extend(_lines(part.strip("\n"), reader))
    return Markup("".join(parts))
