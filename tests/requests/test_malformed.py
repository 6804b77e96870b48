"""Signed payloads of the wrong shape: answered without an error, and without any effect."""

import copy
import json
import logging
from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.requests.payload_cases import BY_NAME, Case
from tests.requests.random_bodies import bodies
from tests.requests.raw_http import FORM, JSON, post, signed_headers
from tests.requests.seeded_workspace import SeededWorkspace, open_seeded_workspace
from tests.support.databases import SqliteFiles

DEEP = 100_000
USER = {"id": "U9999999", "team_id": "T0000001"}
PRESS = {"type": "block_actions", "user": USER}


@pytest.fixture(scope="module")
def scratch_workspace(sqlite_files: SqliteFiles) -> Iterator[SeededWorkspace]:
    """Yield a seeded workspace that any test may change."""
    with open_seeded_workspace(sqlite_files.new_database()) as opened:
        yield opened


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Capture the log, warnings and errors, with those of the HTTP server."""
    caplog.set_level(logging.WARNING)
    caplog.set_level(logging.WARNING, "uvicorn.error")
    return caplog


def assert_no_errors_logged(log: pytest.LogCaptureFixture) -> None:
    """Assert that nothing above a warning was logged, and no traceback."""
    assert [each for each in log.records if each.levelno > logging.WARNING] == []
    assert [each for each in log.records if each.exc_info or "Traceback" in str(each.msg)] == []


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nul",
        b"null",
        b"true",
        b"1",
        b"1e999",
        b'"text"',
        b"[]",
        b'[{"type": "event_callback"}]',
        b"\xff\xfe\x00",
        b'{"type": "\xc3"}',
        b"{}{}",
        b"9" * 5000,
        b"[" * DEEP,
        b"[" * DEEP + b"]" * DEEP,
        b'{"type":' * DEEP + b"1" + b"}" * DEEP,
    ],
    ids=lambda body: repr(body[:20]),
)
def test_what_is_no_json_object_is_refused(
    seeded_workspace: SeededWorkspace, log: pytest.LogCaptureFixture, body: bytes
) -> None:
    assert post(seeded_workspace.url, body, signed_headers(body), JSON) == 400
    inside = urlencode({"payload": body}).encode()
    # In a form, invalid bytes are just replacement characters.
    assert post(seeded_workspace.url, inside, signed_headers(inside), FORM) == (
        404 if b"\xc3" in body else 400
    )
    assert_no_errors_logged(log)


@pytest.mark.parametrize(
    "body", [b"a", b"payload", b"payload=", b"&&", b"payload=%7B%7D&payload=nonsense", b"a=1;b=2&c"]
)
def test_what_is_no_form_is_refused(
    seeded_workspace: SeededWorkspace, log: pytest.LogCaptureFixture, body: bytes
) -> None:
    assert post(seeded_workspace.url, body, signed_headers(body), FORM) == 400
    assert_no_errors_logged(log)


@pytest.mark.parametrize("payload", [{}, {"type": "unheard_of"}, {"hello": [1]}, {"type": None}])
def test_what_slack_may_send_one_day_is_unknown(
    seeded_workspace: SeededWorkspace, log: pytest.LogCaptureFixture, payload: dict
) -> None:
    body = json.dumps(payload).encode()
    assert post(seeded_workspace.url, body, signed_headers(body)) == 404
    assert_no_errors_logged(log)


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "event_callback", "event": {"type": "user_change", "user": ["U1"]}},
        {"type": "event_callback", "event": {"type": "app_home_opened", "user": {"name": "x"}}},
        {"type": "event_callback", "event": {"type": "app_home_opened", "user": "no id"}},
        {"type": "event_callback", "event": []},
        {"type": "event_callback", "event": "x", "authorizations": "x"},
        {"type": "event_callback", "authorizations": [None]},
        {"type": "block_actions"},
        {"type": "block_actions", "actions": []},
        {"type": "block_actions", "actions": "nudge.plan", "user": USER},
        PRESS | {"actions": [{"type": "button"}]},
        PRESS | {"actions": [{"type": "button", "action_id": None, "block_id": "x"}]},
        PRESS | {"actions": [{"type": "button", "action_id": ["x"], "block_id": "x"}]},
        PRESS | {"actions": [{"action_id": "nudge.plan", "block_id": "x"}], "user": None},
        PRESS | {"actions": [{"action_id": "nudge.plan", "block_id": "x"}], "user": {"id": 7}},
        PRESS | {"actions": [{"action_id": "nudge.plan", "block_id": "x"}], "user": {"id": "\0"}},
        PRESS | {"actions": [{"action_id": "nudge.plan", "block_id": "x"}], "team": 5},
        {"type": "view_submission", "user": USER, "view": None},
        {"type": "view_submission", "user": USER, "view": {"type": "modal"}},
        {"type": "view_submission", "view": {"type": "modal", "callback_id": "debrief.record"}},
        {"type": "block_suggestion", "user": USER},
        {"type": "block_suggestion", "user": "U1", "action_id": "customer.find"},
        {"type": "interactive_message", "callback_id": "x", "actions": [{"name": "x"}]},
        {"type": "dialog_submission", "callback_id": "x"},
        {"type": "dialog_suggestion", "callback_id": "x", "name": "x"},
        {"command": "/visit"},
        {"command": "/visit", "user_id": None},
        {"command": ["/visit"], "user_id": "U9999999"},
    ],
    ids=str,
)
def test_a_payload_that_lacks_who_or_what_comes_to_nothing(
    seeded_workspace: SeededWorkspace, log: pytest.LogCaptureFixture, payload: dict
) -> None:
    before, posts = seeded_workspace.stored_rows(), len(seeded_workspace.slack.workspace.posts)
    body = json.dumps(payload).encode()
    assert post(seeded_workspace.url, body, signed_headers(body)) in (400, 404)
    assert_no_errors_logged(log)
    assert (seeded_workspace.stored_rows(), len(seeded_workspace.slack.workspace.posts)) == (
        before,
        posts,
    )


@pytest.mark.parametrize("seed", range(8))
def test_nothing_at_random_is_stumbled_over(
    seeded_workspace: SeededWorkspace, log: pytest.LogCaptureFixture, seed: int
) -> None:
    before, posts = seeded_workspace.stored_rows(), len(seeded_workspace.slack.workspace.posts)
    calls, statuses = len(seeded_workspace.slack.calls), {}
    for body, kind in bodies(seeded_workspace, seed, 150):
        statuses.setdefault(
            post(seeded_workspace.url, body, signed_headers(body), kind), (body, kind)
        )
    seeded_workspace.background.submit(int).result()
    assert set(statuses) <= {200, 400, 404}, statuses
    assert_no_errors_logged(log)
    assert seeded_workspace.stored_rows() == before
    # An id that might be a user's is looked up, and isn't found.
    for call in seeded_workspace.slack.calls[calls:]:
        if call.error == "user_not_found":
            seeded_workspace.slack.expect_refusal("users.info", "user_not_found")
    for shown in seeded_workspace.slack.workspace.posts[posts:]:
        assert shown.message.ephemeral_for == seeded_workspace.people["a stranger"].id
        shown.expected = True


@pytest.mark.parametrize("seed", range(4))
def test_nothing_at_random_is_taken_unsigned(
    seeded_workspace: SeededWorkspace, log: pytest.LogCaptureFixture, seed: int
) -> None:
    statuses = {
        post(seeded_workspace.url, body, {}, kind)
        for body, kind in bodies(seeded_workspace, 100 + seed, 150)
    }
    assert statuses == {401}
    assert log.records == []


@pytest.mark.parametrize("case", BY_NAME.values(), ids=str)
def test_a_members_payload_with_a_part_gone_is_answered(
    scratch_workspace: SeededWorkspace, case: Case
) -> None:
    _, genuine = case.build(scratch_workspace, scratch_workspace.ada)
    paths = list(_paths(genuine))
    for path in Random(case.route[1]).sample(paths, min(25, len(paths))):
        payload = copy.deepcopy(genuine)
        _remove(payload, path)
        body = json.dumps(payload).encode()
        assert post(scratch_workspace.url, body, signed_headers(body)) in (200, 400, 404), path


def _paths(part: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key in part if isinstance(part, dict) else range(len(part)):
        yield (*above, key)
        if isinstance(part[key], dict | list):
            yield from _paths(part[key], (*above, key))


def _remove(part: Any, path: tuple[Any, ...]) -> None:
    for key in path[:-1]:
        part = part[key]
    del part[path[-1]]
