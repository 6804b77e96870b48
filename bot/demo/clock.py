"""The demo's clock: it runs, a person can move it, and colleagues act as it passes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import RLock

from bot.app import House
from bot.db.outbox.queries import Kind
from bot.operations.home import upcoming as agenda
from sandbox.clock import Due
from scheduler.jobs import tick

# More stops than this on one move would mean that something never stops being due.
MOST_STOPS = 5_000
WHAT = {Kind.NUDGE: "your nudge", Kind.DIGEST: "your story"}


@dataclass(frozen=True)
class Happening:
    """Something that a colleague does at an instant (aware UTC)."""

    at: datetime
    do: Callable[[datetime], object]


class MovingClock:
    """A clock that runs, and that a person can move ahead; it works off what is due on the way."""

    def __init__(self, start: datetime) -> None:
        self._ahead = start - datetime.now(UTC)
        self._lock = RLock()
        self._house: House | None = None
        self._happenings: list[Happening] = []

    def now(self) -> datetime:
        """The present instant of the demo, aware UTC."""
        return datetime.now(UTC) + self._ahead

    def wind(self, house: House, happenings: Sequence[Happening]) -> None:
        """From now on this house's dues are worked off, and colleagues do what they will do."""
        self._house = house
        self._happenings = sorted(happenings, key=lambda each: each.at)
        self.move(self.now())

    def stop(self) -> None:
        """Nothing is worked off any more; a move under way ends where it is."""
        self._house = None
        with self._lock:
            self._happenings = []

    def next_due(self, user_id: str) -> Due | None:
        """What is next due for somebody, or for anybody when nothing is for them."""
        house = self._house
        if house is None:
            return None
        workspace_id = house.installation.workspace_id
        found = agenda.next_for(house.services, workspace_id, user_id, self.now())
        if found:
            at, kind = found
            return Due(at, WHAT[kind])
        stop = self._next_stop(house)
        return Due(stop, "for a colleague") if stop else None

    def move(self, to: datetime) -> None:
        """Go to an instant, stopping wherever something is due on the way."""
        with self._lock:
            for _ in range(MOST_STOPS):
                house = self._house
                due = self._next_stop(house) if house else None
                if house is None or due is None or due > to:
                    break
                self._stop_at(due, house)
            if self._house:
                self._stop_at(to, self._house)

    def _next_stop(self, house: House) -> datetime | None:
        due = agenda.next_due(house.services)
        return min(filter(None, [due, *(each.at for each in self._happenings[:1])]), default=None)

    def _stop_at(self, at: datetime, house: House) -> None:
        if at > self.now():
            self._ahead = at - datetime.now(UTC)
        while self._happenings and self._happenings[0].at <= self.now():
            self._happenings.pop(0).do(self.now())
        tick(house.services, self.now())
