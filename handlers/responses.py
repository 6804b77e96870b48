"""Responses: what goes into the acknowledgement, and the Slack calls that follow it, as values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from slack_sdk.models.views import View

from bot.domain.outbox.message_ref import MessageRef
from bot.errors import SlackError
from bot.log import get_logger
from bot.slack.client import Slack
from bot.slack.posting import edit
from bot.views.block_kit import Message

LOG = get_logger(__name__)

Followup = Callable[[Slack], object]
# Slack's error for a view that is gone.
VIEW_NOT_FOUND = "not_found"


@dataclass(frozen=True)
class OpenModal:
    """A followup that opens a modal or, with `pushes`, puts it onto the open one.

    `reopening` is the value of the button that opens it if this comes too late; without one the
    request itself is packed.
    """

    view: View
    trigger_id: str
    pushes: bool = False
    reopening: str = ""

    def __call__(self, slack: Slack) -> object:
        method = "views.push" if self.pushes else "views.open"
        return slack.call(method, trigger_id=self.trigger_id, view=self.view.to_dict())


@dataclass(frozen=True)
class Response:
    """The body of an acknowledgement, and the Slack calls to make after it."""

    ack: Mapping[str, Any] = field(default_factory=dict)
    followups: tuple[Followup, ...] = ()

    def with_followups(self, *others: "Response") -> "Response":
        """Return the same response, with the followups of others after its own."""
        more = [each for other in others for each in other.followups]
        return replace(self, followups=(*self.followups, *more))

    @property
    def modal(self) -> OpenModal | None:
        """Return the followup that needs the trigger of the request, if there is one."""
        return next((each for each in self.followups if isinstance(each, OpenModal)), None)

    def without_modal(self, ack: Mapping[str, Any]) -> "Response":
        """Return the response with another acknowledgement, and without what opens a modal."""
        others = tuple(each for each in self.followups if not isinstance(each, OpenModal))
        return Response(ack, others)


def acknowledge(*followups: Followup) -> Response:
    """Return an empty acknowledgement, which closes a submitted form; `followups` run after it."""
    return Response(followups=followups)


def ack_ephemeral(message: Message | str) -> Response:
    """Answer a slash command with a message that only the person sees."""
    arguments = {"text": message} if isinstance(message, str) else message.as_arguments()
    return Response({"response_type": "ephemeral", **arguments})


def ack_errors(by_block: Mapping[str, str]) -> Response:
    """Keep a form open, with errors at its fields by block id."""
    return Response({"response_action": "errors", "errors": dict(by_block)})


def ack_close_all() -> Response:
    """Close the whole stack of modals, not only the top one."""
    return Response({"response_action": "clear"})


def ack_update(view: View) -> Response:
    """Keep a form open, with another view in its place."""
    return Response({"response_action": "update", "view": view.to_dict()})


def ack_options(found: Mapping[str, Any]) -> Response:
    """Answer a search with options."""
    return Response(dict(found))


def open_modal(view: View, trigger_id: str, reopening: str = "") -> Response:
    """Open a modal; `reopening` as in `OpenModal`."""
    return acknowledge(OpenModal(view, trigger_id, reopening=reopening))


def push_modal(view: View, trigger_id: str) -> Response:
    """Push a modal onto the open one."""
    return acknowledge(OpenModal(view, trigger_id, pushes=True))


def update_modal(view: View, view_id: str) -> Response:
    """Update an open modal; typed values survive where block and action ids stay the same."""
    return acknowledge(
        lambda slack: slack.call("views.update", view_id=view_id, view=view.to_dict())
    )


def update_modal_below(view: View, view_id: str) -> Response:
    """Update the modal below a submitted one, unless it has been closed since."""

    def update(slack: Slack) -> None:
        try:
            slack.call("views.update", view_id=view_id, view=view.to_dict())
        except SlackError as error:
            if error.code != VIEW_NOT_FOUND:
                raise

    return acknowledge(update)


def publish_home(view: View, user_id: str) -> Response:
    """Publish a user's Home."""
    return acknowledge(
        lambda slack: slack.call("views.publish", user_id=user_id, view=view.to_dict())
    )


def update_message(place: MessageRef, message: Message) -> Response:
    """Replace one of the bot's own messages."""
    return acknowledge(lambda slack: edit(slack, place, message.as_arguments()))


def replace_message(url: str, message: Message) -> Response:
    """Replace a message that only the person sees."""
    arguments = message.as_arguments()
    return acknowledge(lambda slack: slack.respond(url, replace_original=True, **arguments))


@dataclass(frozen=True)
class File:
    """A file to send to a user, and the comment that goes with it."""

    name: str
    content: bytes
    comment: str


def send_file(url: str, user_id: str, file: File, refused: Message) -> Response:
    """Send a file in the user's direct message with the bot; if Slack refuses, say `refused`."""
    fallback = _send_ephemeral(url, user_id, refused.as_arguments())

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

    return acknowledge(upload)


def move_ack_to_followup(response: Response, url: str, user_id: str) -> Response:
    """Turn the message in a late response's acknowledgement into an ephemeral followup."""
    arguments = {name: each for name, each in response.ack.items() if name in ("text", "blocks")}
    return (
        acknowledge(_send_ephemeral(url, user_id, arguments), *response.followups)
        if arguments
        else response
    )


def send_ephemeral(url: str, user_id: str, message: Message | str) -> Response:
    """Send a message that only the person sees, where they pressed or typed.

    Slack accepts a response URL for half an hour, and in some places gives none (`url` ""): then
    the message goes to the direct message with the bot, unless `user_id` is "".
    """
    arguments = {"text": message} if isinstance(message, str) else message.as_arguments()
    return acknowledge(_send_ephemeral(url, user_id, arguments))


def _send_ephemeral(url: str, user_id: str, arguments: Mapping[str, Any]) -> Followup:
    def send(slack: Slack) -> None:
        try:
            if url:
                slack.respond(url, response_type="ephemeral", replace_original=False, **arguments)
                return
        except SlackError as error:
            LOG.info("ephemeral_refused", code=error.code)
        if user_id:
            slack.call("chat.postMessage", channel=user_id, **arguments)

    return send
