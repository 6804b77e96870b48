"""The demo's clock: it runs, people can move it ahead, and colleagues act as it passes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import RLock

from bot.app import Application
from bot.db.outbox.queries import MessageKind
from bot.operations.home import upcoming
from sandbox.clock import NextDue
from scheduler.jobs import tick

# More stops than this in one move would mean that something stays due for ever.
MAX_STOPS = 5_000
DUE_TEXTS = {MessageKind.NUDGE: "your nudge", MessageKind.DIGEST: "your story"}


@dataclass(frozen=True)
class ScheduledAction:
    """Something that a colleague does at an instant (aware UTC)."""

    at: datetime
    run: Callable[[datetime], object]


class MovingClock:
    """A running clock that a person can move ahead; it runs all that is due on the way."""

    def __init__(self, start: datetime) -> None:
        self._offset = start - datetime.now(UTC)
        self._lock = RLock()
        self._application: Application | None = None
        self._actions: list[ScheduledAction] = []

    def now(self) -> datetime:
        """Return the current instant of the demo, aware UTC."""
        return datetime.now(UTC) + self._offset

    def start(self, application: Application, actions: Sequence[ScheduledAction]) -> None:
        """Run what is due in `application` from now on, and the colleagues' `actions`."""
        self._application = application
        self._actions = sorted(actions, key=lambda each: each.at)
        self.move(self.now())

    def stop(self) -> None:
        """Run nothing more; a move in progress ends where it is."""
        self._application = None
        with self._lock:
            self._actions = []

    def next_due(self, user_id: str) -> NextDue | None:
        """Return what is due next for a user, else for a colleague; None if nothing is due."""
        application = self._application
        if application is None:
            return None
        workspace_id = application.installation.workspace_id
        found = upcoming.next_for(application.services, workspace_id, user_id, self.now())
        if found:
            at, kind = found
            return NextDue(at, DUE_TEXTS[kind])
        stop = self._next_stop(application)
        return NextDue(stop, "for a colleague") if stop else None

    def move(self, to: datetime) -> None:
        """Go to an instant, stopping wherever something is due on the way."""
        with self._lock:
            for _ in range(MAX_STOPS):
                application = self._application
                due = self._next_stop(application) if application else None
                if application is None or due is None or due > to:
                    break
                self._stop_at(due, application)
            if self._application:
                self._stop_at(to, self._application)

    def _next_stop(self, application: Application) -> datetime | None:
        due = upcoming.next_due(application.services)
        return min(filter(None, [due, *(each.at for each in self._actions[:1])]), default=None)

    def _stop_at(self, at: datetime, application: Application) -> None:
        if at > self.now():
            self._offset = at - datetime.now(UTC)
        while self._actions and self._actions[0].at <= self.now():
            self._actions.pop(0).run(self.now())
        _, failed = tick(application.services, self.now())
        for each in failed:
            raise each.error
