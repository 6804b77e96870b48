"""What the people of the transcript do: find a button, fill in a form, wait until an hour."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.person import Person
from sandbox.workspace.elements import all_options
from sandbox.workspace.state import Channel, Message, View
from tests.conftest import Nihito
from tests.times import in_berlin
from tests.transcript.recorder import Recorder

# When the clock's jobs run on each day, in Berlin.
HOURS = ((8, 0), (9, 0), (9, 31), (11, 0), (14, 1), (16, 0), (20, 0))


@dataclass
class Weeks:
    """The company, and its time."""

    nihito: Nihito
    recorder: Recorder
    people: dict[str, Person] = field(default_factory=dict)
    _slots: Iterator[datetime] = field(init=False)
    _next: datetime = field(init=False)

    def __post_init__(self) -> None:
        days = (in_berlin(day, *hour) for day in range(400) for hour in HOURS)
        self._slots = (each for each in days if each > self.nihito.clock.at)
        self._next = next(self._slots)

    def until(self, day: int, hour: int = 10, minute: int = 0) -> None:
        """Move the clock to a time in Berlin, so many days after the first, and run due jobs."""
        end = in_berlin(day, hour, minute)
        while self._next <= end:
            self.recorder.tick_at(self._next)
            self._next = next(self._slots)
        self.nihito.clock.at = end

    def channel(self, name: str) -> Channel:
        """Return a channel by its name."""
        channels = self.nihito.slack.workspace.channels.values()
        return next(each for each in channels if each.name == name)

    def tick(self) -> None:
        """Run the clock's jobs now."""
        self.recorder.tick_at(self.nihito.clock.at)

    def add(self, name: str, tz: str = "Europe/Berlin", **known: Any) -> Person:
        """Add a person to the workspace."""
        self.people[name] = self.nihito.slack.add_user(name, tz=tz, **known)
        return self.people[name]

    def join(self, person: Person, **choices: Any) -> None:
        """Join a person with these choices."""
        form(person, "/visit", "join")
        send(person, choices)

    def debrief(self, person: Person, customer: str, *parts: str, **typed: Any) -> View:
        """Open a debrief, unfold it if it has parts, and fill it in."""
        view = form(person, "/debrief", customer)
        write(person, view, *parts, **typed)
        return view


def form(person: Person, command: str, text: str = "") -> View:
    """Run a command and return the form it opens."""
    before = person.view
    person.run(command, text)
    assert person.view is not None
    assert person.view is not before, f"{command} {text} opened nothing"
    return person.view


def write(person: Person, view: View, *parts: str, **typed: Any) -> None:
    """Unfold an open debrief, add parts to it, and type into it."""
    if parts:
        if "debrief.more" in str(view.payload):
            press(person, view, "debrief.more")
        for part in parts:
            if f"debrief.add_{part}" in str(view.payload):
                press(person, view, f"debrief.add_{part}")
    person.fill(typed)


def send(person: Person, typed: dict[str, Any] | None = None, *, wrong: bool = False) -> None:
    """Submit the open form; one that is `wrong` stays open, with sentences at its fields."""
    outcome = person.submit(typed or {}, unchecked=wrong)
    assert bool(outcome.errors) == wrong, outcome.errors
    if wrong:
        assert outcome.status == 200


def customer(person: Person, typed: str, nth: int = 0) -> str:
    """Return an option of the open form's search for customers."""
    return found(person, "customer.find", typed, nth)


def found(person: Person, search: str, typed: str, nth: int = 0) -> str:
    """Return the value of an option found by a search of the open form."""
    return str(person.options(search, typed)[nth]["value"])


def press(
    person: Person, where: Message | View | None, action: str, ends: str = "", nth: int = 0
) -> None:
    """Use the nth button or list of this name; of a list, the first option with this ending."""
    assert where is not None
    blocks = where.blocks if isinstance(where, Message) else where.payload["blocks"]
    holding = [each for each in blocks if f"'{action}'" in str(each)]
    block = holding[nth]
    elements = [block.get("element"), block.get("accessory"), *block.get("elements", ())]
    (element,) = (each for each in elements if each and each.get("action_id") == action)
    values = [each["value"] for each in all_options(element)]
    chosen = next((each for each in values if each.endswith(ends)), None)
    person.press(where, action, chosen, block_id=block["block_id"])


def last(person: Person, action: str, words: str = "") -> Message:
    """Return the newest message to a person with such a button and such words."""
    shown = (each for each in reversed(person.messages()) if action in str(each.blocks))
    fitting = [each for each in shown if words in each.text + str(each.blocks)]
    assert fitting, f"{person.name} has no message with {action} {words}"
    return fitting[0]


def home(person: Person) -> View:
    """Open a person's Home and return it."""
    shown = person.open_home()
    assert shown is not None
    return shown


def over(person: Person, below: View, action: str, nth: int = 0) -> View:
    """Press a button of a form; return the form that it opens on top."""
    press(person, below, action, nth=nth)
    assert person.view is not None
    assert person.view is not below, f"{action} opened nothing"
    return person.view
