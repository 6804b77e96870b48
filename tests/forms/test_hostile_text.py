"""Mentions, links and markup that people type are shown as text, everywhere they are shown."""

from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

import pytest

from sandbox.person import Person
from tests.conftest import Nihito
from tests.forms import form_helpers
from tests.forms.form_helpers import LIVE
from tests.times import T

NAME = "<!channel> <@U0000001>"
TOKENS = ("<!", "<@", "<#", "<http")


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    ada = nihito.slack.add_user("Ada <!here>", tz="Europe/Berlin")
    stories = nihito.slack.add_channel("stories", members=[ada])
    nihito.join(ada, channel=stories.id)
    return ada


def parts(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every object in blocks, however deep."""
    if isinstance(value, Mapping):
        yield value
        for each in value.values():
            yield from parts(each)
    elif isinstance(value, list):
        for each in value:
            yield from parts(each)


def assert_text_only(
    nihito: Nihito, ada: Person, blocks: list[dict[str, Any]], fallback: str = ""
) -> None:
    """Assert that the typed text is there, and nothing in it is live."""
    for part in parts(blocks):
        kind = part.get("type", "")
        assert kind not in ("user", "channel", "broadcast", "link", "usergroup", "markdown")
        if kind == "mrkdwn":
            assert part.get("verbatim") is True
            assert not any(token in part["text"] for token in TOKENS)
    assert not any(token in fallback for token in TOKENS)
    html = form_helpers.render_html(blocks, nihito, ada)
    assert 'class="mention' not in html
    assert "<a " not in html
    assert NAME in unescape(html)


def debrief(nihito: Nihito, ada: Person) -> Any:
    """Save a debrief with hostile text in every field; return the author's confirmation."""
    form_helpers.unfold(
        nihito, ada, nihito.open_form(ada, "/debrief", NAME), "score", "pain", "promise"
    )
    fields = ("story", "quote", "workaround", "workaround_why", "nps_why", "pain", "promise")
    assert ada.submit(dict.fromkeys(fields, LIVE)).errors == {}
    return nihito.slack.expect_message(to=ada, containing="is kept")


def test_the_reply_to_a_debrief_and_the_digest_show_text(nihito: Nihito, ada: Person):
    told = debrief(nihito, ada)
    assert_text_only(nihito, ada, told.blocks, told.text)
    nihito.tick_at(T(days=4, hours=2))
    stories = nihito.slack.workspace.channels[
        form_helpers.table_rows(nihito, "teams")[0]["channel_id"]
    ]
    digest = nihito.slack.expect_message(to=stories)
    assert_text_only(nihito, ada, digest.blocks, digest.text)
    html = unescape(form_helpers.render_html(digest.blocks, nihito, ada))
    assert html.count(LIVE) == 3
    assert "Heard by Ada <!here>" in html


def test_the_forms_show_text(nihito: Nihito, ada: Person):
    debrief(nihito, ada)
    view = nihito.open_form(ada, "/debrief", NAME)
    assert form_helpers.typed_value(ada, "customer")["value"].startswith("customer:")
    assert_text_only(nihito, ada, view.payload["blocks"])
    for option in ada.options("customer.find", "<!"):
        assert option["text"]["type"] == "plain_text"


def test_a_plan_its_reply_the_next_visit_and_home_show_text(nihito: Nihito, ada: Person):
    nihito.open_form(ada, "/visit", "plan")
    ada.submit({"customer": form_helpers.new_customer(ada, NAME), "on": "2026-03-05", "goal": LIVE})
    told = nihito.slack.expect_message(to=ada, containing="Planned")
    assert_text_only(nihito, ada, told.blocks, told.text)
    outcome = ada.run("/visit", "next")
    assert_text_only(nihito, ada, outcome.blocks, outcome.text)
    home = ada.open_home()
    assert_text_only(nihito, ada, home.payload["blocks"])


def test_a_contact_and_its_reply_show_text(nihito: Nihito, ada: Person):
    nihito.open_form(ada, "/contact", NAME)
    person = ada.options("contact.person", NAME)[-1]
    ada.submit({"person": person, "channel": "mail", "subject": LIVE})
    told = nihito.slack.expect_message(to=ada, containing="Noted")
    assert_text_only(nihito, ada, told.blocks, told.text)


def test_a_nudge_and_what_stands_in_its_place_show_text(nihito: Nihito, ada: Person):
    form_helpers.add_namesakes(nihito, NAME, LIVE, 1)
    nihito.tick_at(T(days=14))
    nudge = nihito.slack.expect_message(to=ada)
    assert_text_only(nihito, ada, nudge.blocks, nudge.text)
    ada.press(nudge, "nudge.been")
    ada.wait_for_view()
    ada.submit({"customer": ada.options("customer.find", NAME)[0], "story": LIVE})
    nihito.slack.expect_update(nudge, "You saw")
    assert_text_only(nihito, ada, nudge.blocks, nudge.text)


def test_a_planned_nudge_shows_text(nihito: Nihito, ada: Person):
    form_helpers.add_namesakes(nihito, NAME, LIVE, 1)
    nihito.tick_at(T(days=14))
    nudge = nihito.slack.expect_message(to=ada)
    ada.press(nudge, "nudge.plan")
    ada.wait_for_view()
    ada.submit({"on": "2026-03-20", "goal": LIVE})
    nihito.slack.expect_update(nudge, "Planned")
    assert_text_only(nihito, ada, nudge.blocks, nudge.text)


def test_invisible_characters_are_kept_nowhere(nihito: Nihito, ada: Person):
    nihito.open_form(ada, "/debrief", "Acme\u202e Ltd")
    form_helpers.unfold(nihito, ada, ada.view, "pain")
    assert ada.submit({"story": "Slow.\u202e Very.", "pain": "Exports\u2066"}).errors == {}
    nihito.slack.expect_message(to=ada, containing="is kept")
    stored = str([form_helpers.table_rows(nihito, each) for each in ("debriefs", "pains")])
    assert "Slow. Very." in stored
    assert "\\u" not in stored


def test_a_command_with_hostile_words_is_answered_without_repeating_them(ada: Person):
    outcome = ada.run("/visit", LIVE)
    assert outcome.text == "I do not know that one. /visit help shows what you can ask for."
