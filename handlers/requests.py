"""Requests: what a person did in Slack, read from its payloads."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from bot.domain.outbox.message_ref import MessageRef
from bot.domain.staff.access import Actor
from bot.domain.text import sanitize
from bot.domain.working_time import local_date
from bot.views import form_fields

USER_ID = re.compile(r"[A-Z0-9]{1,32}")
PAYLOAD_ID = re.compile(r"[!-~]{1,200}")


class Malformed(Exception):
    """Raised for a payload of a shape that Slack does not send."""


class RequestKind(StrEnum):
    """The kinds of payload that Slack sends."""

    COMMAND = "command"
    ACTION = "action"
    SUBMISSION = "submission"
    CLOSED = "closed"
    SHORTCUT = "shortcut"
    OPTIONS = "options"
    EVENT = "event"


@dataclass(frozen=True)
class SlackRequest:
    """A payload with the person who sent it; `now` is read once, on arrival (aware UTC)."""

    kind: RequestKind
    actor: Actor
    body: Mapping[str, Any]
    now: datetime

    @property
    def today(self) -> date:
        """Return the actor's local date."""
        return local_date(self.now, self.actor.zone)

    @property
    def text(self) -> str:
        """Return the text typed after a slash command."""
        return str(self.body.get("text") or "").strip()

    @property
    def trigger_id(self) -> str:
        """Return the trigger that opens a modal; it works once, for three seconds."""
        return str(self.body["trigger_id"])

    @property
    def response_url(self) -> str:
        """Return the response URL, for ephemeral messages; "" where Slack gives none."""
        return str(self.body.get("response_url") or "")

    @property
    def view(self) -> Mapping[str, Any]:
        """Return the modal or Home that was used."""
        view: Mapping[str, Any] = self.body["view"]
        return view

    @property
    def form_key(self) -> str:
        """Return a key of this person's form, the same however often it is submitted."""
        return f"{self.actor.user_id}:{self.view.get('root_view_id') or self.view['id']}"

    @property
    def message_ref(self) -> MessageRef:
        """Return the place of the message whose button was pressed."""
        container = self.body["container"]
        return MessageRef(container["channel_id"], container["message_ts"])


def ephemeral_url(body: Mapping[str, Any]) -> str:
    """Return the response URL of the request, or of the open form; "" if unknown."""
    url = str(body.get("response_url") or "")
    where = form_fields.get_reply_to(body["view"]) if not url and "view" in body else url
    return where if where.startswith("http") else ""


def _command(body: Mapping[str, Any]) -> tuple[str, str]:
    return body["command"], body["user_id"]


def _action(body: Mapping[str, Any]) -> tuple[str, str]:
    return body["actions"][0]["action_id"], body["user"]["id"]


def _submission(body: Mapping[str, Any]) -> tuple[str, str]:
    return body["view"]["callback_id"], body["user"]["id"]


def _shortcut(body: Mapping[str, Any]) -> tuple[str, str]:
    return body["callback_id"], body["user"]["id"]


def _options(body: Mapping[str, Any]) -> tuple[str, str]:
    return body["action_id"], body["user"]["id"]


def _event(body: Mapping[str, Any]) -> tuple[str, str]:
    event = body["event"]
    user = event.get("user")
    return event["type"], user["id"] if isinstance(user, Mapping) else str(user or "")


READERS: Mapping[RequestKind, Callable[[Mapping[str, Any]], tuple[str, str]]] = {
    RequestKind.COMMAND: _command,
    RequestKind.ACTION: _action,
    RequestKind.SUBMISSION: _submission,
    RequestKind.CLOSED: _submission,
    RequestKind.SHORTCUT: _shortcut,
    RequestKind.OPTIONS: _options,
    RequestKind.EVENT: _event,
}


def sanitized(body: Any) -> Any:
    """Return a payload with all its texts sanitized; what people type is read only after this."""
    if isinstance(body, str):
        return sanitize(body)
    if isinstance(body, Mapping):
        return {name: sanitized(each) for name, each in body.items()}
    return [sanitized(each) for each in body] if isinstance(body, list) else body


def route_key(kind: RequestKind, body: Mapping[str, Any]) -> tuple[str, str]:
    """Return the name of the command, action, form or event, and the Slack id of its user.

    The id is "" where an event has no author. Raises `Malformed`.
    """
    try:
        name, user_id = READERS[kind](body)
    except (LookupError, TypeError, AttributeError) as error:
        raise Malformed from error
    authored = isinstance(user_id, str) and USER_ID.fullmatch(user_id)
    if not isinstance(name, str) or not (authored or (kind is RequestKind.EVENT and user_id == "")):
        raise Malformed
    return name, user_id


def deduplication_key(kind: RequestKind, body: Mapping[str, Any]) -> str:
    """Return the key of a payload, the same however often it is delivered.

    A payload without an id of its own gets a hash of its contents: a second press comes at another
    time, from another window or with another response URL.
    """
    own = str(body.get("event_id" if kind is RequestKind.EVENT else "trigger_id") or "")
    if not PAYLOAD_ID.fullmatch(own):
        text = json.dumps(body, sort_keys=True, ensure_ascii=False)
        own = hashlib.sha256(text.encode()).hexdigest()
    return f"{kind}:{own}"


def is_external(body: Mapping[str, Any], workspace_id: str) -> bool:
    """Return whether the payload itself places its user in another organisation.

    In a channel shared with one, a user not placed by the payload counts as external. In a grid a
    user's team may be another one of the same organisation, so only Slack can tell.
    """
    if body.get("enterprise") or body.get("enterprise_id"):
        return False
    teams = [team for team in _teams(body) if team]
    if not teams:
        return bool(body.get("is_ext_shared_channel"))
    return any(team != workspace_id for team in teams)


def is_for_other_workspace(body: Mapping[str, Any], workspace_id: str) -> bool:
    """Return whether Slack sent an event to another installation of the app, in another workspace.

    Its `authorizations` name an installation that sees it, and its outer team where it happened.
    """
    listed = body.get("authorizations")
    owners = [body, *(listed if isinstance(listed, list) else ())]
    ids = {
        each.get(key)
        for each in owners
        if isinstance(each, Mapping)
        for key in ("team_id", "enterprise_id")
    } - {None}
    return bool(ids) and workspace_id not in ids


def _teams(body: Mapping[str, Any]) -> Iterator[object]:
    # The outer team of an event is the one where it happened, which may be either side's.
    yield body.get("team_id") if "command" in body else None
    for name, *keys in (("user", "team_id"), ("team", "id"), ("event", "user_team", "team")):
        part = body.get(name)
        yield from (part.get(key) for key in keys) if isinstance(part, Mapping) else ()
