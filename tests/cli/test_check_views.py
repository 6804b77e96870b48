"""`check-views`: Slack is asked, without a token, whether it accepts every message and view."""

import json
import time

import pytest

from bot.slack.validation import BlockFault, find_faults, make_validation_client
from bot.views.samples.registry import validated_samples
from sandbox.server import Sandbox
from tests.cli.conftest import Command

BUTTON = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "x" * 76}}
TOO_LONG = {"text": "", "blocks": [{"type": "actions", "elements": [BUTTON]}]}


def test_every_message_and_view_is_accepted_and_no_token_is_sent(
    command: Command, slack: Sandbox
) -> None:
    ended = command("check-views", "--json", SLACK_API_URL=slack.api_url)
    count = len(list(validated_samples()))
    assert (ended.code, json.loads(ended.out)) == (0, {"checked": count, "refusals": []})
    asked = {(call.method, call.token_kind) for call in slack.calls}
    assert (len(slack.calls), asked) == (count, {("blocks.validate", "none")})


def test_each_that_is_refused_is_named_and_the_command_fails(
    command: Command, slack: Sandbox
) -> None:
    slack.fail("blocks.validate", "invalid_view", times=None)
    ended = command("check-views", SLACK_API_URL=slack.api_url)
    first, *others, last = ended.out.splitlines()
    count = len(others) + 1
    assert (ended.code, last) == (1, f"{count} views checked, {count} refused")
    name = "home, ordinary data, Joining: Home, before anything"
    assert first == f"refused, {name}: all of it: no details (invalid_view)"


def test_a_slack_that_cannot_be_reached_is_said(command: Command) -> None:
    ended = command("check-views", SLACK_API_URL="http://127.0.0.1:9/api/")
    assert (ended.code, ended.out) == (1, "")
    assert "URLError" in ended.err


def test_a_fault_says_where_it_is_and_what_it_is(slack: Sandbox) -> None:
    (fault,) = find_faults(make_validation_client(slack.api_url), message=TOO_LONG)
    assert fault.pointer == "/blocks/0/elements/0/text/text"
    assert (fault.code, "75" in fault.message) == ("failed_constraint", True)


def test_a_refusal_without_details_is_a_fault_too(slack: Sandbox) -> None:
    slack.fail("blocks.validate", "invalid_message")
    faults = find_faults(make_validation_client(slack.api_url), message=TOO_LONG)
    assert faults == [BlockFault("", "invalid_message", "no details")]


@pytest.mark.long
def test_it_waits_as_long_as_slack_asks_for(slack: Sandbox) -> None:
    slack.fail("blocks.validate", "429", times=2)
    start = time.monotonic()
    (_,) = find_faults(make_validation_client(slack.api_url), message=TOO_LONG)
    assert time.monotonic() - start >= 2
    assert [call.status for call in slack.calls] == [429, 429, 200]
