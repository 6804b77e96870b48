"""The one gate: who knocks, whether they may, what they get; the only broad `except` in here."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter
from typing import Any

from bot.db import workspaces
from bot.db.staff.actors import Known
from bot.domain.outbox.outcomes import Outcome
from bot.domain.staff.access import Actor, Standing
from bot.errors import SlackError
from bot.log import logger, place
from bot.operations.inbox import requests as inbox
from bot.operations.inbox.requests import PATIENCE_SECONDS, Inbox
from bot.operations.staff import directory as staff
from bot.services import Services
from handlers import errors
from handlers import routing as calls
from handlers.requests import Kind, Malformed, cleaned, key, named
from handlers.responses import Answer, Show, after_all, nothing
from handlers.routing import Call, Doors

LOG = logger(__name__)

# What can be answered after the acknowledgement too.
PATIENT = frozenset({Kind.COMMAND, Kind.ACTION, Kind.SHORTCUT, Kind.CLOSED})
# What looks at what came before it, which may still be taken in.
LAST = frozenset({Kind.CLOSED})
# Whom an answer may reach in the conversation with the bot.
OURS = frozenset({Standing.MEMBER, Standing.GUEST})
NO_HASTE_SECONDS = 60.0


@dataclass(frozen=True)
class Gate:
    """Everything from Slack passes here, and has its effect once.

    `background` does what no acknowledgement waits for: events, whatever has to ask Slack first,
    and what is shown after an answer. While it is `crowded` at the gate, whatever can be answered
    later is acknowledged first too.
    """

    services: Services
    doors: Doors
    background: Executor
    inbox: Inbox
    crowded: Callable[[], bool]

    def pass_through(self, kind: Kind, body: Mapping[str, Any], workspace_id: str) -> Answer:
        """The answer to a payload; what it shows is on its way once this returns.

        Raises `Malformed` for what Slack does not send, and `NotKept` for an event that could not
        be stored.
        """
        started = perf_counter()
        call = self._call(kind, cleaned(body), workspace_id, self.services.clock.now())
        if call is None:
            return nothing()
        deadline = started + PATIENCE_SECONDS
        answer = self._taken(call, deadline)
        took = perf_counter() - started
        self.services.metrics.request(kind, took)
        LOG.info(
            "request",
            kind=kind,
            name=call.name,
            workspace=workspace_id,
            user=call.user_id,
            took_ms=round(took * 1000),
        )
        return answer

    def take_up(self, services: Services, now: datetime) -> Sequence[Outcome]:
        """Work on events that some copy of the process stored and never finished."""
        for workspace_id in () if services.leaving.is_set() else workspaces.ids(services.engine):
            for letter in inbox.take_up(services, workspace_id, now):
                call = self._call(Kind(letter.kind), letter.body or {}, workspace_id, now)
                if call is not None:
                    self._later(self._work_on, replace(call, key=letter.key))
        return []

    def _call(
        self, kind: Kind, body: Mapping[str, Any], workspace_id: str, now: datetime
    ) -> Call | None:
        name, user_id = named(kind, body)
        door = self.doors.get((kind, name))
        if door is None:
            LOG.warning("no_door", kind=kind, name=name)
            return None
        return Call(door, kind, name, workspace_id, user_id, key(kind, body), now, body)

    def _taken(self, call: Call, deadline: float) -> Answer:
        if call.kind is Kind.OPTIONS:
            return self._found(call)
        if call.door.unasked:
            self._later(self._take_in, call)
            return nothing()
        return self._received(call, deadline)

    def _found(self, call: Call) -> Answer:
        """A search has no effect: it is not noted, and answered as often as it comes."""
        try:
            known = None if call.stranger else self._recall(call)
        except Exception as error:  # noqa: BLE001 - the door: whoever searches finds nothing
            return calls.failed(call, error, call.user_id)
        return self._answered(call, known)

    def _received(self, call: Call, deadline: float) -> Answer:
        try:
            receipt = self.inbox.receive(call.arrival)
        except Exception as error:
            if call.kind is Kind.EVENT:
                raise errors.NotKept from error
            return self._showing(call, calls.failed(call, error, call.user_id))
        if not receipt.new:
            return self._again(call, deadline - perf_counter())
        if call.kind is Kind.EVENT:
            self._later(self._work_on, call)
            return nothing()
        answer = self._answered(call, receipt.known)
        if answer.ack:
            self._settle(call, answer, max(0.1, deadline - perf_counter()))
        return self._showing(call, answer, settled=bool(answer.ack))

    def _again(self, call: Call, seconds: float) -> Answer:
        """A payload that has come before is answered as it was then, and shows nothing.

        Its first may still be worked on: that is waited for, at most so many seconds.
        """
        if call.kind is Kind.EVENT:
            return nothing()
        try:
            known = self.inbox.answer(call.workspace_id, call.key, seconds)
        except Exception as error:  # noqa: BLE001 - the door: whoever knocked must hear something
            return calls.failed(call, error, call.user_id)
        if known is None and call.kind is Kind.SUBMISSION:
            # An empty answer would close a form that may be about to say what is wrong with it.
            return calls.failed(call, TimeoutError(), call.user_id)
        return Answer(known or {})

    def _answered(self, call: Call, known: Known | None) -> Answer:
        """The answer, if it is known who asks; Slack is not waited for."""
        stranger = call.stranger
        if stranger is not None:
            return self._answer(call, stranger)
        late = known is None or call.kind in LAST or self.crowded()
        if call.kind in PATIENT and late:
            self._later(self._answer_late, call, known)
            return nothing()
        if known is None:
            self._later(self._meet, call)
            return errors.not_yet(call.kind, call.body)
        return self._answer(call, self._remembered(call, known))

    def _remembered(self, call: Call, known: Known) -> Actor:
        if staff.is_stale(known, call.now):
            self._later(self._renew, call, known)
        return staff.as_actor(call.workspace_id, known)

    def _answer(self, call: Call, actor: Actor) -> Answer:
        try:
            return calls.serve(self.services, call, actor)
        except Exception as error:  # noqa: BLE001 - the door: whoever knocked must hear something
            return calls.failed(call, error, call.user_id)

    def _recall(self, call: Call) -> Known | None:
        return staff.recall(self.services, call.workspace_id, call.user_id)

    def _later(self, work: Callable[..., None], *args: object) -> None:
        self.background.submit(self._guarded, work, *args)

    def _guarded(self, work: Callable[..., None], *args: object) -> None:
        try:
            work(*args)
        except Exception:
            LOG.exception("background_failed", work=work.__name__)

    def _work_on(self, call: Call) -> None:
        """An event. What fails here is taken up again, as the event stays undone."""
        try:
            self._take_in(call)
        except Malformed as error:
            # Trying again would mend nothing.
            LOG.warning("request_malformed", error=type(error).__name__, at=place(error))
        self.inbox.settle(call.workspace_id, call.key, {}, call.now, NO_HASTE_SECONDS)

    def _take_in(self, call: Call) -> None:
        actor = call.stranger
        if actor is None:
            known = self._recall(call)
            actor = self._remembered(call, known) if known else self._asked(call)
        self._show(call, calls.serve(self.services, call, actor).then)

    def _meet(self, call: Call) -> None:
        """Slack is asked about somebody new, who is to press or type again."""
        try:
            self._asked(call)
        except SlackError as error:
            LOG.warning("not_met", code=error.code)

    def _answer_late(self, call: Call, known: Known | None) -> None:
        """A command or a button that was acknowledged; Slack is asked about somebody new."""
        try:
            actor = self._remembered(call, known) if known else self._asked(call)
        except Exception as error:  # noqa: BLE001 - the door: whoever knocked must hear something
            answer, reached = calls.failed(call, error, ""), ""
        else:
            answer = self._answer(call, actor)
            reached = actor.user_id if actor.standing in OURS else ""
        url = str(call.body.get("response_url") or "")
        self._show(call, after_all(answer, url, reached).then)

    def _asked(self, call: Call) -> Actor:
        return staff.actor(self.services, call.workspace_id, call.user_id, call.now)

    def _renew(self, call: Call, known: Known) -> None:
        try:
            staff.renew(self.services, call.workspace_id, known, call.now)
        except SlackError as error:
            LOG.info("not_renewed", code=error.code)

    def _settle(self, call: Call, answer: Answer, seconds: float) -> None:
        try:
            self.inbox.settle(call.workspace_id, call.key, answer.ack, call.now, seconds)
        except Exception:
            # What was done stays done, and is answered; only a twin would hear something else.
            LOG.exception("not_settled", kind=call.kind, name=call.name)

    def _showing(self, call: Call, answer: Answer, *, settled: bool = True) -> Answer:
        if answer.then or not settled:
            self._later(self._after, call, answer, settled)
        return answer

    def _after(self, call: Call, answer: Answer, settled: bool) -> None:
        if not settled:
            # Until then a twin waits, and hears nothing either: there is no haste.
            self._settle(call, answer, NO_HASTE_SECONDS)
        self._show(call, answer.then)

    def _show(self, call: Call, shows: Sequence[Show]) -> None:
        failures = [error for show in shows if (error := self._failure(show, call.name))]
        if failures:
            self._failure(errors.not_shown(failures[0], call.body, call.user_id), call.name)

    def _failure(self, show: Show, name: str) -> SlackError | None:
        try:
            show(self.services.slack)
        except SlackError as error:
            LOG.warning("show_failed", name=name, code=error.code)
            return error
        except Exception:
            LOG.exception("show_failed", name=name)
        return None
