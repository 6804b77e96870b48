"""Route a payload: the route, the payload before its user is known, and the call of the handler."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import Any

from bot.db.inbox import InboxPayload
from bot.domain.outbox.message_ref import MessageRef
from bot.domain.staff.access import Actor, Refusal, Role, find_refusal
from bot.errors import LostMessage
from bot.operations import backups
from bot.operations.inbox.requests import ReceivedPayload
from bot.operations.staff import directory as staff
from bot.services import Services
from handlers import errors, home
from handlers.requests import RequestKind, SlackRequest, is_external
from handlers.responses import Response, acknowledge

Handler = Callable[[Services, SlackRequest], Response]

# For how long after a press or a command Slack lets the app open a modal.
TRIGGER_SECONDS = 3.0


@dataclass(frozen=True)
class Route:
    """A handler and the role it needs; None for events that Slack itself sends.

    With `ack_immediately` (as for each typed word) a payload is acknowledged before anything is
    done. It has the same effect however often it comes, and no one is told if it fails.
    """

    handler: Handler
    required_role: Role | None
    ack_immediately: bool = False


Routes = Mapping[tuple[RequestKind, str], Route]


@dataclass(frozen=True)
class Incoming:
    """A payload and its route; `key` deduplicates it, `now` is aware UTC.

    `started` is when it arrived, by `perf_counter`.
    """

    route: Route
    kind: RequestKind
    name: str
    workspace_id: str
    user_id: str
    key: str
    now: datetime
    body: Mapping[str, Any] = field(repr=False)
    started: float = field(default_factory=perf_counter)

    @property
    def trigger_seconds(self) -> float:
        """Return for how many seconds more its trigger can open a modal, at best."""
        return self.started + TRIGGER_SECONDS - perf_counter()

    @property
    def actor_without_lookup(self) -> Actor | None:
        """Return the actor who isn't looked up: Slack itself or an external user; else None."""
        if self.route.required_role is None:
            return staff.slack_itself(self.workspace_id)
        if not self.user_id or is_external(self.body, self.workspace_id):
            return staff.external_actor(self.workspace_id, self.user_id)
        return None

    @property
    def received_payload(self) -> ReceivedPayload:
        """Return what the inbox stores: for an event also the body, as it is processed later."""
        event = self.kind is RequestKind.EVENT
        payload = InboxPayload(self.key, self.kind, self.body if event else None)
        user_id = "" if event or self.actor_without_lookup else self.user_id
        return ReceivedPayload(self.workspace_id, payload, user_id, self.now)


def handle(services: Services, incoming: Incoming, actor: Actor) -> Response:
    """Run the handler for this actor, or return a polite refusal if they lack access."""
    refusal_reason = (
        find_refusal(actor, incoming.route.required_role) if incoming.route.required_role else None
    )
    request = SlackRequest(incoming.kind, actor, incoming.body, incoming.now)
    if refusal_reason is None and _is_in_lost_message(services, incoming):
        raise LostMessage
    if refusal_reason is None:
        return incoming.route.handler(services, request)
    if incoming.kind is RequestKind.EVENT and refusal_reason is Refusal.GUEST:
        return home.show_refusal(request, refusal_reason)
    if incoming.route.ack_immediately:
        return acknowledge()
    return errors.refusal_response(incoming.kind, incoming.body, actor.user_id, refusal_reason)


def _is_in_lost_message(services: Services, incoming: Incoming) -> bool:
    """Return whether a button belongs to a message of a lost database: its ids are others here."""
    container = incoming.body.get("container") or {}
    if incoming.kind is not RequestKind.ACTION or container.get("type") != "message":
        return False
    message_ref = MessageRef(container["channel_id"], container["message_ts"])
    return backups.is_lost(services, incoming.workspace_id, message_ref, incoming.user_id)


def error_response(incoming: Incoming, error: Exception, user_id: str) -> Response:
    """Return the response to an error; with `user_id` "" no message is sent."""
    return errors.error_response(incoming.kind, incoming.name, incoming.body, user_id, error)
