"""People use a real Bolt app over signed HTTP."""

from typing import Any

import pytest
from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from sandbox.person import Person
from sandbox.server import Sandbox
from sandbox.workspace.state import Message

pytestmark = pytest.mark.usefixtures("over_http")


@pytest.fixture
def ana(sandbox: Sandbox) -> Person:
    return sandbox.add_user("Ana Lima", tz="America/Sao_Paulo")


def buttons(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "block_id": "row", "elements": list(blocks)}


def button(action_id: str, value: str = "1") -> dict[str, Any]:
    text = {"type": "plain_text", "text": "Do it"}
    return {"type": "button", "action_id": action_id, "text": text, "value": value}


def options(*values: str) -> list[dict[str, Any]]:
    return [{"text": {"type": "plain_text", "text": v.title()}, "value": v} for v in values]


def post(client: WebClient, to: Person | str, *blocks: dict[str, Any]) -> None:
    where = to if isinstance(to, str) else to.id
    client.chat_postMessage(channel=where, text="look", blocks=list(blocks))


def test_a_command_is_answered_with_an_ephemeral_message(
    sandbox: Sandbox, app: App, ana: Person
) -> None:
    @app.command("/probe")
    def probe(ack: Ack, command: dict[str, Any]) -> None:
        ack(f"heard {command['text']} from {command['user_name']}")

    outcome = ana.run("/probe", "one two")
    assert outcome.acked
    assert outcome.text == "heard one two from ana.lima"
    assert ana.messages()[-1].ephemeral_for == ana.id
    sandbox.assert_nothing_else()


def test_a_command_can_be_answered_later_through_its_response_url(
    sandbox: Sandbox, app: App, ana: Person
) -> None:
    bo = sandbox.add_user("Bo")
    general = sandbox.add_channel("general", members=[ana, bo])

    @app.command("/probe")
    def probe(ack: Ack, respond: Respond) -> None:
        ack()
        respond("only you")
        respond("for all", response_type="in_channel")

    assert ana.run("/probe", channel=general).text == ""
    sandbox.expect_message(to=general, containing="for all")
    assert sandbox.expect_message(to=ana, containing="only you").ephemeral_for == ana.id
    assert [m.text for m in bo.messages(general)] == ["for all"]


def test_a_button_replaces_its_message(
    sandbox: Sandbox, app: App, client: WebClient, ana: Person
) -> None:
    @app.action("go")
    def go(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        ack()
        assert body["channel"]["id"] == body["container"]["channel_id"] == ana.dm.id
        assert body["message"]["ts"] == body["container"]["message_ts"]
        respond(f"pressed {body['actions'][0]['value']}", replace_original=True)

    post(client, ana, buttons(button("go", "seven")))
    message = sandbox.expect_message(to=ana, containing="Do it")
    ana.press(message, "go")
    sandbox.expect_update(message, "pressed seven")
    assert message.blocks == []
    sandbox.assert_nothing_else()


def test_every_kind_of_choice_arrives_as_slack_sends_it(
    app: App, client: WebClient, ana: Person
) -> None:
    seen: dict[str, Any] = {}

    @app.action({"block_id": "row"})
    def take(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        ack()
        seen[action["action_id"]] = action
        seen["state"] = body["state"]["values"]

    post(
        client,
        ana,
        buttons(
            {"type": "static_select", "action_id": "one", "options": options("a", "b")},
            {"type": "checkboxes", "action_id": "many", "options": options("a", "b", "c")},
            {"type": "radio_buttons", "action_id": "radio", "options": options("a", "b")},
            {"type": "overflow", "action_id": "over", "options": options("a", "b")},
            {"type": "datepicker", "action_id": "day"},
            {"type": "timepicker", "action_id": "hour"},
            {"type": "users_select", "action_id": "who"},
        ),
    )
    message = ana.messages()[-1]
    ana.press(message, "one", "b")
    ana.press(message, "many", ["a", "c"])
    ana.press(message, "radio", "a")
    ana.press(message, "over", "b")
    ana.press(message, "day", "2026-03-01")
    ana.press(message, "hour", "09:30")
    ana.press(message, "who", ana)
    assert seen["one"]["selected_option"]["value"] == "b"
    assert [o["value"] for o in seen["many"]["selected_options"]] == ["a", "c"]
    assert seen["radio"]["selected_option"]["text"]["text"] == "A"
    assert seen["over"]["selected_option"]["value"] == "b"
    assert seen["day"]["selected_date"] == "2026-03-01"
    assert seen["hour"]["selected_time"] == "09:30"
    assert seen["who"]["selected_user"] == ana.id
    assert seen["state"]["row"]["one"]["selected_option"]["value"] == "b"
    assert "over" not in seen["state"]["row"]


def test_an_option_that_is_not_offered_cannot_be_chosen(client: WebClient, ana: Person) -> None:
    select = {"type": "static_select", "action_id": "one", "options": options("a", "b")}
    post(client, ana, buttons(select))
    with pytest.raises(AssertionError, match="offers a, b"):
        ana.press(ana.messages()[-1], "one", "c")


def test_an_ephemeral_message_does_not_come_along(
    sandbox: Sandbox, app: App, client: WebClient, ana: Person
) -> None:
    bodies: list[dict[str, Any]] = []

    @app.action("go")
    def go(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        bodies.append(body)

    general = sandbox.add_channel("general", members=[ana])
    client.chat_postEphemeral(
        channel=general.id, user=ana.id, text="psst", blocks=[buttons(button("go"))]
    )
    ana.press(sandbox.expect_message(to=ana, containing="psst"), "go")
    assert bodies[0]["container"]["is_ephemeral"]
    assert "message" not in bodies[0]


def test_a_stranger_presses_under_the_own_team(
    sandbox: Sandbox, app: App, client: WebClient, ana: Person
) -> None:
    stranger = sandbox.add_user("Stranger", stranger=True)
    shared = sandbox.add_channel("shared", members=[ana, stranger], ext_shared=True)
    bodies: list[dict[str, Any]] = []

    @app.action("go")
    def go(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        bodies.append(body)

    post(client, shared.id, buttons(button("go")))
    stranger.press(stranger.messages(shared)[-1], "go")
    assert bodies[0]["user"]["team_id"] == bodies[0]["team"]["id"] != sandbox.team_id
    assert stranger.run("/probe", channel=shared).status == 0


def test_a_command_the_manifest_does_not_know_never_leaves(sandbox: Sandbox, ana: Person) -> None:
    assert "not a valid command" in ana.run("/nonsense").text
    sandbox.assert_nothing_else()


def test_an_escaped_command_carries_ids(sandbox: Sandbox, app: App, ana: Person) -> None:
    general = sandbox.add_channel("general", members=[ana])

    @app.command("/escaped")
    def probe(ack: Ack, command: dict[str, Any]) -> None:
        ack(command["text"])

    said = ana.run("/escaped", "ask @ana.lima in #general or @nobody").text
    assert said == f"ask <@{ana.id}|ana.lima> in <#{general.id}|general> or @nobody"


def test_shortcuts_reach_the_app(app: App, client: WebClient, ana: Person) -> None:
    seen: list[dict[str, Any]] = []

    @app.shortcut("anywhere")
    def anywhere(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        seen.append(body)

    @app.shortcut("note_it")
    def note_it(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        seen.append(body)

    post(client, ana, buttons(button("go")))
    assert ana.shortcut("anywhere").acked
    assert ana.shortcut("note_it", message=ana.messages()[-1]).acked
    assert "response_url" not in seen[0]
    assert seen[1]["message"]["text"] == "look"


def test_what_people_write_arrives_escaped(app: App, ana: Person) -> None:
    texts: list[str] = []

    @app.event("message")
    def take(event: dict[str, Any]) -> None:
        texts.append(event["text"])

    ana.say(ana.dm, f"a < b & <@{ana.id}>")
    assert texts == [f"a &lt; b &amp; <@{ana.id}>"]


def test_the_home_is_published_when_it_is_opened(app: App, ana: Person) -> None:
    events: list[dict[str, Any]] = []

    @app.event("app_home_opened")
    def opened(event: dict[str, Any], client: WebClient) -> None:
        events.append(event)
        text = {"type": "plain_text", "text": f"visit {len(events)}"}
        view = {"type": "home", "blocks": [{"type": "section", "text": text}]}
        client.views_publish(user_id=event["user"], view=view)

    first = ana.open_home()
    assert first is not None
    again = ana.open_home()
    assert again is first
    assert again.payload["blocks"][0]["text"]["text"] == "visit 2"
    assert "view" not in events[0]
    assert events[1]["view"]["id"] == first.id


def test_a_profile_change_is_told(app: App, ana: Person) -> None:
    seen: list[dict[str, Any]] = []

    @app.event("user_change")
    def changed(event: dict[str, Any]) -> None:
        seen.append(event["user"])

    ana.change(tz="Asia/Tokyo", status_emoji=":palm_tree:")
    assert seen[0]["tz"] == "Asia/Tokyo"
    assert seen[0]["profile"]["status_emoji"] == ":palm_tree:"


def test_what_is_not_there_cannot_be_pressed(client: WebClient, ana: Person) -> None:
    post(client, ana, buttons(button("go")))
    message: Message = ana.messages()[-1]
    with pytest.raises(AssertionError, match="there is: row/go"):
        ana.press(message, "gone")
