"""Calls: a payload at its door, before it is known who sent it, and what the door answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.db.inbox import Letter
from bot.domain.staff.access import Actor, Refusal, Role, refusal
from bot.operations.inbox.requests import Arrival
from bot.operations.staff import directory as staff
from bot.services import Services
from handlers import errors, home
from handlers.requests import Kind, Knock, foreign
from handlers.responses import Answer, nothing

Handler = Callable[[Services, Knock], Answer]


@dataclass(frozen=True)
class Door:
    """A handler and the role that it asks for; None where Slack itself speaks.

    What comes `unasked`, such as each word that is typed, is acknowledged before anything is done.
    It has the same effect however often it comes, and nobody is told when it cannot be taken in.
    """

    handler: Handler
    needs: Role | None
    unasked: bool = False


Doors = Mapping[tuple[Kind, str], Door]


@dataclass(frozen=True)
class Call:
    """A payload at its door; `key` is what Slack knows it by, `now` is aware UTC."""

    door: Door
    kind: Kind
    name: str
    workspace_id: str
    user_id: str
    key: str
    now: datetime
    body: Mapping[str, Any] = field(repr=False)

    @property
    def stranger(self) -> Actor | None:
        """Whoever is not to be looked up: Slack itself, or somebody of another organisation."""
        if self.door.needs is None:
            return staff.nobody(self.workspace_id)
        if not self.user_id or foreign(self.body, self.workspace_id):
            return staff.outsider(self.workspace_id, self.user_id)
        return None

    @property
    def arrival(self) -> Arrival:
        """What is noted of it; an event is kept until it is done, as nobody waits for it."""
        event = self.kind is Kind.EVENT
        letter = Letter(self.key, self.kind, self.body if event else None)
        user_id = "" if event or self.stranger else self.user_id
        return Arrival(self.workspace_id, letter, user_id, self.now)


def serve(services: Services, call: Call, actor: Actor) -> Answer:
    """What the door answers to this person; to whom may not pass, a polite refusal."""
    refused = refusal(actor, call.door.needs) if call.door.needs else None
    knock = Knock(call.kind, actor, call.body, call.now)
    if refused is None:
        return call.door.handler(services, knock)
    if call.kind is Kind.EVENT and refused is Refusal.GUEST:
        return home.turned_away(knock, refused)
    if call.door.unasked:
        return nothing()
    return errors.refused(call.kind, call.body, actor.user_id, refused)


def failed(call: Call, error: Exception, user_id: str) -> Answer:
    """What is answered when that raised; with `user_id` "" nobody is written to."""
    return errors.failed(call.kind, call.name, call.body, user_id, error)
