"""Slack's texts become HTML as Slack shows them, and nothing hostile becomes live."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.page.markup.markdown import markdown
from sandbox.page.markup.mrkdwn import mrkdwn, text_object
from sandbox.page.markup.rich_text import rich_text
from sandbox.page.reader import Reader
from sandbox.page.rendering import decode_text

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ADA = Reader(
    id="U1",
    zone=ZoneInfo("Asia/Tokyo"),
    now=NOW,
    users={"U1": "Ada <Fenn>", "U2": "Ben"},
    channels={"C1": "general"},
    base="/as/U1",
)
ALLOWED = {
    "a", "blockquote", "br", "code", "div", "em", "hr", "li", "ol", "p", "pre", "s", "span",
    "strong", "time", "u", "ul",
}  # fmt: skip
HOSTILE = [
    "<script>alert(1)</script>",
    "<javascript:alert(1)|press me>",
    "<JaVaScRiPt:alert(1)>",
    "<data:text/html,<script>|x>",
    '<https://a.example/" onmouseover="alert(1)|x>',
    '<https://a.example|<img src=x onerror="alert(1)">>',
    "<@U1|<script>>",
    "<#C9|<b>>",
    "<!date^1^<script>^javascript:alert(1)|x>",
    "`<script>`",
    "```<script>alert(1)</script>```",
    "> <script>",
    "*<img src=x>*",
    "\ue0000\ue001 \ue00099\ue001",
    "&lt;script&gt;",
    "&amp;lt;script&amp;gt;",
]


def show(text: str) -> str:
    return str(mrkdwn(text, ADA))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold*", "<strong>bold</strong>"),
        ("_italic_", "<em>italic</em>"),
        ("~struck~", "<s>struck</s>"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("*a _b* c_", "<strong>a _b</strong> c_"),
        ("`*code*`", "<code>*code*</code>"),
        ("snake_case_name", "snake_case_name"),
        ("2*3*4", "2*3*4"),
        ("* not bold*", "* not bold*"),
        ("one\ntwo", "one<br>two"),
        (":wave:", "👋"),
        (":no_such_thing:", ":no_such_thing:"),
        ("at 10:30:45", "at 10:30:45"),
        ("> one\n> two", "<blockquote>one<br>two</blockquote>"),
        ("&gt; one", "<blockquote>one</blockquote>"),
        ("```a\n*b*```", "<pre>a\n*b*</pre>"),
        ("• one", '<span class="item">• one</span>'),
        ("Alder &amp; Sons", "Alder &amp; Sons"),
        ("Alder & Sons", "Alder &amp; Sons"),
        ("&amp;lt;", "&amp;lt;"),
        ("<@U2>", '<span class="mention user">@Ben</span>'),
        ("<@U1>", '<span class="mention me">@Ada &lt;Fenn&gt;</span>'),
        ("<@U9>", '<span class="mention user">@unknown user</span>'),
        ("<#C1>", '<a class="mention channel" href="/as/U1/C1">#general</a>'),
        ("<#C9>", '<span class="mention channel">a private channel</span>'),
        ("<!here>", '<span class="mention alarm">@here</span>'),
        ("&lt;!here&gt;", "&lt;!here&gt;"),
    ],
)
def test_mrkdwn_reads_as_in_slack(text: str, html: str) -> None:
    assert show(text) == html


def test_a_link_keeps_its_label_and_opens_elsewhere() -> None:
    html = show("see <https://a.example/?a=1&amp;b=2|the *page*>")
    assert 'href="https://a.example/?a=1&amp;b=2"' in html
    assert ">the *page*</a>" in html
    assert 'rel="noopener noreferrer"' in html


def test_a_bare_address_is_a_link_without_the_stop_after_it() -> None:
    assert 'href="https://a.example/b"' in show("see https://a.example/b.")
    assert 'href="https://a.example"' in show("&lt;https://a.example&gt;")


def test_verbatim_text_makes_nothing_live_by_itself() -> None:
    assert str(mrkdwn("https://a.example @here", ADA, verbatim=True)) == "https://a.example @here"
    assert "alarm" in show("@here")


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("{date_num} {time}", "2026-03-03 01:05"),
        ("{date_short}", "3 Mar 2026"),
        ("{date_long}", "Tuesday, 3 March 2026"),
        ("{date_short_pretty}", "tomorrow"),
        ("due {date_slash}", "due 03/03/2026"),
        ("{ago}", "in 4 hours"),
    ],
)
def test_a_date_is_told_in_the_readers_zone(template: str, shown: str) -> None:
    seconds = int(datetime(2026, 3, 2, 16, 5, tzinfo=UTC).timestamp())
    assert show(f"<!date^{seconds}^{template}|fallback>") == f"<time>{shown}</time>"


def test_a_malformed_date_shows_its_fallback() -> None:
    assert show("<!date^soon^{date}|in a while>") == "in a while"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_in_every_kind_of_text(text: str) -> None:
    assert_harmless(show(text))
    assert_harmless(str(markdown(text, ADA)))
    assert_harmless(str(text_object({"type": "plain_text", "text": text}, ADA)))
    assert_harmless(str(rich_text(rich(text), ADA)))


@given(st.text(alphabet="<>&|*_~`:!@#^\"'= \n/ajs\ue000\ue0010;lgt(){}[]", max_size=60))
def test_no_text_ever_becomes_a_tag_of_its_own(text: str) -> None:
    assert_harmless(show(text))
    assert_harmless(str(markdown(text, ADA)))


def test_private_characters_of_a_text_are_dropped() -> None:
    assert show("a\ue0000\ue001 `b`") == "a0 <code>b</code>"


def test_plain_text_decodes_entities_once_and_for_attributes_too() -> None:
    shown = text_object({"type": "plain_text", "text": "a &lt;b&gt; *c* :wave:"}, ADA)
    assert str(shown) == "a &lt;b&gt; *c* 👋"
    assert decode_text('a &lt;b&gt; "c"') == 'a <b> "c"'


@pytest.mark.parametrize("emoji", [True, False])
def test_plain_text_keeps_its_line_breaks(emoji: bool) -> None:
    shown = text_object({"type": "plain_text", "text": "one\n<br>", "emoji": emoji}, ADA)
    assert str(shown) == "one<br>&lt;br&gt;"


def test_markdown_shows_headings_lists_links_and_code() -> None:
    html = str(
        markdown("# Title\n- **one**\n1. [two](https://a.example)\n\n```py\nx < 1\n```", ADA)
    )
    assert '<p class="heading"><strong>Title</strong></p>' in html
    assert "• <strong>one</strong>" in html
    assert 'href="https://a.example"' in html
    assert "<pre>x &lt; 1\n</pre>" in html


def rich(text: str) -> dict[str, object]:
    elements = [
        {"type": "text", "text": text, "style": {"bold": True, "code": True}},
        {"type": "link", "url": text, "text": text},
        {"type": "user", "user_id": text},
        {"type": "emoji", "name": text},
        {"type": "broadcast", "range": text},
    ]
    return {"elements": [{"type": "rich_text_section", "elements": elements}]}


def assert_harmless(html: str) -> None:
    """Assert that only the page's own tags and attributes are live, and all links are allowed."""
    for tag, attributes in re.findall(r"<\s*/?\s*([a-zA-Z!?][^\s>/]*)([^>]*)>", html):
        assert tag in ALLOWED, html
        names = set(re.findall(r'([^\s"=]+)="[^"]*"', attributes))
        assert names <= {"href", "class", "target", "rel", "start"}, html
        for href in re.findall(r'href="([^"]*)"', attributes):
            assert re.match(r"(https?|mailto|tel|slack):|/as/U1/C1$", href, re.IGNORECASE), html
    assert not re.search(r"<(?![a-z/])", html), html
