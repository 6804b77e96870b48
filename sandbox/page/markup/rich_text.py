"""Rich text blocks as safe HTML."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from markupsafe import Markup

from sandbox.page.markup import mrkdwn
from sandbox.page.markup.emoji import emoji
from sandbox.page.reader import Reader
from sandbox.page.time_format import fill_date

Element = Mapping[str, Any]
STYLES = {"bold": "strong", "italic": "em", "strike": "s", "underline": "u", "code": "code"}


def _styled(html: str, element: Element) -> str:
    style = element.get("style") or {}
    for name, tag in STYLES.items():
        if style.get(name):
            html = f"<{tag}>{html}</{tag}>"
    return html


def _raw(text: Any) -> str:
    """Render text of rich text, which is not mrkdwn: only Slack's entities are decoded."""
    return mrkdwn.plain(str(text)).replace("\n", "<br>")


def _link(element: Element, _reader: Reader) -> str:
    url = str(element.get("url", ""))
    return mrkdwn.link(url, _raw(element.get("text") or url))


def _date(element: Element, reader: Reader) -> str:
    at = reader.local_seconds(float(element.get("timestamp", 0)))
    shown = fill_date(str(element.get("format", "{date}")), at, reader.local(reader.now))
    return f"<time>{escape(shown)}</time>"


INLINE: dict[str, Callable[[Element, Reader], str]] = {
    "text": lambda element, _reader: _raw(element.get("text", "")),
    "link": _link,
    "emoji": lambda element, _reader: escape(emoji(str(element.get("name", "")))),
    "user": lambda element, reader: mrkdwn.user(str(element.get("user_id")), reader),
    "channel": lambda element, reader: mrkdwn.channel(str(element.get("channel_id")), reader),
    "usergroup": lambda _element, _reader: mrkdwn.mention("group", "@group"),
    "broadcast": lambda element, _reader: mrkdwn.mention("alarm", f"@{element.get('range')}"),
    "color": lambda element, _reader: f"<code>{escape(str(element.get('value')))}</code>",
    "date": _date,
}


def _inline(elements: Sequence[Element], reader: Reader) -> str:
    shown = []
    for element in elements:
        show = INLINE.get(str(element.get("type")))
        shown.append(_styled(show(element, reader), element) if show else "")
    return "".join(shown)


def _list(element: Element, reader: Reader) -> str:
    tag = "ol" if element.get("style") == "ordered" else "ul"
    start = int(element.get("offset", 0)) + 1
    first = f' start="{start}"' if tag == "ol" and start > 1 else ""
    indent = min(max(int(element.get("indent", 0)), 0), 8)
    items = "".join(f"<li>{_part(item, reader)}</li>" for item in element.get("elements", []))
    return f'<{tag}{first} class="indent-{indent}">{items}</{tag}>'


def _part(part: Element, reader: Reader) -> str:
    kind = part.get("type")
    if kind == "rich_text_list":
        return _list(part, reader)
    inner = _inline(part.get("elements", []), reader)
    if kind == "rich_text_quote":
        return f"<blockquote>{inner}</blockquote>"
    if kind == "rich_text_preformatted":
        return f"<pre>{inner.replace('<br>', chr(10))}</pre>"
    return inner


def rich_text(block: Element, reader: Reader) -> Markup:
    """Render a rich_text block as HTML that is safe whatever was sent."""
    parts = []
    for part in block.get("elements", []):
        html = _part(part, reader)
        is_line = part.get("type") == "rich_text_section"
        parts.append(f'<div class="line">{html}</div>' if is_line else html)
    return Markup("".join(parts))


def cell(value: Element, reader: Reader) -> Markup:
    """Render a cell of a table block: raw text, a raw number or rich text."""
    if value.get("type") == "rich_text":
        return rich_text(value, reader)
    if value.get("type") == "raw_number":
        return Markup(_raw(value.get("text", value.get("value", ""))))
    return Markup(_raw(value.get("text", "")))
