"""apps.manifest.validate: what is wrong with an app manifest, and where, for the app's owner."""

import json
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.server import Sandbox

METHOD = "apps.manifest.validate"
BARE = {"display_information": {"name": "Probe"}}


@pytest.fixture
def owner(sandbox: Sandbox) -> WebClient:
    return WebClient(sandbox.configuration_token, base_url=sandbox.api_url, retry_handlers=[])


def refusal(sandbox: Sandbox, client: WebClient, **given: Any) -> Any:
    with pytest.raises(SlackApiError) as caught:
        client.apps_manifest_validate(**given)
    answer = caught.value.response
    sandbox.expect_refusal(METHOD, answer["error"])
    return answer


def test_a_valid_manifest_is_ok(owner: WebClient, sandbox: Sandbox) -> None:
    answer = owner.apps_manifest_validate(manifest=json.dumps(BARE), app_id=sandbox.app_id)
    assert answer.data == {"ok": True, "errors": []}


def test_an_error_says_what_is_wrong_and_where(owner: WebClient, sandbox: Sandbox) -> None:
    wrong = {**BARE, "features": {"agent_view": {}}}
    answer = refusal(sandbox, owner, manifest=json.dumps(wrong))
    assert answer.data == {
        "ok": False,
        "error": "invalid_manifest",
        "errors": [
            {
                "message": "'agent_description' is a required property",
                "pointer": "/features/agent_view",
            }
        ],
    }


@pytest.mark.parametrize("manifest", ["1", "[]", "null"])
def test_what_is_no_object_is_no_manifest(
    owner: WebClient, sandbox: Sandbox, manifest: str
) -> None:
    assert refusal(sandbox, owner, manifest=manifest)["error"] == "invalid_manifest"


@pytest.mark.parametrize("manifest", ["", "{"])
def test_what_is_not_json_is_an_invalid_argument(
    owner: WebClient, sandbox: Sandbox, manifest: str
) -> None:
    assert refusal(sandbox, owner, manifest=manifest)["error"] == "invalid_arguments"


def test_another_app_is_not_known(owner: WebClient, sandbox: Sandbox) -> None:
    answer = refusal(sandbox, owner, manifest=json.dumps(BARE), app_id="A999")
    assert answer["error"] == "invalid_app_id"


def test_a_bot_may_not_ask(client: WebClient, sandbox: Sandbox) -> None:
    answer = refusal(sandbox, client, manifest=json.dumps(BARE))
    assert answer["error"] == "not_allowed_token_type"
