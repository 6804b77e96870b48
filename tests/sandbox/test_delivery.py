"""Signed HTTP, acknowledgements and retries."""

from typing import Any

import pytest
from slack_bolt import Ack, App, BoltRequest

from sandbox.person import Person
from sandbox.server import Sandbox


@pytest.fixture
def ana(sandbox: Sandbox) -> Person:
    return sandbox.add_user("Ana")


@pytest.mark.usefixtures("over_http")
def test_an_event_without_an_ack_is_sent_four_times(
    sandbox: Sandbox, app: App, ana: Person
) -> None:
    seen: list[tuple[str, str, str]] = []

    @app.middleware
    def refuse(body: dict[str, Any], request: BoltRequest) -> None:
        headers = {k: v[0] for k, v in request.headers.items()}
        number = headers.get("x-slack-retry-num", "")
        seen.append((body["event_id"], number, headers.get("x-slack-retry-reason", "")))
        raise RuntimeError("the app is broken")

    ana.say(ana.dm, "hello")
    assert [number for _, number, _ in seen] == ["", "1", "2", "3"]
    assert {event_id for event_id, _, _ in seen} == {seen[0][0]}
    assert seen[1][2] == "http_error"
    assert len(sandbox.unacked) == 4
    with pytest.raises(AssertionError, match="not acknowledged"):
        sandbox.assert_nothing_else()


@pytest.mark.usefixtures("over_http")
def test_an_acknowledged_event_comes_once(sandbox: Sandbox, app: App, ana: Person) -> None:
    seen: list[str] = []

    @app.event("message")
    def take(event: dict[str, Any]) -> None:
        seen.append(event["channel_type"])

    ana.say(ana.dm, "hello")
    assert seen == ["im"]
    assert sandbox.resend_last().acked
    assert seen == ["im", "im"]


@pytest.mark.usefixtures("over_http")
def test_a_wrong_signature_is_not_acknowledged(sandbox: Sandbox, app: App, ana: Person) -> None:
    @app.command("/probe")
    def probe(ack: Ack) -> None:
        ack("never")

    object.__setattr__(sandbox.installation, "signing_secret", "another")
    outcome = ana.run("/probe")
    assert (outcome.acked, outcome.status) == (False, 401)


@pytest.mark.usefixtures("over_http")
def test_a_slow_app_is_given_up(sandbox: Sandbox, app: App, ana: Person) -> None:
    @app.command("/probe")
    def probe(ack: Ack) -> None:
        sandbox.workspace.wait_until(lambda: None, 0.3)
        ack()

    sandbox.delivery.ack_seconds = 0.1
    outcome = ana.run("/probe")
    assert not outcome.acked
    assert "operation_timeout" in outcome.text


def test_nobody_there_is_told_at_once(sandbox: Sandbox, ana: Person) -> None:
    sandbox.deliver_over_http("http://127.0.0.1:9/slack/events")
    outcome = ana.run("/probe")
    assert "dispatch_failed" in outcome.text
    assert sandbox.unacked[0].reason == "connection_failed"


@pytest.mark.usefixtures("over_http")
def test_a_mention_comes_as_two_events(sandbox: Sandbox, app: App, ana: Person) -> None:
    kinds: list[str] = []

    @app.event("app_mention")
    def mentioned(event: dict[str, Any]) -> None:
        kinds.append(event["type"])

    @app.event("message")
    def message(event: dict[str, Any]) -> None:
        kinds.append(event["type"])

    general = sandbox.add_channel("general", members=[ana])
    ana.say(general, f"<@{sandbox.bot_user_id}> hello")
    assert sorted(kinds) == ["app_mention", "message"]
    closed = sandbox.add_channel("closed", members=[ana], bot_is_member=False)
    ana.say(closed, f"<@{sandbox.bot_user_id}> hello")
    assert len(kinds) == 2


@pytest.mark.usefixtures("over_http")
def test_a_strangers_event_names_both_teams(sandbox: Sandbox, app: App) -> None:
    bodies: list[dict[str, Any]] = []

    @app.event("message")
    def take(body: dict[str, Any]) -> None:
        bodies.append(body)

    stranger = sandbox.add_user("Stranger", stranger=True)
    shared = sandbox.add_channel("shared", members=[stranger], ext_shared=True)
    stranger.say(shared, "hello")
    assert bodies[0]["team_id"] == stranger.user.team_id
    assert bodies[0]["authorizations"][0]["team_id"] == sandbox.team_id
    assert bodies[0]["is_ext_shared_channel"]


@pytest.mark.usefixtures("over_http")
def test_any_event_can_be_sent(sandbox: Sandbox, app: App) -> None:
    seen: list[str] = []

    @app.event("app_uninstalled")
    def gone(event: dict[str, Any]) -> None:
        seen.append(event["type"])

    assert sandbox.send_event({"type": "app_uninstalled"}).acked
    assert seen == ["app_uninstalled"]
