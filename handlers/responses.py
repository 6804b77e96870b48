"""Answers: what a handler says back, as values; the gate acknowledges and then shows them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from slack_sdk.models.views import View

from bot.errors import SlackError
from bot.log import get_logger
from bot.slack.client import Slack
from bot.slack.posting import MessageRef, edit
from bot.views.block_kit import Message

LOG = get_logger(__name__)

Followup = Callable[[Slack], object]
# What Slack says of a form that is not there any more.
VIEW_NOT_FOUND = "not_found"


@dataclass(frozen=True)
class Response:
    """What goes back in the acknowledgement, and what is shown by Slack calls after it."""

    ack: Mapping[str, Any] = field(default_factory=dict)
    followups: tuple[Followup, ...] = ()

    def with_followups(self, *followups: Followup) -> Self:
        """The same answer, with more to show after it."""
        return replace(self, followups=(*self.followups, *followups))


def acknowledge() -> Response:
    """Only the acknowledgement; it closes a form that was submitted."""
    return Response()


def ack_ephemeral(message: Message | str) -> Response:
    """An answer to a slash command that only the person sees."""
    arguments = {"text": message} if isinstance(message, str) else message.as_arguments()
    return Response({"response_type": "ephemeral", **arguments})


def ack_errors(by_block: Mapping[str, str]) -> Response:
    """A form stays open, with sentences at its fields."""
    return Response({"response_action": "errors", "errors": dict(by_block)})


def ack_close_all() -> Response:
    """Every form of a stack is closed, not only the one on top."""
    return Response({"response_action": "clear"})


def ack_update(view: View) -> Response:
    """A form stays open, drawn anew."""
    return Response({"response_action": "update", "view": view.to_dict()})


def ack_options(found: Mapping[str, Any]) -> Response:
    """What a search finds."""
    return Response(dict(found))


def open_modal(view: View, trigger_id: str) -> Followup:
    """Open a form."""
    return lambda slack: slack.call("views.open", trigger_id=trigger_id, view=view.to_dict())


def push_modal(view: View, trigger_id: str) -> Followup:
    """Open a form on top of the one that is open."""
    return lambda slack: slack.call("views.push", trigger_id=trigger_id, view=view.to_dict())


def update_modal(view: View, view_id: str) -> Followup:
    """Draw an open form anew; what was typed stays where its ids stay."""
    return lambda slack: slack.call("views.update", view_id=view_id, view=view.to_dict())


def update_modal_below(view: View, view_id: str) -> Followup:
    """Draw the form anew that lay below one that was submitted, unless it was closed since."""

    def update(slack: Slack) -> None:
        try:
            update_modal(view, view_id)(slack)
        except SlackError as error:
            if error.code != VIEW_NOT_FOUND:
                raise

    return update


def publish_home(view: View, user_id: str) -> Followup:
    """Show somebody's Home."""
    return lambda slack: slack.call("views.publish", user_id=user_id, view=view.to_dict())


def update_message(place: MessageRef, message: Message) -> Followup:
    """Put a message in the place of one of ours."""
    return lambda slack: edit(slack, place, message.as_arguments())


def replace_message(url: str, message: Message) -> Followup:
    """Put a message in the place of one that only the person sees."""
    arguments = message.as_arguments()
    return lambda slack: slack.respond(url, replace_original=True, **arguments)


@dataclass(frozen=True)
class File:
    """A file to hand to somebody, and the words that go with it."""

    name: str
    content: bytes
    comment: str


def send_file(user_id: str, file: File, fallback: Followup) -> Followup:
    """Hand a file to somebody in their conversation with the bot; `otherwise` if Slack refuses."""

    def upload(slack: Slack) -> None:
        try:
            channel = slack.call("conversations.open", users=user_id)["channel"]["id"]
            upload_arguments = {"filename": file.name, "content": file.content, "title": file.name}
            slack.call(
                "files.upload_v2", channel=channel, initial_comment=file.comment, **upload_arguments
            )
        except SlackError as error:
            LOG.warning("file_refused", code=error.code)
            fallback(slack)

    return upload


def move_ack_to_followup(response: Response, url: str, user_id: str) -> Response:
    """The answer to a command that was acknowledged before it was known: it is told instead."""
    arguments = {name: each for name, each in response.ack.items() if name in ("text", "blocks")}
    return (
        Response(followups=(_send_ephemeral(url, user_id, arguments), *response.followups))
        if arguments
        else response
    )


def send_ephemeral(url: str, user_id: str, message: Message | str) -> Followup:
    """Say something that only the person sees, where they pressed or typed.

    Slack takes an answer there for half an hour, and from some places gives no `url` at all: then
    it is said in the conversation with the bot, unless `user_id` is "".
    """
    arguments = {"text": message} if isinstance(message, str) else message.as_arguments()
    return _send_ephemeral(url, user_id, arguments)


def _send_ephemeral(url: str, user_id: str, arguments: Mapping[str, Any]) -> Followup:
    def send(slack: Slack) -> None:
        try:
            if url:
                slack.respond(url, response_type="ephemeral", replace_original=False, **arguments)
                return
        except SlackError as error:
            LOG.info("whisper_refused", code=error.code)
        if user_id:
            slack.call("chat.postMessage", channel=user_id, **arguments)

    return send
