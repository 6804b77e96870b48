"""A message becomes a quote, and a picture comes with its story."""

import pytest

from sandbox.person import Person
from tests.conftest import Nihito
from tests.forms import form_helpers
from tests.forms.form_helpers import STORY
from tests.times import T

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.fixture
def stories(nihito: Nihito):
    return nihito.slack.add_channel("stories")


@pytest.fixture
def ada(nihito: Nihito, stories) -> Person:
    ada = nihito.slack.add_user("Ada")
    stories.members.append(ada.id)
    nihito.join(ada, channel=stories.id)
    return ada


def test_a_message_becomes_the_quote_of_a_debrief(nihito: Nihito, ada: Person, stories) -> None:
    said = ada.say(stories, "We & they print it, <@U0000001> saw it.")
    ada.shortcut("debrief.from_message", message=said)
    ada.wait_for_view()
    assert form_helpers.typed_value(ada, "quote") == "We & they print it, @somebody saw it."
    ada.submit({"customer": form_helpers.new_customer(ada), "story": STORY})
    nihito.slack.expect_message(to=ada, containing="is kept")
    assert (
        form_helpers.table_rows(nihito, "debriefs")[0]["quote"]
        == "We & they print it, @somebody saw it."
    )


def test_the_quote_is_kept_where_its_form_does_not_open(
    nihito: Nihito, ada: Person, stories
) -> None:
    said = ada.say(stories, "We print it.")
    nihito.slack.fail("views.open", "trigger_expired")
    ada.shortcut("debrief.from_message", message=said)
    nihito.slack.expect_message(to=stories, containing="Nothing is lost")
    nihito.open_form(ada, "/debrief")
    assert form_helpers.typed_value(ada, "quote") == "We print it."


def test_somebody_who_has_not_joined_is_told_how_to(nihito: Nihito, stories) -> None:
    zoe = nihito.slack.add_user("Zoe")
    stories.members.append(zoe.id)
    said = zoe.say(stories, "We print it.")
    zoe.shortcut("debrief.from_message", message=said)
    nihito.slack.expect_message(to=stories, containing="/visit join takes one press.")


def test_a_picture_comes_with_its_story(nihito: Nihito, ada: Person, stories) -> None:
    view = nihito.open_form(ada, "/debrief", "Brightwater Mill")
    form_helpers.unfold(nihito, ada, view, "picture")
    ada.submit({"story": STORY, "picture": [ada.upload("mill.png", PNG, "image/png")]})
    nihito.slack.expect_message(to=ada, containing="is kept")
    nihito.tick_at(T(days=4, hours=2))
    digest = nihito.slack.expect_message(to=stories, containing=STORY)
    (picture,) = [each for each in digest.blocks if each["type"] == "image"]
    assert picture["slack_file"]["id"] == form_helpers.table_rows(nihito, "debriefs")[0]["picture"]
    assert picture["alt_text"] == "A picture from a visit to Brightwater Mill"


def test_a_digest_whose_picture_slack_refuses_comes_without_it(
    nihito: Nihito, ada: Person, stories
) -> None:
    view = nihito.open_form(ada, "/debrief", "Brightwater Mill")
    form_helpers.unfold(nihito, ada, view, "picture")
    ada.submit({"story": STORY, "picture": [ada.upload("mill.png", PNG, "image/png")]})
    nihito.slack.expect_message(to=ada, containing="is kept")
    nihito.slack.fail("chat.postMessage", "invalid_blocks")
    nihito.tick_at(T(days=4, hours=2))
    for minutes in range(1, 30):
        nihito.tick_at(T(days=4, hours=2, minutes=minutes))
    digest = nihito.slack.expect_message(to=stories, containing=STORY)
    assert [each for each in digest.blocks if each["type"] == "image"] == []
