"""chat.* refuses what Slack refuses; the client is the real one."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.person import Person
from sandbox.server import Sandbox
from tests.sandbox.example_app import manifest


@pytest.fixture
def ana(sandbox: Sandbox) -> Person:
    return sandbox.add_user("Ana")


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def refusal(call: Any, **args: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(**args)
    return str(caught.value.response["error"])


def test_a_user_id_opens_the_dm(sandbox: Sandbox, client: WebClient, ana: Person) -> None:
    answer = client.chat_postMessage(channel=ana.id, text="hello", blocks=[section("*hello*")])
    assert answer["channel"] == ana.dm.id
    message = sandbox.expect_message(to=ana, containing="*hello*")
    assert message.ts == answer["ts"]
    assert message.blocks[0]["block_id"]


def test_timestamps_never_repeat(client: WebClient, ana: Person) -> None:
    stamps = [client.chat_postMessage(channel=ana.id, text="x")["ts"] for _ in range(20)]
    assert stamps == sorted(set(stamps))


def test_an_empty_message_is_refused(client: WebClient, ana: Person) -> None:
    args = {"channel": ana.id, "text": " "}
    assert refusal(client.api_call, api_method="chat.postMessage", json=args) == "no_text"


def test_a_block_over_the_limit_is_refused_with_its_place(client: WebClient, ana: Person) -> None:
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=ana.id, text="x", blocks=[section("y" * 3001)])
    answer = caught.value.response
    assert answer["error"] == "invalid_blocks"
    assert "[json-pointer:/blocks/0/text/text]" in answer["response_metadata"]["messages"][0]


def test_blocks_that_are_no_json_are_refused(client: WebClient, ana: Person) -> None:
    code = refusal(client.chat_postMessage, channel=ana.id, text="x", blocks="[oops")
    assert code == "invalid_blocks_format"


def test_a_long_text_is_cut(client: WebClient, ana: Person) -> None:
    client.chat_postMessage(channel=ana.id, text="x" * 40_001)
    assert len(ana.messages()[-1].text) == 40_000


def test_channels_the_bot_is_not_in_are_closed(sandbox: Sandbox, client: WebClient) -> None:
    public = sandbox.add_channel("public", bot_is_member=False)
    private = sandbox.add_channel("private", private=True, bot_is_member=False)
    archived = sandbox.add_channel("archived", archived=True)
    assert refusal(client.chat_postMessage, channel=public.id, text="x") == "not_in_channel"
    assert refusal(client.chat_postMessage, channel=private.id, text="x") == "channel_not_found"
    assert refusal(client.chat_postMessage, channel=archived.id, text="x") == "is_archived"
    assert refusal(client.chat_postMessage, channel="C9", text="x") == "channel_not_found"


def test_chat_write_public_opens_public_channels() -> None:
    with Sandbox(manifest=manifest(scopes=["chat:write", "chat:write.public"])) as sandbox:
        client = WebClient(sandbox.bot_token, base_url=sandbox.api_url)
        public = sandbox.add_channel("public", bot_is_member=False)
        assert client.chat_postMessage(channel=public.id, text="x")["ok"]


def test_a_closed_messages_tab_takes_no_dm() -> None:
    with Sandbox(manifest=manifest(messages_tab=False)) as sandbox:
        client = WebClient(sandbox.bot_token, base_url=sandbox.api_url)
        to = sandbox.add_user("Ana").id
        assert refusal(client.chat_postMessage, channel=to, text="x") == "messages_tab_disabled"


def test_a_deactivated_person_gets_nothing(client: WebClient, ana: Person) -> None:
    ana.change(deleted=True)
    assert refusal(client.chat_postMessage, channel=ana.id, text="x") == "user_disabled"
    assert refusal(client.conversations_open, users=ana.id) == "user_disabled"


def test_a_stranger_is_reached_only_over_a_shared_channel(
    sandbox: Sandbox, client: WebClient
) -> None:
    stranger = sandbox.add_user("Stranger", stranger=True)
    assert refusal(client.chat_postMessage, channel=stranger.id, text="x") == "channel_not_found"
    sandbox.add_channel("shared", members=[stranger], ext_shared=True)
    assert client.chat_postMessage(channel=stranger.id, text="x")["ok"]


def test_an_ephemeral_message_is_for_one_member(
    sandbox: Sandbox, client: WebClient, ana: Person
) -> None:
    bo = sandbox.add_user("Bo")
    general = sandbox.add_channel("general", members=[ana])
    client.chat_postEphemeral(channel=general.id, user=ana.id, text="psst")
    assert [m.text for m in ana.messages(general)] == ["psst"]
    code = refusal(client.chat_postEphemeral, channel=general.id, user=bo.id, text="psst")
    assert code == "user_not_in_channel"


def test_only_own_lasting_messages_can_be_updated(
    sandbox: Sandbox, client: WebClient, ana: Person
) -> None:
    general = sandbox.add_channel("general", members=[ana], ext_shared=False)
    ephemeral = client.chat_postEphemeral(channel=general.id, user=ana.id, text="psst")
    update = client.chat_update
    code = refusal(update, channel=general.id, ts=ephemeral["message_ts"], text="x")
    assert code == "message_not_found"
    own = client.chat_postMessage(channel=general.id, text="one", blocks=[section("one")])
    assert refusal(update, channel=general.id, ts=own["ts"], text="x" * 4001) == "msg_too_long"
    update(channel=general.id, ts=own["ts"], text="two")
    message = sandbox.expect_message(to=general, containing="one")
    assert sandbox.expect_update(message, "two").blocks == []


def test_anothers_message_cannot_be_updated() -> None:
    with Sandbox(manifest=manifest(events=[])) as quiet:
        ana = quiet.add_user("Ana")
        said = ana.say(ana.dm, "mine")
        client = WebClient(quiet.bot_token, base_url=quiet.api_url)
        code = refusal(client.chat_update, channel=ana.dm.id, ts=said.ts, text="x")
        assert code == "cant_update_message"
        assert refusal(client.chat_delete, channel=ana.dm.id, ts=said.ts) == "cant_delete_message"


def test_metadata_stays_until_it_is_replaced(
    sandbox: Sandbox, client: WebClient, ana: Person
) -> None:
    metadata = {"event_type": "delivery", "event_payload": {"id": "d-1"}}
    posted = client.chat_postMessage(channel=ana.id, text="x", metadata=metadata)
    client.chat_update(channel=posted["channel"], ts=posted["ts"], text="y")
    history = client.conversations_history(channel=ana.dm.id, include_all_metadata=True)
    assert history["messages"][0]["metadata"] == metadata
    plain = client.conversations_history(channel=ana.dm.id)
    assert "metadata" not in plain["messages"][0]
    assert [c.method for c in sandbox.calls].count("conversations.history") == 2


def test_a_thread_needs_its_parent(client: WebClient, ana: Person) -> None:
    parent = client.chat_postMessage(channel=ana.id, text="parent")
    client.chat_postMessage(channel=ana.id, text="child", thread_ts=parent["ts"])
    replies = client.conversations_replies(channel=ana.dm.id, ts=parent["ts"])
    assert [m["text"] for m in replies["messages"]] == ["parent", "child"]
    history = client.conversations_history(channel=ana.dm.id)["messages"]
    assert [(m["text"], m["reply_count"]) for m in history] == [("parent", 1)]
    code = refusal(client.chat_postMessage, channel=ana.id, text="x", thread_ts="1.000000")
    assert code == "cannot_reply_to_message"


def test_a_deleted_message_is_gone(client: WebClient, ana: Person) -> None:
    posted = client.chat_postMessage(channel=ana.id, text="x")
    client.chat_delete(channel=posted["channel"], ts=posted["ts"])
    assert ana.messages() == []
    code = refusal(client.chat_update, channel=posted["channel"], ts=posted["ts"], text="y")
    assert code == "message_not_found"


def test_a_permalink_leads_to_the_message(sandbox: Sandbox, client: WebClient, ana: Person) -> None:
    posted = client.chat_postMessage(channel=ana.id, text="x")
    link = client.chat_getPermalink(channel=ana.dm.id, message_ts=posted["ts"])["permalink"]
    assert link.startswith(f"{sandbox.url}/archives/{ana.dm.id}/p")


def test_reactions_are_counted_once(client: WebClient, ana: Person) -> None:
    posted = client.chat_postMessage(channel=ana.id, text="x")
    spot = {"channel": ana.dm.id, "timestamp": posted["ts"]}
    client.reactions_add(name="eyes", **spot)
    assert refusal(client.reactions_add, name="eyes", **spot) == "already_reacted"
    assert client.reactions_get(**spot)["message"]["reactions"][0]["count"] == 1
    client.reactions_remove(name="eyes", **spot)
    assert refusal(client.reactions_remove, name="eyes", **spot) == "no_reaction"


def a_video(url: str) -> dict[str, Any]:
    title = {"type": "plain_text", "text": "A visit"}
    thumbnail = "https://example.com/t.png"
    shown = {"type": "video", "title": title, "alt_text": "A visit", "thumbnail_url": thumbnail}
    return shown | {"video_url": url}


def post_video(url: str, scopes: list[str]) -> None:
    """Post a video as an app that may embed those of example.com."""
    of_app = manifest(scopes=["chat:write", "im:write", *scopes])
    of_app["features"]["unfurl_domains"] = ["example.com"]
    with Sandbox(manifest=of_app) as sandbox:
        client = WebClient(sandbox.bot_token, base_url=sandbox.api_url)
        ana = sandbox.add_user("Ana")
        client.chat_postMessage(channel=ana.id, text="x", blocks=[a_video(url)])


@pytest.mark.parametrize("host", ["example.com", "media.example.com"])
def test_a_video_of_a_known_host_is_embedded(host: str) -> None:
    post_video(f"https://{host}/v", ["links.embed:write"])


@pytest.mark.parametrize(
    ("host", "scopes"),
    [
        ("example.org", ["links.embed:write"]),
        ("notexample.com", ["links.embed:write"]),
        ("example.com", []),
    ],
)
def test_a_video_of_another_host_or_without_the_scope_is_refused(
    host: str, scopes: list[str]
) -> None:
    assert refusal(post_video, url=f"https://{host}/v", scopes=scopes) == "invalid_blocks"


def test_a_view_too_embeds_videos_of_known_hosts_only(client: WebClient, ana: Person) -> None:
    home = {"type": "home", "blocks": [a_video("https://example.com/v")]}
    assert refusal(client.views_publish, user_id=ana.id, view=home) == "invalid_blocks"
