"""The demo: sandbox, bot, clock and a made-up company in one process."""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from io import BytesIO
from pathlib import Path
from threading import Event, RLock
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from bot.app import House, build
from bot.domain.access import Actor
from bot.domain.debriefs import Draft, Frequency, Mood, Sharing, Workaround
from bot.domain.visits import VisitKind
from bot.operations import agenda, debriefs, imports, pms, staff
from bot.services import Services
from bot.settings import Settings
from bot.views.visits import JoinChoices
from sandbox.company import make
from sandbox.company.model import Colleague, Company, Part
from sandbox.company.model import Debrief as Heard
from sandbox.people import Person
from sandbox.server import Sandbox
from scheduler.jobs import tick

MANIFEST = Path(__file__).parent.parent / "manifest.json"
KINDS = ("customers", "people", "visits", "deals", "betas", "contacts")
EVENING = time(17, 0)
# More stops than this on one move would mean that something never stops being due.
MOST_STOPS = 5_000


class MovingClock:
    """A clock that runs, and that a person can move ahead; it works off what is due on the way."""

    def __init__(self, start: datetime) -> None:
        self._ahead = start - datetime.now(UTC)
        self._lock = RLock()
        self.services: Services | None = None

    def now(self) -> datetime:
        """The present instant of the demo, aware UTC."""
        return datetime.now(UTC) + self._ahead

    def next_due(self) -> datetime | None:
        """When something is next due."""
        return agenda.next_due(self.services) if self.services else None

    def move(self, to: datetime) -> None:
        """Go to an instant, stopping wherever something is due on the way."""
        with self._lock:
            for _ in range(MOST_STOPS):
                due = self.next_due()
                if due is None or due > to:
                    break
                self._stop_at(due)
            self._stop_at(to)

    def _stop_at(self, at: datetime) -> None:
        if at > self.now():
            self._ahead = at - datetime.now(UTC)
        if self.services:
            tick(self.services, self.now())


def serve(port: int, say: Callable[[str], object]) -> None:
    """Serve the demo until it is interrupted."""
    with opened(port) as sandbox:
        for line in _welcome(sandbox):
            say(line)
        try:
            Event().wait()
        except KeyboardInterrupt:
            say("Bye.")


@contextmanager
def opened(port: int, today: datetime | None = None) -> Iterator[Sandbox]:
    """The demo, running; `today` is where its clock starts (now, unless given)."""
    clock = MovingClock(today or datetime.now(UTC))
    with ExitStack() as leaving:
        folder = Path(leaving.enter_context(tempfile.TemporaryDirectory()))
        sandbox = leaving.enter_context(Sandbox(manifest=_manifest(), clock=clock, port=port))
        company = make(clock.now().date())
        settled = _settle(sandbox, company)
        house = build(_settings(sandbox, folder), clock)
        leaving.callback(house.close)
        _load(house, company, settled, clock.now())
        clock.services = house.services
        house.connect()
        house.tick_by_itself()
        sandbox.hints = _hints(company)
        yield sandbox


def _settings(sandbox: Sandbox, folder: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{folder}/demo.db",
        slack_bot_token=SecretStr(sandbox.bot_token),
        slack_app_token=SecretStr(sandbox.app_token),
        slack_api_url=sandbox.api_url,
        nihito_log="warning",
    )


def _manifest() -> Mapping[str, Any]:
    read: dict[str, Any] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return read


@dataclass(frozen=True)
class Settled:
    """The company's people by key and its channels' ids by name, in the sandbox."""

    people: Mapping[str, Person]
    channels: Mapping[str, str]


def _settle(sandbox: Sandbox, company: Company) -> Settled:
    people = {each.key: _person(sandbox, each) for each in company.staff}
    channels = {
        each.name: sandbox.channel(
            each.name,
            members=[people[key] for key in each.members],
            ext_shared=each.ext_shared,
            archived=each.archived,
        ).id
        for each in company.channels
    }
    return Settled(people, channels)


def _person(sandbox: Sandbox, each: Colleague) -> Person:
    return sandbox.user(
        each.name,
        tz=each.zone,
        email=each.email,
        admin=each.part is Part.ADMIN,
        guest=each.part is Part.GUEST,
        stranger=each.part is Part.STRANGER,
        deleted=each.part is Part.DEACTIVATED,
        title="Customer support" if each.part is Part.SUPPORT else "",
    )


def _load(house: House, company: Company, settled: Settled, now: datetime) -> None:
    """A year of the company, through the readers and operations that real data takes."""
    services, workspace_id = house.services, house.installation.workspace_id
    staff.refresh(services, workspace_id, now)
    for kind in KINDS:
        file = BytesIO(company.csv(kind).encode())
        imports.run(services, workspace_id, kind, file, now)
    actors = {
        key: staff.actor(services, workspace_id, each.id, now)
        for key, each in settled.people.items()
    }
    _join(services, company, actors, settled.channels)
    for number, heard in enumerate(company.debriefs):
        _debrief(services, actors[heard.pm], heard, number, now)


def _join(
    services: Services,
    company: Company,
    actors: Mapping[str, Actor],
    channels: Mapping[str, str],
) -> None:
    joined = {each.key for each in company.staff if each.joined}
    first = min((each.on for each in company.debriefs), default=company.today)
    for team in company.teams:
        for key in team.pms:
            if key in joined:
                choices = replace(JoinChoices(), channel_id=channels[team.channel])
                pms.join(services, actors[key], choices, _at(first, actors[key].zone))


def _debrief(services: Services, actor: Actor, heard: Heard, number: int, now: datetime) -> None:
    draft = Draft(
        customer_id=None,
        new_customer=heard.customer,
        on=heard.on,
        story=heard.story,
        kind=VisitKind(heard.kind),
        workarounds=tuple(
            Workaround(each.what, each.why, Frequency(each.how_often) if each.how_often else None)
            for each in heard.workarounds
        ),
        quote=heard.quote,
        mood=Mood(heard.mood) if heard.mood else None,
        nps=heard.nps,
        nps_why=heard.nps_why,
        sharing=Sharing(heard.sharing),
    )
    written = min(_at(heard.on, actor.zone), now)
    debriefs.record(services, actor, draft, f"demo-{number}", written)


def _at(on: date, zone: str) -> datetime:
    return datetime.combine(on, EVENING, ZoneInfo(zone)).astimezone(UTC)


def _hints(company: Company) -> list[str]:
    newcomer = next(each.name for each in company.staff if each.part is Part.PM and not each.joined)
    return [
        f"You are {newcomer}, a PM who has just heard of Nihito. Type /visit join in the DM.",
        "Move the clock to the next thing due until the nudge comes, and snooze it.",
        "When it is back press I have been, and write down what you heard.",
        "Look at Home: the due date has moved.",
        "Move on to Friday and read the story in your team's channel.",
    ]


def _welcome(sandbox: Sandbox) -> list[str]:
    lines = [
        "",
        f"  Open [bold]{sandbox.url}[/bold]",
        "",
        "  A Slack workspace of a made-up company; nothing leaves this machine.",
    ]
    return [*lines, *(f"  {number}. {hint}" for number, hint in enumerate(sandbox.hints, 1)), ""]
