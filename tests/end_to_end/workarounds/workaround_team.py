"""Three PMs who have seen one workaround at seven customers, for tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bot.db.workarounds import notices
from bot.db.workarounds import queries as workarounds
from bot.domain.debriefs.rules import Draft, FormSession, ReportedWorkaround
from bot.domain.staff.access import Actor
from bot.domain.visits.rules import VisitKind
from bot.domain.workarounds import InTimeShare, Sighting, group_by_workaround
from bot.operations.debriefs import recording as debriefs
from bot.operations.staff import directory as staff
from sandbox.person import Person
from sandbox.workspace.state import Message, View
from tests.conftest import Nihito
from tests.times import T0, T

STORY = "They pack until noon. Nobody asked them how."
# Who saw it where, and how they put it.
SIGHTINGS = (
    ("Ada", "Brightwater Mill", "They print every order and type it in again."),
    ("Ada", "Fernleigh Post", "Orders are printed, then typed in once more"),
    ("Ada", "Harrow Tiles", "Prints all orders to type them in"),
    ("Bo", "Kiln House", "Print each order, and type it again by hand"),
    ("Bo", "Seal Works", "The orders are printed and typed by hand"),
    ("Cy", "Otter Prints", "They type every printed order in again"),
    ("Cy", "Quarry Lane", "Somebody prints the orders, somebody types them in"),
)
NAMES = tuple(name for _, name, _ in SIGHTINGS)


@dataclass
class WorkaroundTeam:
    """Three PMs, and the workarounds they have seen."""

    nihito: Nihito
    people: dict[str, Person] = field(default_factory=dict)
    keys: int = 0

    def join(self, *names: str, **choices: Any) -> None:
        for name in names:
            self.people[name] = self.nihito.slack.add_user(name, tz="Europe/Berlin")
            self.nihito.join(self.people[name], interval="90", **choices)

    def actor(self, name: str) -> Actor:
        services, nihito = self.nihito.services, self.nihito
        return staff.get_actor(services, nihito.workspace_id, self.people[name].id, nihito.clock.at)

    def record_sightings(self, who: str, customer: str, *whats: str, **known: Any) -> None:
        """Save a debrief with these workarounds."""
        self.keys += 1
        around = tuple(ReportedWorkaround(each) for each in whats)
        on = known.pop("on", T0.date())
        known = {"kind": VisitKind.ON_SITE, "workarounds": around, **known}
        draft = Draft(None, on, STORY, customer, **known)
        services, now = self.nihito.services, self.nihito.clock.at
        assert debriefs.record(
            services, self.actor(who), draft, FormSession(f"seen-{self.keys}"), now
        )

    def id_of(self, customer: str) -> int:
        """Return the id of the newest workaround seen at a customer."""
        return next(each.id for each in self.sightings() if each.customer == customer)

    def sightings(self) -> Sequence[Sighting]:
        """Return all workarounds, newest first."""
        with self.nihito.services.reading(self.nihito.workspace_id) as tx:
            return workarounds.list_latest(tx, 100, include_told=True)

    def row_of(self, customer: str) -> str:
        """Return the block of the list that shows a customer's workaround."""
        group = next(
            each
            for each in group_by_workaround(self.sightings())
            if customer in [one.customer for one in each]
        )
        return f"workaround:{group[0].id}"

    def open_list(self, who: str) -> View:
        person = self.people[who]
        person.press(person.open_home(), "home.workarounds")
        return person.wait_for_view()

    def open_form(self, who: str, customer: str) -> View:
        """Open the form to change a customer's workaround, on top of the list."""
        below, person = self.open_list(who), self.people[who]
        person.press(below, "workaround.change", block_id=self.row_of(customer))
        found = self.nihito.slack.workspace.wait_until(
            lambda: person.view if person.view is not below else None, 5.0
        )
        assert found
        return found

    def change(self, who: str, customer: str, **values: Any) -> None:
        """Change a customer's workaround, and close the list."""
        person = self.people[who]
        self.open_form(who, customer)
        if "same" in values:
            offered = person.options("workaround.same", values["same"])
            values["same"] = offered[0]["value"]
        person.submit(values)
        self.nihito.wait_until_idle()
        person.close()

    def merge_all(self, who: str) -> None:
        """Merge all seven, one after the other."""
        first, *others = NAMES
        for each in others:
            self.change(who, first, same=each)

    def share(self, now: datetime) -> InTimeShare:
        with self.nihito.services.reading(self.nihito.workspace_id) as tx:
            return notices.get_in_time_share(tx, T(days=-60), now)

    def mark_told(self, who: str, message: Message, says: str = "") -> None:
        """Press *I have told them* for the first customer not told yet, and expect the update."""
        rows = told_buttons(message)
        self.people[who].press(message, "fix.told", block_id=rows[0])
        self.nihito.slack.expect_update(message, says)


def told_buttons(message: Message) -> list[str]:
    """Return the blocks with buttons that record a customer as told."""
    return [each["block_id"] for each in message.blocks if "fix.told" in str(each)]


def text_of(view: View) -> str:
    """Return the whole text of a form or list."""
    return str(view.payload["blocks"])


def posted_on(message: Message) -> date:
    """Return the day on which a message was posted."""
    return datetime.fromtimestamp(float(message.ts), T0.tzinfo).date()
