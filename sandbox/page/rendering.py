"""The page's templates, with filters that turn Slack's texts into safe HTML."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, Undefined
from markupsafe import Markup

from sandbox.page.charts import chart_of, number_text
from sandbox.page.fields import TEXTS, field_name
from sandbox.page.markup import mrkdwn
from sandbox.page.markup.emoji import emoji
from sandbox.page.markup.markdown import markdown
from sandbox.page.markup.rich_text import cell, rich_text
from sandbox.page.surface_state import SurfaceState
from sandbox.page.tables import table_of, values_of

HERE = Path(__file__).parent
COLOURS = 8
FILE_ADDRESS = re.compile(r"/(F[A-Z0-9]{3,})/")


class MissingValue(Undefined):
    """A key that the app left out: false in a test, empty in the page, like Slack's null."""


def decode_text(text: Any) -> str:
    """Return plain text for an attribute or option: entities decoded, emoji shown, unescaped."""
    return Markup(mrkdwn.with_emoji(str(text or ""))).unescape()


def confirm(dialog: Mapping[str, Any]) -> str:
    """Return a confirm dialog for the script: its texts as plain text, in JSON."""
    parts = ("title", "text", "confirm", "deny")
    texts = {part: decode_text(dialog[part].get("text")) for part in parts if dialog.get(part)}
    return json.dumps({**texts, "style": dialog.get("style", "")})


def image_url(image: Mapping[str, Any]) -> str:
    """Return the URL from which the page loads an image; "" when it must not be loaded."""
    file = image.get("slack_file") or {}
    url = str(file.get("url") or image.get("image_url") or "")
    in_url = FILE_ADDRESS.search(url) if file else None
    file_id = file.get("id") or (in_url[1] if in_url else "")
    if file_id:
        return "/images/" + quote(str(file_id), safe="")
    return url if url.lower().startswith(("http://", "https://")) else ""


def initials(name: str) -> str:
    """Return one or two letters in place of a photo."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def colour_number(thing_id: str) -> int:
    """Return a number below COLOURS, always the same for an id."""
    return sum(thing_id.encode()) % COLOURS


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the template environment, built once."""
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=MissingValue,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.filters |= {
        "text": mrkdwn.text_object,
        "mrkdwn": mrkdwn.mrkdwn,
        "markdown": markdown,
        "rich_text": rich_text,
        "cell": cell,
        "decoded": decode_text,
        "confirm": confirm,
        "emoji": emoji,
        "image_url": image_url,
        "initials": initials,
        "tone": colour_number,
        "markup": Markup,
        "chart": chart_of,
        "number": number_text,
        "table": table_of,
        "values": values_of,
        "safe_link": lambda url: bool(mrkdwn.SAFE_LINK.match(str(url))),
    }
    env.globals |= {"field_name": field_name, "texts": TEXTS}
    return env


def render(template: str, **values: Any) -> str:
    """Render a template as HTML."""
    return environment().get_template(template).render(**values)


def render_blocks(blocks: Sequence[Mapping[str, Any]], surface: SurfaceState) -> Markup:
    """Render blocks as HTML that is safe whatever the app sent."""
    macros = environment().get_template("blocks.html").module
    return Markup(macros.all(surface, blocks))  # type: ignore[attr-defined]
