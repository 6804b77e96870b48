"""Dispatcher: finds the route and the user of each payload, and sees that it has one effect.

The inbox stores the id of each payload and its response, so that a repeat is answered alike.

Of the handlers' modules only this one has a broad `except`.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from time import perf_counter
from typing import Any

from bot.db.staff.actors import KnownActor
from bot.domain.outbox.outcomes import Outcome
from bot.domain.staff.access import Actor, Membership
from bot.errors import SlackError, SlackRefused
from bot.log import error_location, get_logger
from bot.operations.inbox import requests as inbox
from bot.operations.inbox.requests import TIMEOUT_SECONDS, Inbox
from bot.operations.staff import directory as staff
from bot.operations.workspaces import list_reachable
from bot.services import Services
from handlers import errors, late_forms, routing, stored_responses
from handlers.requests import (
    Malformed,
    RequestKind,
    deduplication_key,
    is_for_other_workspace,
    route_key,
    sanitized,
)
from handlers.responses import Followup, OpenModal, Response, acknowledge, move_ack_to_followup
from handlers.routing import Incoming, Routes

LOG = get_logger(__name__)

# Requests that can also be answered after the acknowledgement.
DEFERRABLE = frozenset(
    {RequestKind.COMMAND, RequestKind.ACTION, RequestKind.SHORTCUT, RequestKind.CLOSED}
)
# Requests that read what an earlier one saves, which may still be in progress.
ALWAYS_DEFERRED = frozenset({RequestKind.CLOSED})
# Users who may get a response in their direct message with the bot.
DIRECT_MESSAGE_MEMBERSHIPS = frozenset({Membership.MEMBER, Membership.GUEST})
BACKGROUND_WAIT_SECONDS = 60.0


@dataclass(frozen=True)
class Dispatcher:
    """Passes each payload from Slack to its route; its effect happens once.

    `background` runs all that no acknowledgement waits for: events, requests from users not yet
    known, and followups. While `overloaded()`, every request that can be answered later is
    acknowledged first and handled there too. `expected_wait()` is how many seconds it takes for a
    followup to begin there; `notices` tells people at once when that is too long for a form.
    """

    services: Services
    routes: Routes
    background: Executor
    inbox: Inbox
    overloaded: Callable[[], bool]
    expected_wait: Callable[[], float]
    notices: Executor

    def dispatch(self, kind: RequestKind, body: Mapping[str, Any], workspace_id: str) -> Response:
        """Return the response to a payload; its followups are already submitted.

        Raises `Malformed` for what Slack does not send, and `EventNotStored` for an event that
        could not be stored.
        """
        started = perf_counter()
        incoming = self._parse_incoming(
            kind, sanitized(body), workspace_id, self.services.clock.now()
        )
        if incoming is None:
            return acknowledge()
        deadline = started + TIMEOUT_SECONDS
        response = self._route(replace(incoming, started=started), deadline)
        took = perf_counter() - started
        self.services.metrics.count_request(kind, took)
        LOG.info(
            "request",
            kind=kind,
            name=incoming.name,
            workspace=workspace_id,
            user=incoming.user_id,
            took_ms=round(took * 1000),
        )
        return response

    def resume_events(self, services: Services, now: datetime) -> Sequence[Outcome]:
        """Submit the events that some process stored and never finished."""
        for workspace_id in () if services.shutting_down.is_set() else list_reachable(services):
            for payload in inbox.claim_unfinished(services, workspace_id, now):
                incoming = self._parse_incoming(
                    RequestKind(payload.kind), payload.body or {}, workspace_id, now
                )
                if incoming is not None:
                    self._submit(self._run_event, replace(incoming, key=payload.key))
        return []

    def _parse_incoming(
        self, kind: RequestKind, body: Mapping[str, Any], workspace_id: str, now: datetime
    ) -> Incoming | None:
        name, user_id = route_key(kind, body)
        route = self.routes.get((kind, name))
        if route is None:
            LOG.warning("unknown_route", kind=kind, name=name)
            return None
        if route.required_role is None and is_for_other_workspace(body, workspace_id):
            # No person of ours, whose request would be refused: what Slack says of another place.
            LOG.warning("other_workspace", kind=kind, name=name)
            return None
        return Incoming(
            route, kind, name, workspace_id, user_id, deduplication_key(kind, body), now, body
        )

    def _route(self, incoming: Incoming, deadline: float) -> Response:
        if incoming.kind is RequestKind.OPTIONS:
            return self._search(incoming)
        if incoming.route.ack_immediately:
            self._submit(self._process_event, incoming)
            return acknowledge()
        return self._deduplicate(incoming, deadline)

    def _search(self, incoming: Incoming) -> Response:
        """Answer a search: it has no effect, so it is not stored in the inbox."""

        def respond() -> Response:
            known_actor = (
                None if incoming.actor_without_lookup else self._find_known_actor(incoming)
            )
            return self._respond_or_defer(incoming, known_actor)

        return _attempt(incoming, respond)

    def _deduplicate(self, incoming: Incoming, deadline: float) -> Response:
        try:
            receipt = self.inbox.receive(incoming.received_payload)
        except Exception as error:
            if incoming.kind is RequestKind.EVENT:
                raise errors.EventNotStored from error
            return self._schedule_followups(
                incoming, routing.error_response(incoming, error, incoming.user_id)
            )
        if not receipt.new:
            return self._replay_response(incoming, deadline - perf_counter())
        if incoming.kind is RequestKind.EVENT:
            self._submit(self._run_event, incoming)
            return acknowledge()
        response = self._respond_or_defer(incoming, receipt.known_actor)
        if response.modal and self.expected_wait() > incoming.trigger_seconds:
            response = self._tell_too_late(incoming, response, response.modal)
        if response.ack:
            self._complete(incoming, response, max(0.1, deadline - perf_counter()))
        return self._schedule_followups(incoming, response, completed=bool(response.ack))

    def _tell_too_late(self, incoming: Incoming, response: Response, modal: OpenModal) -> Response:
        """Tell the person at once that nothing opened, with a button that opens it."""
        LOG.warning("form_too_late", name=incoming.name)
        told = late_forms.late_form_response(incoming.kind, incoming.body, incoming.user_id, modal)
        if told.followups:
            self.notices.submit(self._run_logged, self._run_followups, incoming, told.followups)
        return response.without_modal(told.ack)

    def _replay_response(self, incoming: Incoming, seconds: float) -> Response:
        """Return the response that a repeated payload got before, without its followups.

        The first delivery may still be in progress: wait for it for at most `seconds`.
        """
        if incoming.kind is RequestKind.EVENT:
            return acknowledge()
        return _attempt(incoming, partial(self._await_response, incoming, seconds))

    def _await_response(self, incoming: Incoming, seconds: float) -> Response:
        response = self.inbox.get_response(incoming.workspace_id, incoming.key, seconds)
        if response is None and incoming.kind is RequestKind.SUBMISSION:
            # An empty response would close the form, which may be about to show errors.
            raise TimeoutError
        return Response(stored_responses.decrypt(response or {}, incoming.body))

    def _respond_or_defer(self, incoming: Incoming, known_actor: KnownActor | None) -> Response:
        """Respond if the user is known, else later; never wait for Slack."""
        # Slack itself, or someone outside the workspace: nobody to look up.
        actor = incoming.actor_without_lookup
        if actor is not None:
            return self._respond(incoming, actor)
        defer = known_actor is None or incoming.kind in ALWAYS_DEFERRED or self.overloaded()
        if incoming.kind in DEFERRABLE and defer:
            self._submit(self._respond_late, incoming, known_actor)
            return acknowledge()
        if known_actor is None:
            self._submit(self._look_up_user, incoming)
            return errors.lookup_pending_response(incoming.kind, incoming.body)
        return self._respond(incoming, self._cached_actor(incoming, known_actor))

    def _cached_actor(self, incoming: Incoming, known_actor: KnownActor) -> Actor:
        if staff.is_stale(known_actor, incoming.now):
            self._submit(self._refresh_actor, incoming, known_actor)
        return staff.as_actor(incoming.workspace_id, known_actor)

    def _respond(self, incoming: Incoming, actor: Actor) -> Response:
        return _attempt(incoming, partial(routing.handle, self.services, incoming, actor))

    def _find_known_actor(self, incoming: Incoming) -> KnownActor | None:
        return staff.get_known(self.services, incoming.workspace_id, incoming.user_id)

    def _submit(self, work: Callable[..., None], *args: object) -> None:
        self.background.submit(self._run_logged, work, *args)

    def _run_logged(self, work: Callable[..., None], *args: object) -> None:
        try:
            work(*args)
        except Exception:
            LOG.exception("background_failed", work=work.__name__)

    def _run_event(self, incoming: Incoming) -> None:
        """Process an event; if it fails it stays uncompleted and is resumed later."""
        try:
            self._process_event(incoming)
        except Malformed as error:
            # A retry would fail again.
            LOG.warning("request_malformed", error=type(error).__name__, at=error_location(error))
        self.inbox.complete(
            incoming.workspace_id, incoming.key, {}, incoming.now, BACKGROUND_WAIT_SECONDS
        )

    def _process_event(self, incoming: Incoming) -> None:
        # None unless it is Slack itself or someone outside the workspace.
        actor = incoming.actor_without_lookup
        if actor is None:
            actor = self._get_actor(incoming, self._find_known_actor(incoming))
        self._run_followups(incoming, routing.handle(self.services, incoming, actor).followups)

    def _look_up_user(self, incoming: Incoming) -> None:
        """Ask Slack about a new user, who has been asked to try again."""
        try:
            self._fetch_actor(incoming)
        except SlackError as error:
            LOG.warning("user_lookup_failed", code=error.code)

    def _respond_late(self, incoming: Incoming, known_actor: KnownActor | None) -> None:
        """Respond to an acknowledged request; ask Slack about a new user."""
        try:
            actor = self._get_actor(incoming, known_actor)
        except Exception as error:  # noqa: BLE001 - every request gets a response
            response, reached = routing.error_response(incoming, error, ""), ""
        else:
            response = self._respond(incoming, actor)
            reached = actor.user_id if actor.membership in DIRECT_MESSAGE_MEMBERSHIPS else ""
        url = str(incoming.body.get("response_url") or "")
        self._run_followups(incoming, move_ack_to_followup(response, url, reached).followups)

    def _get_actor(self, incoming: Incoming, known_actor: KnownActor | None) -> Actor:
        """Return the user as stored, or ask Slack about a new one."""
        if known_actor is None:
            return self._fetch_actor(incoming)
        return self._cached_actor(incoming, known_actor)

    def _fetch_actor(self, incoming: Incoming) -> Actor:
        return staff.get_actor(self.services, incoming.workspace_id, incoming.user_id, incoming.now)

    def _refresh_actor(self, incoming: Incoming, known_actor: KnownActor) -> None:
        try:
            staff.refresh_user(self.services, incoming.workspace_id, known_actor, incoming.now)
        except SlackError as error:
            LOG.info("user_refresh_failed", code=error.code)

    def _complete(self, incoming: Incoming, response: Response, seconds: float) -> None:
        try:
            stored = stored_responses.encrypt(response.ack, incoming.body)
            self.inbox.complete(incoming.workspace_id, incoming.key, stored, incoming.now, seconds)
        except Exception:
            # The effect stands and is acknowledged; only a repeat would get another response.
            LOG.exception("response_not_stored", kind=incoming.kind, name=incoming.name)

    def _schedule_followups(
        self, incoming: Incoming, response: Response, *, completed: bool = True
    ) -> Response:
        if response.followups or not completed:
            self._submit(self._complete_and_run_followups, incoming, response, completed)
        return response

    def _complete_and_run_followups(
        self, incoming: Incoming, response: Response, completed: bool
    ) -> None:
        if not completed:
            # Not urgent: until then a repeat waits, and its response is empty as well.
            self._complete(incoming, response, BACKGROUND_WAIT_SECONDS)
        self._run_followups(incoming, response.followups)

    def _run_followups(self, incoming: Incoming, followups: Sequence[Followup]) -> None:
        failures = [
            (followup, error)
            for followup in followups
            if (error := self._run_followup(followup, incoming))
        ]
        if failures:
            report = errors.report_failed_followup(
                incoming.kind, incoming.body, incoming.user_id, failures[0]
            )
            for followup in report.followups:
                self._run_followup(followup, incoming)

    def _run_followup(self, followup: Followup, incoming: Incoming) -> SlackError | None:
        try:
            if isinstance(followup, OpenModal) and incoming.trigger_seconds < 0:
                # Slack would refuse, and may take its time for that.
                raise SlackRefused("trigger_expired")
            followup(self.services.slack)
        except SlackError as error:
            LOG.warning("followup_failed", name=incoming.name, code=error.code)
            return error
        except Exception:
            LOG.exception("followup_failed", name=incoming.name)
        return None


def _attempt(incoming: Incoming, respond: Callable[[], Response]) -> Response:
    """Return the response, or what the user is told when there is none because of an error."""
    try:
        return respond()
    except Exception as error:  # noqa: BLE001 - every request gets a response
        return routing.error_response(incoming, error, incoming.user_id)
