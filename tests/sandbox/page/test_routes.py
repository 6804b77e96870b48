"""The page over real HTTP: what it shows to which person."""

import re
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from tests.sandbox.page.page_client import fetch, get_page, post_action
from tests.sandbox.page.toy_app import Toy, noon, running_toy


@pytest.fixture
def toy() -> Iterator[Toy]:
    with running_toy(now=noon) as running:
        yield running


def test_everybody_can_be_chosen_and_is_shown_as_what_they_are(toy: Toy) -> None:
    html = fetch(toy, "/").text
    for text in ("Ada Fenn", "guest", "other organisation", "deactivated", "Asia/Tokyo"):
        assert text in html
    assert f'href="/as/{toy.deactivated.id}"' in html


def test_a_person_begins_in_the_conversation_with_the_bot(toy: Toy) -> None:
    html = fetch(toy, f"/as/{toy.ada.id}").text
    assert "<title>Nihito · Ada Fenn" in html
    assert f'href="/as/{toy.ada.id}/home"' in html


def test_nobody_sees_a_place_they_are_not_let_into(toy: Toy) -> None:
    leads = next(c for c in toy.sandbox.workspace.channels.values() if c.name == "leads")
    assert get_page(toy, toy.ada, leads).status == 200
    assert get_page(toy, toy.ben, leads).status == 404
    assert "leads" not in get_page(toy, toy.ben, toy.general).text
    assert get_page(toy, toy.external_user, toy.general).status == 404
    assert get_page(toy, toy.ada, toy.ben.dm).status == 404
    assert fetch(toy, "/as/U9999999").status == 404


def test_a_deactivated_person_can_look_and_do_nothing(toy: Toy) -> None:
    assert "is deactivated" in get_page(toy, toy.deactivated, toy.deactivated.dm).text
    html = post_action(toy, toy.deactivated, toy.deactivated.dm, "say", text="/debrief").text
    assert "Dora Gone is deactivated" in html
    assert toy.deactivated.view is None


def test_a_message_is_written_and_shown_escaped(toy: Toy) -> None:
    html = post_action(toy, toy.ada, toy.general, "say", text="<b>Hello</b> & *goodbye*").text
    assert "&lt;b&gt;Hello&lt;/b&gt; &amp; <strong>goodbye</strong>" in html


class BusyClock:
    """A clock whose list of due things takes so long that a person writes meanwhile."""

    def __init__(self) -> None:
        self.meanwhile: Callable[[], object] = lambda: None

    def now(self) -> datetime:
        return noon()

    def move(self, to: datetime) -> None:
        """Stand still."""

    def next_due(self, _user_id: str) -> None:
        self.meanwhile()


def test_what_changes_while_a_page_is_rendered_makes_it_ask_again() -> None:
    clock = BusyClock()
    with running_toy(clock=clock) as toy:
        clock.meanwhile = lambda: toy.ada.say(toy.general, "Meanwhile")
        before = toy.sandbox.workspace.revision
        html = get_page(toy, toy.ben, toy.general).text
        assert f'data-revision="{before}"' in html
        assert toy.sandbox.workspace.revision > before


def test_times_are_in_the_readers_zone(toy: Toy) -> None:
    toy.ada.say(toy.general, "Now")
    html = get_page(toy, toy.ben, toy.general).text
    assert "12:00 UTC" in html
    assert '<time data-testid="local-time">Mon 2 Mar 2026, 21:00</time>' in html
    assert re.search(r"<strong>Ada Fenn</strong>.*<time[^>]*>21:00</time>", html)


def test_new_messages_are_counted_until_they_are_seen(toy: Toy) -> None:
    get_page(toy, toy.ada, toy.general)
    toy.ben.say(toy.general, "One")
    toy.ben.say(toy.general, "Two")
    assert 'aria-label="2 new"' in get_page(toy, toy.ada, toy.ada.dm).text
    get_page(toy, toy.ada, toy.general)
    assert "new" not in re.findall(r'class="count"[^>]*', get_page(toy, toy.ada, toy.ada.dm).text)


def test_replies_stand_under_their_parent_and_reactions_are_shown(toy: Toy) -> None:
    parent = toy.ada.say(toy.general, "Parent")
    toy.ada.say(toy.general, "Between")
    toy.ben.say(toy.general, "Reply", thread=parent)
    toy.ben.react(parent, "eyes")
    html = get_page(toy, toy.ada, toy.general).text
    assert html.index("Parent") < html.index("Reply") < html.index("Between")
    assert "👀 1" in html


def test_going_home_tells_the_app_and_shows_what_it_publishes(toy: Toy) -> None:
    html = get_page(toy, toy.ada, "home").text
    assert "Your next visit" in html
    assert 'data-action-id="interval"' in html


def test_the_whole_gallery_is_rendered(toy: Toy) -> None:
    toy.ada.run("/gallery")
    html = get_page(toy, toy.ada, toy.ada.dm).text
    for text in ("Two weeks are over 🌱", "Quernstone Mills", "Rich text", "<table>", "/images/F"):
        assert text in html
    image = re.search(r'src="(/images/[^"]+)"', html)
    assert image is not None
    address = f"{toy.sandbox.url}{image[1]}"
    with urllib.request.urlopen(address, timeout=10) as answer:
        assert answer.headers["Content-Type"] == "image/png"


def test_a_page_that_waits_is_answered_when_something_happens(toy: Toy) -> None:
    revision = toy.sandbox.workspace.revision
    toy.ben.say(toy.general, "News")
    reply = fetch(toy, f"/live/{toy.ada.id}/{toy.general.id}?revision={revision}")
    assert "News" in reply.text
    assert 'id="notice"' not in reply.text


def test_without_a_clock_its_buttons_say_why(toy: Toy) -> None:
    html = get_page(toy, toy.ada, toy.general).text
    assert html.count("disabled title=") == 4
    assert "This workspace runs on real time." in html
    said = post_action(toy, toy.ada, toy.general, "clock", _step="hour").text
    assert "This workspace runs on real time." in said


def test_hints_are_shown_when_there_are_some(toy: Toy) -> None:
    assert "What to try" not in get_page(toy, toy.ada, toy.general).text
    toy.sandbox.workspace.hints = ["Write `/debrief`"]
    assert "<code>/debrief</code>" in get_page(toy, toy.ada, toy.general).text


def test_another_site_cannot_press_anything(toy: Toy) -> None:
    path = f"/do/{toy.ada.id}/{toy.general.id}/say"
    assert fetch(toy, path, {"text": "Hi"}, Origin="https://a.example").status == 403
    assert toy.ada.messages(toy.general) == []
    assert fetch(toy, path, {"text": "Hi"}, Origin=toy.sandbox.url).status == 200


@pytest.mark.parametrize("path", ["/", "/static/page.js", "/api/api.test"])
def test_a_site_whose_name_means_this_machine_is_refused(toy: Toy, path: str) -> None:
    port = toy.sandbox.url.rpartition(":")[2]
    rebound = f"a.example:{port}"
    assert fetch(toy, path, Host=rebound, Origin=f"http://{rebound}").status == 400
    assert fetch(toy, path, Host=f"localhost:{port}").status == 200


def test_the_page_forbids_foreign_and_inline_scripts(toy: Toy) -> None:
    toy.ada.run("/hostile")
    reply = get_page(toy, toy.ada, toy.ada.dm)
    assert "script-src 'self'" in reply.headers["content-security-policy"]
    assert re.findall(r"<script[^>]*>", reply.text) == ['<script src="/static/page.js">']
    assert not re.search(r"<[^>]+\son\w+=", reply.text)
    assert "style=" not in reply.text


def test_the_script_stays_small_and_needs_nothing_from_elsewhere(toy: Toy) -> None:
    script = fetch(toy, "/static/page.js").text
    assert len(script.splitlines()) <= 400
    assert "://" not in script
