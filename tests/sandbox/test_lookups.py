"""Tokens, scopes, channels and people, through the real client."""

from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.server import Sandbox
from tests.sandbox.example_app import manifest


def refusal(call: Any, **args: Any) -> Any:
    with pytest.raises(SlackApiError) as caught:
        call(**args)
    return caught.value.response


def test_auth_test_names_the_installation(sandbox: Sandbox, client: WebClient) -> None:
    answer = client.auth_test()
    assert answer["team_id"] == sandbox.team_id
    assert answer["user_id"] == sandbox.bot_user_id
    assert answer["bot_id"] == sandbox.bot_id


@pytest.mark.parametrize(
    ("token", "error"),
    [("xoxb-wrong", "invalid_auth"), ("", "not_authed"), (None, "not_authed")],
)
def test_a_wrong_token_is_refused(sandbox: Sandbox, token: str | None, error: str) -> None:
    client = WebClient(token, base_url=sandbox.api_url)
    assert refusal(client.auth_test)["error"] == error


def test_each_kind_of_token_has_its_methods(sandbox: Sandbox, client: WebClient) -> None:
    code = refusal(client.api_call, api_method="apps.connections.open")["error"]
    assert code == "not_allowed_token_type"
    app_client = WebClient(sandbox.app_token, base_url=sandbox.api_url)
    assert app_client.apps_connections_open(app_token=sandbox.app_token)["url"].startswith("ws://")


def test_a_method_nobody_knows_is_refused(client: WebClient) -> None:
    assert refusal(client.api_call, api_method="admin.users.list")["error"] == "unknown_method"


def test_a_missing_scope_is_named() -> None:
    with Sandbox(manifest=manifest(scopes=["chat:write"])) as sandbox:
        client = WebClient(sandbox.bot_token, base_url=sandbox.api_url)
        general = sandbox.add_channel("general")
        answer = refusal(client.conversations_history, channel=general.id)
        assert answer["error"] == "missing_scope"
        assert answer["needed"] == "channels:history"
        assert answer["provided"] == "chat:write"
        assert refusal(client.users_info, user=sandbox.bot_user_id)["needed"] == "users:read"


def test_the_address_needs_its_own_scope() -> None:
    with Sandbox(manifest=manifest(scopes=["users:read"])) as sandbox:
        client = WebClient(sandbox.bot_token, base_url=sandbox.api_url)
        ana = sandbox.add_user("Ana", tz="Asia/Kolkata")
        user = client.users_info(user=ana.id)["user"]
        assert "email" not in user["profile"]
        assert (user["tz"], user["tz_offset"]) == ("Asia/Kolkata", 19800)


def test_a_person_is_found_by_address(sandbox: Sandbox, client: WebClient) -> None:
    ana = sandbox.add_user("Ana", email="ana@example.org")
    assert client.users_lookupByEmail(email="ANA@example.org")["user"]["id"] == ana.id
    assert refusal(client.users_lookupByEmail, email="x@y.z")["error"] == "users_not_found"


def test_guests_and_strangers_are_marked(sandbox: Sandbox, client: WebClient) -> None:
    guest = sandbox.add_user("Guest", single_channel_guest=True)
    stranger = sandbox.add_user("Stranger", stranger=True)
    shown = client.users_info(user=guest.id)["user"]
    assert shown["is_restricted"]
    assert shown["is_ultra_restricted"]
    shown = client.users_info(user=stranger.id)["user"]
    assert shown["is_stranger"]
    assert shown["team_id"] != sandbox.team_id


def test_lists_come_in_pages(sandbox: Sandbox, client: WebClient) -> None:
    people = [sandbox.add_user(f"Person {n}") for n in range(5)]
    general = sandbox.add_channel("general", members=people)
    pages = [page["members"] for page in client.users_list(limit=4)]
    assert [len(page) for page in pages] == [4, 2]
    members = [
        page["members"] for page in client.conversations_members(channel=general.id, limit=3)
    ]
    assert [len(page) for page in members] == [3, 3]


def test_history_comes_newest_first_and_in_pages(sandbox: Sandbox, client: WebClient) -> None:
    general = sandbox.add_channel("general")
    stamps = [client.chat_postMessage(channel=general.id, text=str(n))["ts"] for n in range(5)]
    pages = client.conversations_history(channel=general.id, limit=2)
    assert [[m["text"] for m in page["messages"]] for page in pages] == [
        ["4", "3"],
        ["2", "1"],
        ["0"],
    ]
    between = client.conversations_history(channel=general.id, oldest=stamps[1], latest=stamps[3])
    assert [m["text"] for m in between["messages"]] == ["2"]
    inclusive = client.conversations_history(
        channel=general.id, oldest=stamps[1], latest=stamps[3], inclusive=True
    )
    assert [m["text"] for m in inclusive["messages"]] == ["3", "2", "1"]


def test_private_channels_without_the_bot_look_absent(sandbox: Sandbox, client: WebClient) -> None:
    hidden = sandbox.add_channel("hidden", private=True, bot_is_member=False)
    shared = sandbox.add_channel("shared", ext_shared=True)
    outside = sandbox.add_channel("outside", bot_is_member=False)
    assert refusal(client.conversations_info, channel=hidden.id)["error"] == "channel_not_found"
    assert client.conversations_info(channel=shared.id)["channel"]["is_ext_shared"]
    assert not client.conversations_info(channel=outside.id)["channel"]["is_member"]
    listed = client.conversations_list(types="public_channel,private_channel")["channels"]
    assert [c["name"] for c in listed] == ["shared", "outside"]
    code = refusal(client.conversations_history, channel=outside.id)["error"]
    assert code == "not_in_channel"


def test_a_dm_is_opened_once(sandbox: Sandbox, client: WebClient) -> None:
    ana = sandbox.add_user("Ana")
    first = client.conversations_open(users=[ana.id])["channel"]["id"]
    assert client.conversations_open(users=ana.id)["channel"]["id"] == first == ana.dm.id
    assert refusal(client.conversations_open, users="U9")["error"] == "user_not_found"
    assert client.conversations_info(channel=first)["channel"]["user"] == ana.id


def test_do_not_disturb_and_the_team_are_told(sandbox: Sandbox, client: WebClient) -> None:
    ana = sandbox.add_user("Ana")
    assert not client.dnd_info(user=ana.id)["dnd_enabled"]
    sandbox.workspace.dnd[ana.id] = (100, 200)
    assert client.dnd_info(user=ana.id)["next_dnd_end_ts"] == 200
    assert client.team_info()["team"]["id"] == sandbox.team_id


def test_what_came_is_on_record_without_the_token(sandbox: Sandbox, client: WebClient) -> None:
    blocks = [{"type": "divider"}]
    client.chat_postMessage(channel=sandbox.add_user("Ana").id, text="x", blocks=blocks)
    call = sandbox.calls[-1]
    assert (call.method, call.ok, call.token_kind) == ("chat.postMessage", True, "bot")
    assert call.args["blocks"] == blocks
    assert sandbox.bot_token not in str(call.args)


ODD = {"tz": None, "profile": {"display_name": "Ana \ud83c"}}


def test_a_user_is_described_as_slack_may_do_it(sandbox: Sandbox, client: WebClient) -> None:
    ana = sandbox.add_user("Ana", described=ODD)
    shown = client.users_info(user=ana.id)["user"]
    assert (shown["tz"], shown["profile"]["display_name"]) == (None, "Ana \ud83c")
    assert shown["profile"]["email"] == "ana@example.com"
    assert client.users_list()["members"][-1] == shown


@pytest.mark.parametrize("transport", ["over_http", "over_socket"])
def test_an_event_describes_a_user_likewise(
    sandbox: Sandbox, app: App, request: pytest.FixtureRequest, transport: str
) -> None:
    request.getfixturevalue(transport)
    seen: list[str] = []

    @app.event("user_change")
    def take(event: dict[str, Any]) -> None:
        seen.append(event["user"]["profile"]["display_name"])

    sandbox.add_user("Ana").change(described=ODD)
    assert seen == ["Ana \ud83c"]
