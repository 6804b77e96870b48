"""blocks.validate: what is wrong with Block Kit JSON, and where, for anyone who asks."""

import json
from typing import Any
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import DividerBlock

from sandbox.server import Sandbox

Json = dict[str, Any]

WORD: Json = {"type": "plain_text", "text": "Word"}
DIVIDER: Json = {"type": "divider"}
ALERT: Json = {"type": "alert", "text": WORD}
LONG_HEADER: Json = {"type": "header", "text": {**WORD, "text": "x" * 151}}
CHART: Json = {
    "type": "data_visualization",
    "title": "Visits",
    "chart": {"type": "pie", "segments": [{"label": "North", "value": 1}]},
}
MODAL: Json = {"type": "modal", "title": WORD, "blocks": [DIVIDER]}


@pytest.fixture
def stranger(sandbox: Sandbox) -> WebClient:
    """Return a client without a token."""
    return WebClient(base_url=sandbox.api_url, retry_handlers=[])


def refusal(sandbox: Sandbox, stranger: WebClient, **given: Any) -> Any:
    with pytest.raises(SlackApiError) as caught:
        stranger.blocks_validate(**given)
    answer = caught.value.response
    sandbox.expect_refusal("blocks.validate", answer["error"])
    return answer


def errors(sandbox: Sandbox, stranger: WebClient, **given: Any) -> list[Json]:
    found: list[Json] = refusal(sandbox, stranger, **given)["errors"]
    return found


def test_valid_blocks_are_ok_without_a_token(stranger: WebClient) -> None:
    assert stranger.blocks_validate(blocks=[DividerBlock(), DIVIDER]).data == {"ok": True}


def test_a_valid_message_and_a_valid_view_are_ok(stranger: WebClient) -> None:
    assert stranger.blocks_validate(message={"text": "Hello", "blocks": [CHART]})["ok"]
    assert stranger.blocks_validate(view=MODAL)["ok"]


def test_a_message_needs_no_text_beside_its_blocks(stranger: WebClient) -> None:
    assert stranger.blocks_validate(message={"blocks": [DIVIDER]})["ok"]


def test_an_error_says_where_it_is_and_which_limit_was_broken(
    sandbox: Sandbox, stranger: WebClient
) -> None:
    answer = refusal(sandbox, stranger, blocks=[DIVIDER, LONG_HEADER])
    assert answer.data == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": [
            {
                "pointer": "/1/text/text",
                "code": "failed_constraint",
                "message": "has 151 characters, must have at most 150",
                "constraint": {"type": "maxLength", "expected": 150, "got": 151},
            }
        ],
    }


def test_an_unsupported_type_comes_with_the_types_that_are_supported(
    sandbox: Sandbox, stranger: WebClient
) -> None:
    wrong = {"type": "section", "text": {"type": "invalid", "text": "x"}}
    (error,) = errors(sandbox, stranger, blocks=[wrong])
    expected = {"type": "enum", "expected": ["plain_text", "mrkdwn"], "got": "invalid"}
    assert (error["pointer"], error["constraint"]) == ("/0/text/type", expected)


def test_an_error_between_two_keys_has_no_constraint(sandbox: Sandbox, stranger: WebClient) -> None:
    select = {"type": "static_select", "options": [{"text": WORD, "value": "a"}]}
    select["initial_option"] = {"text": WORD, "value": "b"}
    (error,) = errors(sandbox, stranger, blocks=[{"type": "actions", "elements": [select]}])
    assert error["pointer"] == "/0/elements/0/initial_option"
    assert "constraint" not in error


@pytest.mark.parametrize(
    ("given", "error", "pointer"),
    [
        ({"blocks": [LONG_HEADER]}, "invalid_blocks", "/0/text/text"),
        ({"message": {"blocks": [LONG_HEADER]}}, "invalid_message", "/blocks/0/text/text"),
        ({"view": {**MODAL, "blocks": [LONG_HEADER]}}, "invalid_view", "/blocks/0/text/text"),
        ({"message": {"blocks": [ALERT]}}, "invalid_message", "/blocks/0/type"),
        ({"view": {**MODAL, "blocks": [CHART]}}, "invalid_view", "/blocks/0/type"),
        ({"blocks": [CHART, CHART, CHART]}, "invalid_blocks", "/2"),
        ({"message": {}}, "invalid_message", "/text"),
        ({"message": {"text": 1}}, "invalid_message", "/text"),
        ({"message": {"text": "x", "metadata": {}}}, "invalid_message", "/metadata/event_type"),
        ({"message": "[]"}, "invalid_message", ""),
        ({"blocks": "{}"}, "invalid_blocks", ""),
        ({"view": "1"}, "invalid_view", ""),
        ({"blocks": [{**DIVIDER, "a/b~c": 1}]}, "invalid_blocks", "/0/a~1b~0c"),
    ],
)
def test_the_error_names_the_argument_and_the_pointer_starts_there(
    sandbox: Sandbox, stranger: WebClient, given: Json, error: str, pointer: str
) -> None:
    answer = refusal(sandbox, stranger, **given)
    assert (answer["error"], answer["errors"][0]["pointer"]) == (error, pointer)


def test_blocks_by_themselves_may_belong_to_any_surface(stranger: WebClient) -> None:
    asked = {"type": "input", "label": WORD, "element": {"type": "number_input"}}
    asked["element"]["is_decimal_allowed"] = False
    assert stranger.blocks_validate(blocks=[ALERT, CHART, asked])["ok"]


def test_blocks_by_themselves_are_at_most_a_hundred(sandbox: Sandbox, stranger: WebClient) -> None:
    assert stranger.blocks_validate(blocks=[DIVIDER] * 100)["ok"]
    (error,) = errors(sandbox, stranger, blocks=[DIVIDER] * 101)
    assert error["constraint"] == {"type": "maxItems", "expected": 100, "got": 101}


@pytest.mark.parametrize("given", [{}, {"blocks": [DIVIDER], "view": MODAL}])
def test_one_argument_is_given_and_no_more(
    sandbox: Sandbox, stranger: WebClient, given: Json
) -> None:
    answer = refusal(sandbox, stranger, **given)
    assert answer["error"] == "invalid_arguments"
    assert "exactly one" in answer["response_metadata"]["messages"][0]


def test_what_is_not_json_is_an_invalid_argument(sandbox: Sandbox, stranger: WebClient) -> None:
    assert refusal(sandbox, stranger, blocks="[{")["error"] == "invalid_arguments"


def test_arguments_may_come_as_json(sandbox: Sandbox) -> None:
    body = json.dumps({"blocks": json.dumps([LONG_HEADER])}).encode()
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(f"{sandbox.api_url}blocks.validate", body, headers)) as response:
        answer = json.load(response)
    sandbox.expect_refusal("blocks.validate", "invalid_blocks")
    assert [error["pointer"] for error in answer["errors"]] == ["/0/text/text"]


def test_a_token_does_no_harm(client: WebClient) -> None:
    assert client.blocks_validate(blocks=[DIVIDER])["ok"]
