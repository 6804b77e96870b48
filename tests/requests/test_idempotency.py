"""Whatever comes in has one effect, however often and to however many copies it is delivered."""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from bot.app import build_bolt
from bot.db.engine import make_engine
from bot.operations.workspaces import Installation
from bot.web import build_web
from handlers.routes import open_gate
from sandbox.server_thread import Runner
from sandbox.workspace.installation import TEAM_ID
from tests.requests.payload_cases import EACH_KIND, EVERY_DOOR, Case
from tests.requests.seeded_workspace import Scene, open_scene

LARGER = ("inbox", "staff")
# What Slack says to whoever uses a trigger or a response URL of an earlier delivery again.
SPENT = {"trigger_exchanged", "trigger_expired", "used_url"}

# A scene, and the address and the background of another copy of the bot in it.
Copies = tuple[Scene, str, ThreadPoolExecutor]


@contextmanager
def second_house(scene: Scene) -> Iterator[tuple[str, ThreadPoolExecutor]]:
    """Another copy of the process on the same database: its address and its background."""
    url = scene.services.engine.url.render_as_string(hide_password=False)
    services = replace(scene.services, engine=make_engine(url))
    installation = Installation(TEAM_ID, "Sandbox", scene.slack.bot_user_id, scene.slack.bot_id)
    with ExitStack() as ending:
        ending.callback(services.engine.dispose)
        listeners, background = ThreadPoolExecutor(4), ThreadPoolExecutor(1)
        ending.callback(listeners.shutdown)
        ending.callback(background.shutdown)
        bolt = build_bolt(services, installation, listeners, open_gate(services, background))
        runner = Runner(build_web(services, bolt), 0)
        runner.start()
        ending.callback(runner.stop)
        yield f"http://127.0.0.1:{runner.port}", background


@pytest.fixture(scope="module")
def copies(request: pytest.FixtureRequest) -> Iterator[Copies]:
    """A scene, and another copy of the bot in it."""
    database = request.getfixturevalue(request.param).fresh()
    with open_scene(database) as scene, second_house(scene) as (url, background):
        yield scene, url, background


def sizes(kept: Mapping[str, list[str]]) -> dict[str, int]:
    return {name: len(rows) for name, rows in kept.items() if name not in LARGER}


@pytest.mark.parametrize("copies", ["postgres"], indirect=True, scope="module")
@EVERY_DOOR
def test_a_payload_delivered_four_times_to_two_copies_has_one_effect(
    copies: Copies, case: Case
) -> None:
    assert_one_effect(copies, case)


# All writers of a SQLite file stand in one line, whatever the door.
@pytest.mark.parametrize("copies", ["sqlite_files"], indirect=True, scope="module")
@EACH_KIND
def test_nor_has_it_more_on_a_sqlite_file(copies: Copies, case: Case) -> None:
    assert_one_effect(copies, case)


def assert_one_effect(copies: Copies, case: Case) -> None:
    """As the answers, the calls of Slack, the posts and the rows tell."""
    scene, other, background = copies
    kind, payload = case.build(scene, getattr(scene, case.whose))
    before, calls, posts = sizes(scene.kept()), len(scene.slack.calls), len(_posts(scene))
    addresses = [f"{url}/slack/events" for url in (scene.url, other) * 2]
    answers = scene.slack.delivery.send_to_all(kind, payload, addresses)
    settle(scene, background)
    assert all(each.acked for each in answers)
    assert len({json.dumps(each.body, sort_keys=True) for each in answers}) == 1
    made = [said(each) for each in scene.slack.calls[calls:] if each.method != "users.info"]
    assert len(made) == len(set(made))
    assert not SPENT & {each.error for each in scene.slack.calls[calls:]}
    words = [(post.kind, post.message.channel, post.words) for post in _posts(scene)[posts:]]
    assert len(words) == len(set(words))
    after = scene.kept()
    assert {name: size - before[name] for name, size in sizes(after).items()}.items() <= {
        # A booked visit leaves a brief and a prompt.
        (name, grown)
        for name in before
        # A debrief that is taken back takes its workarounds with it.
        for grown in ((-1, 0, 1, 2) if name == "outbox" else (-2, -1, 0, 1))
    }
    scene.slack.delivery.send_to_all(kind, payload, addresses[:2])
    settle(scene, background)
    assert scene.kept() == after
    assert len(_posts(scene)) == posts + len(words)


def _posts(scene: Scene) -> list[Any]:
    return scene.slack.workspace.posts


def settle(scene: Scene, background: ThreadPoolExecutor) -> None:
    """Everything that was to be shown has been shown, by both."""
    for crew in (scene.background, background):
        crew.submit(int).result()


def said(call: Any) -> str:
    return f"{call.method} {json.dumps(dict(call.args), sort_keys=True, default=str)}"
