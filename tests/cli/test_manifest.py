"""`manifest`: the app manifest for Slack."""

import json
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from handlers.requests import RequestKind
from handlers.routes import ROUTES
from sandbox.server import Sandbox
from tests.cli.conftest import Command

MANIFEST = Path(__file__).parent.parent.parent / "manifest.json"
ADDRESS = "https://nihito.example.org"


@pytest.fixture(params=["socket", "http"])
def printed_manifest(command: Command, request: pytest.FixtureRequest) -> dict[str, Any]:
    options = ["--url", f"{ADDRESS}/"] if request.param == "http" else []
    ended = command("manifest", *options)
    assert ended.code == 0
    read: dict[str, Any] = json.loads(ended.out)
    return read


def test_slack_accepts_the_manifest(printed_manifest: dict[str, Any], slack: Sandbox) -> None:
    client = WebClient(slack.configuration_token, base_url=slack.api_url, retry_handlers=[])
    answer = client.apps_manifest_validate(manifest=json.dumps(printed_manifest))
    assert answer.data == {"ok": True, "errors": []}


def test_every_command_that_is_answered_is_in_the_manifest_and_no_other(
    printed_manifest: dict[str, Any],
) -> None:
    offered = {each["command"] for each in printed_manifest["features"]["slash_commands"]}
    assert offered == {name for kind, name in ROUTES if kind is RequestKind.COMMAND}


def test_every_event_that_is_answered_is_in_the_manifest(printed_manifest: dict[str, Any]) -> None:
    wanted = set(printed_manifest["settings"]["event_subscriptions"]["bot_events"])
    assert wanted >= {name for kind, name in ROUTES if kind is RequestKind.EVENT}


def test_for_socket_mode_no_address_is_given(command: Command) -> None:
    printed_manifest = json.loads(command("manifest").out)
    assert printed_manifest["settings"]["socket_mode_enabled"] is True
    assert "https://" not in json.dumps(printed_manifest)


def test_for_http_every_way_in_leads_to_the_address(command: Command) -> None:
    printed_manifest = json.loads(command("manifest", "--url", ADDRESS).out)
    ways = [
        *(each["url"] for each in printed_manifest["features"]["slash_commands"]),
        printed_manifest["settings"]["event_subscriptions"]["request_url"],
        printed_manifest["settings"]["interactivity"]["request_url"],
        printed_manifest["settings"]["interactivity"]["message_menu_options_url"],
    ]
    assert set(ways) == {f"{ADDRESS}/slack/events"}
    assert printed_manifest["settings"]["socket_mode_enabled"] is False


def test_the_manifest_in_the_repository_is_the_one_that_is_printed(command: Command) -> None:
    kept = MANIFEST.read_text(encoding="utf-8")
    assert json.loads(command("manifest").out) == json.loads(kept)
