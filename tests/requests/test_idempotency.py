"""A request has one effect, however often and to however many processes it is delivered."""

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
from handlers.routes import build_dispatcher
from sandbox.server_thread import ServerThread
from sandbox.workspace.installation import TEAM_ID
from tests.requests.payload_cases import EACH_KIND, EVERY_ROUTE, Case
from tests.requests.seeded_workspace import SeededWorkspace, open_seeded_workspace

GROWING_TABLES = ("inbox", "staff")
# Slack's errors when a trigger or a response URL of an earlier delivery is used again.
REUSED_TOKEN_ERRORS = {"trigger_exchanged", "trigger_expired", "used_url"}

# A seeded workspace, and the address and the background executor of a second process in it.
TwoProcesses = tuple[SeededWorkspace, str, ThreadPoolExecutor]


@contextmanager
def second_process(seeded_workspace: SeededWorkspace) -> Iterator[tuple[str, ThreadPoolExecutor]]:
    """Run a second process on the same database; yield its address and its background executor."""
    url = seeded_workspace.services.engine.url.render_as_string(hide_password=False)
    services = replace(seeded_workspace.services, engine=make_engine(url))
    installation = Installation(
        TEAM_ID, "Sandbox", seeded_workspace.slack.bot_user_id, seeded_workspace.slack.bot_id
    )
    with ExitStack() as cleanup:
        cleanup.callback(services.engine.dispose)
        listeners, background = ThreadPoolExecutor(4), ThreadPoolExecutor(1)
        cleanup.callback(listeners.shutdown)
        cleanup.callback(background.shutdown)
        bolt = build_bolt(services, installation, listeners, build_dispatcher(services, background))
        runner = ServerThread(build_web(services, bolt), 0)
        runner.start()
        cleanup.callback(runner.stop)
        yield f"http://127.0.0.1:{runner.port}", background


@pytest.fixture(scope="module")
def two_processes(request: pytest.FixtureRequest) -> Iterator[TwoProcesses]:
    """Yield a seeded workspace, and a second process in it."""
    database = request.getfixturevalue(request.param).new_database()
    with (
        open_seeded_workspace(database) as seeded_workspace,
        second_process(seeded_workspace) as (url, background),
    ):
        yield seeded_workspace, url, background


def sizes(stored: Mapping[str, list[str]]) -> dict[str, int]:
    return {name: len(rows) for name, rows in stored.items() if name not in GROWING_TABLES}


@pytest.mark.parametrize("two_processes", ["postgres"], indirect=True, scope="module")
@EVERY_ROUTE
def test_a_payload_delivered_four_times_to_two_copies_has_one_effect(
    two_processes: TwoProcesses, case: Case
) -> None:
    assert_one_effect(two_processes, case)


# All writers of a SQLite file wait in one queue, whatever the route.
@pytest.mark.parametrize("two_processes", ["sqlite_files"], indirect=True, scope="module")
@EACH_KIND
def test_nor_has_it_more_on_a_sqlite_file(two_processes: TwoProcesses, case: Case) -> None:
    assert_one_effect(two_processes, case)


def assert_one_effect(two_processes: TwoProcesses, case: Case) -> None:
    """Assert one effect, by the responses, the calls to Slack, the posts and the rows."""
    seeded_workspace, other, background = two_processes
    kind, payload = case.build(seeded_workspace, getattr(seeded_workspace, case.owner))
    before, calls, posts = (
        sizes(seeded_workspace.stored_rows()),
        len(seeded_workspace.slack.calls),
        len(_posts(seeded_workspace)),
    )
    addresses = [f"{url}/slack/events" for url in (seeded_workspace.url, other) * 2]
    answers = seeded_workspace.slack.delivery.send_to_all(kind, payload, addresses)
    wait_until_idle(seeded_workspace, background)
    assert all(each.acked for each in answers)
    assert len({json.dumps(each.body, sort_keys=True) for each in answers}) == 1
    made = [
        said(each) for each in seeded_workspace.slack.calls[calls:] if each.method != "users.info"
    ]
    assert len(made) == len(set(made))
    assert not REUSED_TOKEN_ERRORS & {each.error for each in seeded_workspace.slack.calls[calls:]}
    words = [
        (post.kind, post.message.channel, post.text) for post in _posts(seeded_workspace)[posts:]
    ]
    assert len(words) == len(set(words))
    after = seeded_workspace.stored_rows()
    assert {name: size - before[name] for name, size in sizes(after).items()}.items() <= {
        # A booked visit enqueues a brief and a prompt.
        (name, grown)
        for name in before
        # A withdrawn debrief takes its workarounds with it.
        for grown in ((-1, 0, 1, 2) if name == "outbox" else (-2, -1, 0, 1))
    }
    seeded_workspace.slack.delivery.send_to_all(kind, payload, addresses[:2])
    wait_until_idle(seeded_workspace, background)
    assert seeded_workspace.stored_rows() == after
    assert len(_posts(seeded_workspace)) == posts + len(words)


def _posts(seeded_workspace: SeededWorkspace) -> list[Any]:
    return seeded_workspace.slack.workspace.posts


def wait_until_idle(seeded_workspace: SeededWorkspace, background: ThreadPoolExecutor) -> None:
    """Wait until both processes have shown everything."""
    for executor in (seeded_workspace.background, background):
        executor.submit(int).result()


def said(call: Any) -> str:
    return f"{call.method} {json.dumps(dict(call.args), sort_keys=True, default=str)}"
