"""Slack's mrkdwn as safe HTML: only the tags made here are live, whatever an app sends."""

import re
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any

from markupsafe import Markup

from sandbox.page.markup.emoji import emoji
from sandbox.page.reader import Reader
from sandbox.page.time_format import fill_date

SAFE_LINK = re.compile(r"(?:https?|mailto|tel|slack):[^\s]+\Z", re.IGNORECASE)
CODE_BLOCK = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
ATOM = re.compile(
    r"(?P<code>`[^`\n]+`)"
    r"|<(?P<token>[^<>\n]+)>"
    r"|(?P<url>\bhttps?://(?:(?!&[lg]t;)[^\s<>|\ue000])+(?<![.,;:!?)'\"*_~]))"
    r"|(?P<alarm>(?<![\w@.])@(?:here|channel|everyone)\b)"
    r"|:(?P<emoji>[a-z0-9_+'-]+(?:::skin-tone-[2-6])?):"
)
SPAN = re.compile(r"(?<!\w)([*_~])(?=\S)((?:(?!\1)[^\n])+)(?<=\S)\1(?!\w)")
TAGS = {"*": "strong", "_": "em", "~": "s"}
QUOTE = re.compile(r"(?:&gt;|>) ?")
ITEM = re.compile(r"(?:[•◦▪-]|\d{1,2}\.) ")
MASK = re.compile("\ue000(\\d+)\ue001")


def decode(text: str) -> str:
    """Decode Slack's three entities exactly once."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def plain(text: str) -> str:
    """Return Slack's text as HTML text: entities decoded once, then everything escaped."""
    return escape(decode(text))


def with_emoji(text: str) -> Markup:
    """Render a plain_text object's text: emoji shortcodes are shown, nothing else is live."""
    return Markup(re.sub(r":([a-z0-9_+'-]+):", lambda found: emoji(found[1]), plain(text)))


def link(url: str, label: str) -> str:
    """Render a link, or only its label when a browser must not follow the address.

    `label` is HTML already; `url` is raw.
    """
    if not SAFE_LINK.match(url):
        return label
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{label}</a>'


def mention(kind: str, shown: str) -> str:
    """Render a name with its sign (@, #) as a mention, which typed text cannot imitate."""
    return f'<span class="mention {kind}">{escape(shown)}</span>'


def user(user_id: str, reader: Reader) -> str:
    """Render a mention of a user; the reader's own stands out."""
    kind = "me" if user_id == reader.id else "user"
    return mention(kind, "@" + reader.users.get(user_id, "unknown user"))


def channel(channel_id: str, reader: Reader, label: str = "") -> str:
    """Render a channel's name as a link to it; without a link if the reader can't see it."""
    name = reader.channels.get(channel_id)
    if name is None:
        return mention("channel", f"#{label}" if label else "a private channel")
    href = escape(f"{reader.base}/{channel_id}")
    return f'<a class="mention channel" href="{href}">#{escape(name)}</a>'


def date(token: str, reader: Reader, fallback: str) -> str:
    """Render `date^seconds^template^link` in the reader's zone, or `fallback`, as HTML."""
    parts = token.split("^")
    if len(parts) < 3 or not re.fullmatch(r"\d{1,11}", parts[1]):
        return escape(fallback)
    shown = fill_date(parts[2], reader.local_seconds(int(parts[1])), reader.local(reader.now))
    html = f"<time>{escape(shown)}</time>"
    return link(parts[3], html) if len(parts) > 3 else html


def special(token: str, reader: Reader, label: str) -> str:
    """Render a `<!...>` token: a date, a mention of a whole channel, or a group."""
    name = token.split("^")[0]
    if name == "date":
        return date(token, reader, label)
    if name in ("here", "channel", "everyone"):
        return mention("alarm", "@" + name)
    return mention("group", label or "@group")


def angle(token: str, reader: Reader) -> str:
    """Render what is between < and > as HTML: a mention, a date or a link."""
    target, _, label = token.partition("|")
    target, label = decode(target), decode(label)
    if target.startswith("@"):
        return user(target[1:], reader)
    if target.startswith("#"):
        return channel(target[1:], reader, label)
    if target.startswith("!"):
        return special(target[1:], reader, label)
    if not SAFE_LINK.match(target):
        return escape(label or f"<{target}>")
    return link(target, escape(label or target.removeprefix("mailto:")))


def _atom(found: re.Match[str], reader: Reader, verbatim: bool) -> str:
    if found["code"]:
        return f"<code>{plain(found['code'][1:-1])}</code>"
    if found["token"]:
        return angle(found["token"], reader)
    if found["emoji"]:
        return escape(emoji(found["emoji"]))
    if verbatim:
        return plain(found[0])
    if found["url"]:
        return link(decode(found["url"]), plain(found["url"]))
    return mention("alarm", found["alarm"])


def _spans(text: str) -> str:
    """Render bold, italic and struck text, properly nested; `text` is escaped HTML text."""
    return SPAN.sub(lambda m: f"<{TAGS[m[1]]}>{_spans(m[2])}</{TAGS[m[1]]}>", text)


def inline(text: str, reader: Reader, *, verbatim: bool = False) -> str:
    """Render one or more lines without quotes or code blocks, as HTML.

    Live parts (links, mentions, code) are masked by private characters first, so formatting
    can neither reach into them nor be made out of them.
    """
    masked_html: list[str] = []

    def mask(found: re.Match[str]) -> str:
        masked_html.append(_atom(found, reader, verbatim))
        return f"\ue000{len(masked_html) - 1}\ue001"

    masked = ATOM.sub(mask, text)
    return MASK.sub(lambda found: masked_html[int(found[1])], _spans(plain(masked)))


def _runs(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Group neighbouring lines of one kind: yield ("quote" | "item" | "text", lines)."""
    run: list[str] = []
    kind = ""
    for line in lines:
        here = "quote" if QUOTE.match(line) else "item" if ITEM.match(line) else "text"
        if run and here != kind:
            yield kind, run
            run = []
        kind = here
        run.append(line)
    if run:
        yield kind, run


def _lines(text: str, reader: Reader, verbatim: bool) -> Iterator[str]:
    for kind, run in _runs(text.split("\n")):
        if kind == "quote":
            inner = "\n".join(QUOTE.sub("", line, count=1) for line in run)
            yield f"<blockquote>{_breaks(inner, reader, verbatim)}</blockquote>"
        elif kind == "item":
            yield "".join(
                f'<span class="item">{inline(line, reader, verbatim=verbatim)}</span>'
                for line in run
            )
        else:
            yield _breaks("\n".join(run), reader, verbatim)


def _breaks(text: str, reader: Reader, verbatim: bool) -> str:
    return inline(text, reader, verbatim=verbatim).replace("\n", "<br>")


def _code_block(text: str, reader: Reader) -> str:
    """Render a code block: entities decoded once, `<...>` tokens live as in Slack, no styles."""
    parts = re.split(r"<([^<>\n]+)>", text)
    shown = [plain(part) if i % 2 == 0 else angle(part, reader) for i, part in enumerate(parts)]
    return f"<pre>{''.join(shown)}</pre>"


def mrkdwn(text: str, reader: Reader, *, verbatim: bool = False) -> Markup:
    """Render mrkdwn as Slack shows it to `reader`, as HTML that is safe whatever was sent."""
    cleaned = re.sub("[\ue000\ue001]", "", text)
    html = []
    for index, part in enumerate(CODE_BLOCK.split(cleaned)):
        if index % 2:
            html.append(_code_block(part, reader))
        elif part.strip("\n"):
            html.extend(_lines(part.strip("\n") if index else part.rstrip("\n"), reader, verbatim))
    return Markup("".join(html))


def text_object(text: Mapping[str, Any] | None, reader: Reader) -> Markup:
    """Render a text object of Block Kit, plain_text or mrkdwn, as HTML."""
    if not text:
        return Markup("")
    if text.get("type") == "mrkdwn":
        return mrkdwn(str(text.get("text", "")), reader, verbatim=bool(text.get("verbatim")))
    show: Callable[[str], str] = with_emoji if text.get("emoji", True) else plain
    shown = show(str(text.get("text", "")))
    # As str: Markup escapes whatever is put into it, and would show a line break as its tag.
    return Markup(str(shown).replace("\n", "<br>"))
