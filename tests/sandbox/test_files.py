"""Uploads, pictures in messages and downloads."""

import urllib.error
import urllib.request

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.server import Sandbox

PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 32


def upload(client: WebClient) -> str:
    answer = client.files_upload_v2(
        filename="chart.png", title="Chart", content=PICTURE, alt_txt="A made-up chart"
    )
    return str(answer["files"][0]["id"])


def show(client: WebClient, channel: str, file_id: str) -> None:
    image = {"type": "image", "alt_text": "A chart", "slack_file": {"id": file_id}}
    client.chat_postMessage(channel=channel, text="chart", blocks=[image])


def test_an_uploaded_picture_is_shown_in_a_message(sandbox: Sandbox, client: WebClient) -> None:
    ana = sandbox.add_user("Ana")
    file_id = upload(client)
    assert client.files_info(file=file_id)["file"]["alt_txt"] == "A made-up chart"
    show(client, ana.id, file_id)
    sandbox.expect_message(to=ana, containing="A chart")
    sandbox.assert_nothing_else()


def test_a_picture_that_is_not_there_is_refused(sandbox: Sandbox, client: WebClient) -> None:
    with pytest.raises(SlackApiError, match="invalid_blocks"):
        show(client, sandbox.add_user("Ana").id, "F9")


def test_a_slow_picture_has_to_be_waited_for(sandbox: Sandbox, client: WebClient) -> None:
    sandbox.workspace.files_slow = 2
    ana = sandbox.add_user("Ana")
    file_id = upload(client)
    with pytest.raises(SlackApiError, match="invalid_blocks"):
        show(client, ana.id, file_id)
    types = ["mimetype" in client.files_info(file=file_id)["file"] for _ in range(3)]
    assert types == [False, False, True]
    show(client, ana.id, file_id)


def test_a_file_shared_at_once_is_a_message_of_its_own(sandbox: Sandbox, client: WebClient) -> None:
    general = sandbox.add_channel("general")
    client.files_upload_v2(
        filename="a.txt", content="words", channel=general.id, initial_comment="look here"
    )
    message = sandbox.expect_message(to=general, containing="look here")
    assert sandbox.workspace.files[message.files[0]].content == b"words"


def test_a_download_needs_the_token(sandbox: Sandbox, client: WebClient) -> None:
    address = client.files_info(file=upload(client))["file"]["url_private"]
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(address)
    assert caught.value.code == 403
    caught.value.close()
    bearer = {"Authorization": f"Bearer {sandbox.bot_token}"}
    with urllib.request.urlopen(urllib.request.Request(address, headers=bearer)) as got:
        assert got.read() == PICTURE
