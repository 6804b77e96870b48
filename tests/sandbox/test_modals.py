"""Modals: triggers, the stack, typed state, Slack's own checks and the app's responses."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.person import Person
from sandbox.server import Sandbox
from tests.sandbox.example_app import modal

pytestmark = pytest.mark.usefixtures("over_http")
Show = Callable[..., None]


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def field(block_id: str, kind: str = "plain_text_input", **element: Any) -> dict[str, Any]:
    optional = element.pop("optional", False)
    dispatch = element.pop("dispatch_action", False)
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(block_id),
        "optional": optional,
        "dispatch_action": dispatch,
        "element": {"type": kind, "action_id": "value", **element},
    }


def options(*values: str) -> list[dict[str, Any]]:
    return [{"text": plain(value.title()), "value": value} for value in values]


@pytest.fixture
def ana(sandbox: Sandbox) -> Person:
    return sandbox.add_user("Ana")


@pytest.fixture
def show(app: App, ana: Person) -> Show:
    """Return a function that opens a modal with these blocks for Ana."""
    wanted: list[dict[str, Any]] = []

    @app.command("/probe")
    def probe(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=wanted[-1])

    def run(*blocks: dict[str, Any], **more: Any) -> None:
        wanted.append(modal(*blocks, **more))
        assert ana.run("/probe").acked
        assert ana.view is not None

    return run


def answer_with(app: App, *answers: dict[str, Any]) -> list[dict[str, Any]]:
    """Let the app respond to submissions in this order; return the list of views it receives."""
    left, got = list(answers), []

    @app.view("form")
    def submitted(ack: Ack, body: dict[str, Any]) -> None:
        got.append(body["view"])
        ack(**left.pop(0))

    return got


def trigger_of(sandbox: Sandbox, person: Person) -> str:
    return sandbox.workspace.tokens.new_trigger(person.id).id


def refusal(call: Any, **args: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(**args)
    return str(caught.value.response["error"])


def test_a_trigger_works_once(sandbox: Sandbox, client: WebClient, ana: Person) -> None:
    trigger = trigger_of(sandbox, ana)
    view = modal(field("story"))
    client.views_open(trigger_id=trigger, view=view)
    assert refusal(client.views_open, trigger_id=trigger, view=view) == "trigger_exchanged"
    assert refusal(client.views_open, trigger_id="made-up", view=view) == "invalid_trigger_id"


def test_a_late_trigger_is_refused(sandbox: Sandbox, client: WebClient, ana: Person) -> None:
    trigger = trigger_of(sandbox, ana)
    sandbox.expire_triggers()
    code = refusal(client.views_open, trigger_id=trigger, view=modal(field("story")))
    assert code == "trigger_expired"
    sandbox.expect_refusal("views.open", "trigger_expired")
    sandbox.assert_nothing_else()


def test_a_refused_view_leaves_the_trigger_alone(
    sandbox: Sandbox, client: WebClient, ana: Person
) -> None:
    trigger = trigger_of(sandbox, ana)
    long = modal(field("story"), title=plain("x" * 25))
    assert refusal(client.views_open, trigger_id=trigger, view=long) == "invalid_arguments"
    assert client.views_open(trigger_id=trigger, view=modal(field("story")))["ok"]


def test_three_modals_are_the_limit(sandbox: Sandbox, client: WebClient, ana: Person) -> None:
    view = modal(field("story"))
    client.views_open(trigger_id=trigger_of(sandbox, ana), view=view)
    client.views_push(trigger_id=trigger_of(sandbox, ana), view=view)
    top = client.views_push(trigger_id=trigger_of(sandbox, ana), view=view)["view"]
    stack = sandbox.workspace.modal_stack(ana.id)
    assert top["root_view_id"] == stack[0].id
    assert top["previous_view_id"] == stack[1].id
    code = refusal(client.views_push, trigger_id=trigger_of(sandbox, ana), view=view)
    assert code == "push_limit_reached"


def test_typed_text_survives_an_update_under_the_same_ids(
    client: WebClient, show: Show, ana: Person
) -> None:
    show(field("story"), field("other"))
    ana.fill(story="kept", other="lost")
    assert ana.view is not None
    view = modal(field("story"), field("renamed", initial_value="fresh"))
    client.views_update(view_id=ana.view.id, view=view, hash=ana.view.hash)
    values = ana.view.state_values
    assert values["story"]["value"]["value"] == "kept"
    assert values["renamed"]["value"]["value"] == "fresh"
    assert "other" not in values


def test_a_stale_hash_is_refused(client: WebClient, show: Show, ana: Person) -> None:
    show(field("story"), external_id="the-form")
    assert ana.view is not None
    old, view = ana.view.hash, modal(field("story"))
    client.views_update(view_id=ana.view.id, view=view | {"external_id": "the-form"}, hash=old)
    code = refusal(client.views_update, external_id="the-form", view=view, hash=old)
    assert code == "hash_conflict"
    assert refusal(client.views_update, view_id="V9", view=view) == "not_found"


def test_slack_checks_a_form_before_it_is_sent(
    sandbox: Sandbox, app: App, show: Show, ana: Person
) -> None:
    got = answer_with(app, {})
    show(
        field("story", min_length=3, max_length=10),
        field("score", "number_input", is_decimal_allowed=False, min_value="0", max_value="10"),
        field("mail", "email_text_input"),
        field("link", "url_text_input", optional=True),
        field("missing"),
    )
    wrong = ana.submit({"story": "x", "score": "2.5", "mail": "me", "link": "ftp:x"}).errors
    assert set(wrong) == {"story", "score", "mail", "link", "missing"}
    assert got == []
    wrong = ana.submit({"story": "x" * 11, "score": "11"}).errors
    assert {"story", "score"} <= set(wrong)
    right = {"story": "enough", "score": "10", "mail": "a@b.example", "missing": "no more"}
    assert ana.submit({**right, "link": "https://a.example/b"}).errors == {}
    assert got[0]["state"]["values"]["score"]["value"]["value"] == "10"
    sandbox.assert_nothing_else()


def test_unchecked_values_reach_the_app(app: App, show: Show, ana: Person) -> None:
    got = answer_with(app, {})
    show(field("story"))
    assert ana.submit(unchecked=True).acked
    assert got[0]["state"]["values"]["story"]["value"]["value"] is None


def test_errors_keep_the_form_and_its_text(app: App, show: Show, ana: Person) -> None:
    errors = {"story": "Two sentences, please."}
    answer_with(app, {"response_action": "errors", "errors": errors}, {})
    show(field("story"))
    assert ana.submit({"story": "one"}).errors == errors
    assert ana.view is not None
    assert ana.view.errors == errors
    assert ana.view.state_values["story"]["value"]["value"] == "one"
    assert ana.submit({"story": "One. Two."}).errors == {}
    assert ana.view is None


def test_errors_for_a_block_that_is_not_there_are_noticed(
    sandbox: Sandbox, app: App, show: Show, ana: Person
) -> None:
    answer_with(app, {"response_action": "errors", "errors": {"nowhere": "x"}})
    show(field("story"))
    assert "trouble" in ana.submit({"story": "x"}).text
    with pytest.raises(AssertionError, match="nowhere"):
        sandbox.assert_nothing_else()


def test_a_submission_can_push_update_and_clear(app: App, show: Show, ana: Person) -> None:
    second = modal(field("second"), title=plain("Second"))
    third = modal(field("third"), title=plain("Third"))
    answer_with(
        app,
        {"response_action": "push", "view": second},
        {"response_action": "update", "view": third},
        {"response_action": "clear"},
    )
    show(field("first"))
    ana.submit({"first": "1"})
    assert ana.view is not None
    assert ana.view.payload["title"]["text"] == "Second"
    ana.submit({"second": "2"})
    assert ana.view.payload["title"]["text"] == "Third"
    ana.submit({"third": "3"})
    assert ana.view is None


def test_an_empty_ack_closes_the_form_that_was_submitted(app: App, show: Show, ana: Person) -> None:
    @app.view("form")
    def submitted(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        above = modal(field("more"), title=plain("Above"))
        client.views_push(trigger_id=body["trigger_id"], view=above)
        ack()

    show(field("story"))
    ana.submit({"story": "x"})
    assert ana.view is not None
    assert ana.view.payload["title"]["text"] == "Above"


def test_an_app_that_asks_is_told_of_closing_and_not_of_what_was_typed(
    app: App, show: Show, ana: Person
) -> None:
    closed: list[dict[str, Any]] = []

    @app.view_closed("form")
    def gone(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        closed.append(body)

    show(field("story"), notify_on_close=True)
    ana.fill(story="half a tho")
    outcome = ana.close()
    assert outcome is not None
    assert outcome.acked
    assert closed[0]["view"]["state"]["values"] == {}
    assert not closed[0]["is_cleared"]
    show(field("story"))
    assert ana.close() is None


def test_a_choice_that_dispatches_arrives_with_the_whole_state(
    app: App, show: Show, ana: Person
) -> None:
    bodies: list[dict[str, Any]] = []

    @app.action("value")
    def chosen(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        bodies.append(body)

    kinds = options("visit", "phone")
    show(field("story"), field("kind", "static_select", options=kinds, dispatch_action=True))
    ana.fill({"story": "so far", "kind": "phone"})
    assert bodies[0]["actions"][0]["selected_option"]["value"] == "phone"
    values = bodies[0]["view"]["state"]["values"]
    assert values["story"]["value"]["value"] == "so far"
    assert values["kind"]["value"]["selected_option"]["value"] == "phone"
    assert "response_url" not in bodies[0]


def test_options_are_loaded_and_then_chosen(
    sandbox: Sandbox, app: App, show: Show, ana: Person
) -> None:
    asked: list[str] = []

    @app.options("value")
    def load(ack: Ack, body: dict[str, Any]) -> None:
        asked.append(body["value"])
        ack(options=options("acorn", "birch"))

    got = answer_with(app, {})
    show(field("customer", "external_select", min_query_length=2))
    assert ana.options("value", "a") == []
    assert [o["value"] for o in ana.options("value", "ac")] == ["acorn", "birch"]
    assert asked == ["ac"]
    ana.submit({"customer": "birch"})
    chosen = got[0]["state"]["values"]["customer"]["value"]["selected_option"]
    assert chosen["text"]["text"] == "Birch"
    sandbox.assert_nothing_else()


def test_too_many_options_show_nothing(sandbox: Sandbox, app: App, show: Show, ana: Person) -> None:
    @app.options("value")
    def load(ack: Ack) -> None:
        ack(options=options(*(f"o{n}" for n in range(101))))

    show(field("customer", "external_select"))
    assert ana.options("value", "abc") == []
    with pytest.raises(AssertionError, match="options"):
        sandbox.assert_nothing_else()


def test_files_of_the_person_are_handed_in(app: App, show: Show, ana: Person) -> None:
    got = answer_with(app, {})
    show(field("picture", "file_input", max_files=1))
    one, two = ana.upload("a.png", b"a"), ana.upload("b.png", b"b")
    assert "picture" in ana.submit({"picture": [one, two]}).errors
    ana.submit({"picture": [one.id]})
    assert got[0]["state"]["values"]["picture"]["value"]["files"][0]["name"] == "a.png"


def test_a_double_submit_is_the_very_same_payload(
    sandbox: Sandbox, app: App, show: Show, ana: Person
) -> None:
    got = answer_with(app, {}, {})
    show(field("story"))
    ana.submit({"story": "once"})
    assert sandbox.resend_last().acked
    assert got[0] == got[1]


def test_the_home_is_for_people_of_the_workspace(sandbox: Sandbox, client: WebClient) -> None:
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    code = refusal(client.views_publish, user_id="U9", view=home)
    assert code == "user_not_found"
    stranger = sandbox.add_user("Stranger", stranger=True)
    assert stranger.open_home() is None
