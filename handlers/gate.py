"""The one gate: who knocks, whether they may, what they get; the only broad `except` in here."""

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from bot.domain.access import Actor, Refusal, Role, refusal
from bot.errors import SlackError
from bot.log import logger
from bot.operations import staff
from bot.services import Services
from handlers import errors, home
from handlers.answers import Answer, Show, nothing
from handlers.knocks import Kind, Knock, cleaned, foreign, named

LOG = logger(__name__)

Handler = Callable[[Services, Knock], Answer]


@dataclass(frozen=True)
class Door:
    """A handler and the role that it asks for; None where Slack itself speaks."""

    handler: Handler
    needs: Role | None


Doors = Mapping[tuple[Kind, str], Door]


@dataclass(frozen=True)
class Gate:
    """Everything from Slack passes here; `background` runs what is shown after the answer."""

    services: Services
    doors: Doors
    background: Executor

    def pass_through(self, kind: Kind, body: Mapping[str, Any], workspace_id: str) -> Answer:
        """The answer to a payload; what it shows is on its way once this returns.

        Raises `Malformed` for what Slack does not send.
        """
        body = cleaned(body)
        name, user_id = named(kind, body)
        door = self.doors.get((kind, name))
        if door is None:
            LOG.warning("no_door", kind=kind, name=name)
            return nothing()
        now = self.services.clock.now()
        try:
            actor = self._actor(door, body, workspace_id, user_id, now)
            answer = self._answer(door, Knock(kind, actor, body, now))
        except Exception as error:  # noqa: BLE001 - the door: whoever knocked must hear something
            answer = errors.failed(kind, name, body, user_id, error)
        LOG.info("request", kind=kind, name=name, workspace=workspace_id, user=user_id)
        if answer.then:
            sorry = partial(errors.not_shown, body=body, user_id=user_id)
            self.background.submit(self._show, answer.then, name, sorry)
        return answer

    def _actor(
        self, door: Door, body: Mapping[str, Any], workspace_id: str, user_id: str, now: datetime
    ) -> Actor:
        if door.needs is None:
            return staff.nobody(workspace_id)
        if not user_id or foreign(body, workspace_id):
            return staff.outsider(workspace_id, user_id)
        return staff.actor(self.services, workspace_id, user_id, now)

    def _answer(self, door: Door, knock: Knock) -> Answer:
        refused = refusal(knock.actor, door.needs) if door.needs else None
        if refused is None:
            return door.handler(self.services, knock)
        if knock.kind is Kind.EVENT and refused is Refusal.GUEST:
            return home.turned_away(knock, refused)
        return errors.refused(knock.kind, knock.body, knock.actor.user_id, refused)

    def _show(
        self, shows: tuple[Show, ...], name: str, sorry: Callable[[SlackError], Show]
    ) -> None:
        failures = [error for show in shows if (error := self._failure(show, name))]
        if failures:
            self._failure(sorry(failures[0]), name)

    def _failure(self, show: Show, name: str) -> SlackError | None:
        try:
            show(self.services.slack)
        except SlackError as error:
            LOG.warning("show_failed", name=name, code=error.code)
            return error
        except Exception:
            LOG.exception("show_failed", name=name)
        return None
