"""Knocks: what somebody did in Slack, read from its payloads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from bot.domain.access import Actor
from bot.domain.calendar import local_date
from bot.slack.delivery import Place


class Kind(StrEnum):
    """The ways in which Slack knocks."""

    COMMAND = "command"
    ACTION = "action"
    SUBMISSION = "submission"
    OPTIONS = "options"
    EVENT = "event"


@dataclass(frozen=True)
class Knock:
    """One payload with whoever sent it; `now` is read once, at the door (aware UTC)."""

    kind: Kind
    actor: Actor
    body: Mapping[str, Any]
    now: datetime

    @property
    def today(self) -> date:
        """The date where the actor is."""
        return local_date(self.now, self.actor.zone)

    @property
    def text(self) -> str:
        """What was typed behind a slash command."""
        return str(self.body.get("text") or "").strip()

    @property
    def trigger_id(self) -> str:
        """What opens a form; good once, for three seconds."""
        return str(self.body["trigger_id"])

    @property
    def response_url(self) -> str:
        """Where to whisper; "" where Slack gives none."""
        return str(self.body.get("response_url") or "")

    @property
    def view(self) -> Mapping[str, Any]:
        """The form or Home that was used."""
        view: Mapping[str, Any] = self.body["view"]
        return view

    @property
    def form_key(self) -> str:
        """What one form is known by, however often it is submitted."""
        return str(self.view.get("root_view_id") or self.view["id"])

    @property
    def place(self) -> Place:
        """Where the message stands whose button was pressed."""
        container = self.body["container"]
        return Place(container["channel_id"], container["message_ts"])


def _command(body: Mapping[str, Any]) -> tuple[str, str]:
    return body["command"], body["user_id"]


def _action(body: Mapping[str, Any]) -> tuple[str, str]:
    return body["actions"][0]["action_id"], body["user"]["id"]


def _submission(body: Mapping[str, Any]) -> tuple[str, str]:
    return body["view"]["callback_id"], body["user"]["id"]


def _options(body: Mapping[str, Any]) -> tuple[str, str]:
    return body["action_id"], body["user"]["id"]


def _event(body: Mapping[str, Any]) -> tuple[str, str]:
    event = body["event"]
    user = event.get("user")
    return event["type"], user["id"] if isinstance(user, Mapping) else str(user or "")


READERS: Mapping[Kind, Callable[[Mapping[str, Any]], tuple[str, str]]] = {
    Kind.COMMAND: _command,
    Kind.ACTION: _action,
    Kind.SUBMISSION: _submission,
    Kind.OPTIONS: _options,
    Kind.EVENT: _event,
}


def named(kind: Kind, body: Mapping[str, Any]) -> tuple[str, str]:
    """What was knocked at (a command, action, form or event) and the Slack id of who knocked."""
    return READERS[kind](body)
