"""Answers: what a handler says back, as values; the gate acknowledges and then shows them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from slack_sdk.models.views import View

from bot.errors import SlackError
from bot.log import logger
from bot.slack.client import Slack
from bot.slack.posting import Place, edit
from bot.views.block_kit import Message

LOG = logger(__name__)

Show = Callable[[Slack], object]
# What Slack says of a form that is not there any more.
CLOSED = "not_found"


@dataclass(frozen=True)
class Answer:
    """What goes back in the acknowledgement, and what is shown by Slack calls after it."""

    ack: Mapping[str, Any] = field(default_factory=dict)
    then: tuple[Show, ...] = ()

    def showing(self, *shows: Show) -> Self:
        """The same answer, with more to show after it."""
        return replace(self, then=(*self.then, *shows))


def nothing() -> Answer:
    """Only the acknowledgement; it closes a form that was submitted."""
    return Answer()


def say(message: Message | str) -> Answer:
    """An answer to a slash command that only the person sees."""
    said = {"text": message} if isinstance(message, str) else message.as_arguments()
    return Answer({"response_type": "ephemeral", **said})


def errors(by_block: Mapping[str, str]) -> Answer:
    """A form stays open, with sentences at its fields."""
    return Answer({"response_action": "errors", "errors": dict(by_block)})


def closing_all() -> Answer:
    """Every form of a stack is closed, not only the one on top."""
    return Answer({"response_action": "clear"})


def redrawn(view: View) -> Answer:
    """A form stays open, drawn anew."""
    return Answer({"response_action": "update", "view": view.to_dict()})


def options(found: Mapping[str, Any]) -> Answer:
    """What a search finds."""
    return Answer(dict(found))


def opening(view: View, trigger_id: str) -> Show:
    """Open a form."""
    return lambda slack: slack.call("views.open", trigger_id=trigger_id, view=view.to_dict())


def pushing(view: View, trigger_id: str) -> Show:
    """Open a form on top of the one that is open."""
    return lambda slack: slack.call("views.push", trigger_id=trigger_id, view=view.to_dict())


def redrawing(view: View, view_id: str) -> Show:
    """Draw an open form anew; what was typed stays where its ids stay."""
    return lambda slack: slack.call("views.update", view_id=view_id, view=view.to_dict())


def redrawing_below(view: View, view_id: str) -> Show:
    """Draw the form anew that lay below one that was submitted, unless it was closed since."""

    def redraw(slack: Slack) -> None:
        try:
            redrawing(view, view_id)(slack)
        except SlackError as error:
            if error.code != CLOSED:
                raise

    return redraw


def publishing(view: View, user_id: str) -> Show:
    """Show somebody's Home."""
    return lambda slack: slack.call("views.publish", user_id=user_id, view=view.to_dict())


def replacing(place: Place, message: Message) -> Show:
    """Put a message in the place of one of ours."""
    return lambda slack: edit(slack, place, message.as_arguments())


def instead(url: str, message: Message) -> Show:
    """Put a message in the place of one that only the person sees."""
    said = message.as_arguments()
    return lambda slack: slack.respond(url, replace_original=True, **said)


@dataclass(frozen=True)
class File:
    """A file to hand to somebody, and the words that go with it."""

    name: str
    content: bytes
    words: str


def handing(user_id: str, file: File, otherwise: Show) -> Show:
    """Hand a file to somebody in their conversation with the bot; `otherwise` if Slack refuses."""

    def hand(slack: Slack) -> None:
        try:
            channel = slack.call("conversations.open", users=user_id)["channel"]["id"]
            known = {"filename": file.name, "content": file.content, "title": file.name}
            slack.call("files.upload_v2", channel=channel, initial_comment=file.words, **known)
        except SlackError as error:
            LOG.warning("file_refused", code=error.code)
            otherwise(slack)

    return hand


def after_all(answer: Answer, url: str, user_id: str) -> Answer:
    """The answer to a command that was acknowledged before it was known: it is told instead."""
    said = {name: each for name, each in answer.ack.items() if name in ("text", "blocks")}
    return Answer(then=(_telling(url, user_id, said), *answer.then)) if said else answer


def telling(url: str, user_id: str, message: Message | str) -> Show:
    """Say something that only the person sees, where they pressed or typed.

    Slack takes an answer there for half an hour, and from some places gives no `url` at all: then
    it is said in the conversation with the bot, unless `user_id` is "".
    """
    said = {"text": message} if isinstance(message, str) else message.as_arguments()
    return _telling(url, user_id, said)


def _telling(url: str, user_id: str, said: Mapping[str, Any]) -> Show:
    def tell(slack: Slack) -> None:
        try:
            if url:
                slack.respond(url, response_type="ephemeral", replace_original=False, **said)
                return
        except SlackError as error:
            LOG.info("whisper_refused", code=error.code)
        if user_id:
            slack.call("chat.postMessage", channel=user_id, **said)

    return tell
