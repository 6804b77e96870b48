"""What the page is made of: the delivery to the app, the clock, and what each person has read."""

from dataclasses import dataclass, field

from sandbox.clock import ClockControl
from sandbox.delivery.payload_delivery import PayloadDelivery
from sandbox.page.sidebar import ReadMarkers
from sandbox.person import Person
from sandbox.workspace.state import Workspace


@dataclass(frozen=True)
class PageContext:
    """One workspace's page; `clock` is None when the workspace runs on real time."""

    delivery: PayloadDelivery
    clock: ClockControl | None
    read_markers: ReadMarkers = field(default_factory=ReadMarkers)

    @property
    def workspace(self) -> Workspace:
        return self.delivery.workspace

    def find_person(self, user_id: str) -> Person | None:
        """Return a user as the one who looks at the page; None for the bot or an unknown id."""
        user = self.workspace.users.get(user_id)
        return Person(self.delivery, user_id) if user and not user.is_bot else None
