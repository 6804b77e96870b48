"""The made-up company: into the sandbox's Slack, and through the bot's own operations."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from io import BytesIO
from zoneinfo import ZoneInfo

from bot.app import House
from bot.demo.clock import Happening
from bot.domain.debriefs.rules import Draft, Frequency, Mood, Sharing, Workaround
from bot.domain.debriefs.rules import Sheet as DebriefSheet
from bot.domain.staff.access import Actor
from bot.domain.visits.rules import VisitKind
from bot.operations.debriefs import recording as debriefs
from bot.operations.imports import files as imports
from bot.operations.staff import directory as staff
from bot.operations.staff import pms
from bot.services import Services
from bot.slack.posting import edit
from bot.views.nudges.message import been
from bot.views.staff.settings_form import JoinChoices
from sandbox.company import make
from sandbox.company.model import Colleague, Company, Part, Sheet
from sandbox.company.model import Debrief as Heard
from sandbox.person import Person
from sandbox.server import Sandbox

KINDS = ("customers", "people", "visits", "deals", "betas", "contacts")
EVENING = time(17, 0)
WEEK = timedelta(weeks=1)
WEEKS = 4
TITLES = {
    Part.PM: "Product manager",
    Part.LEAD: "Head of product",
    Part.ADMIN: "Runs the workspace",
    Part.SUPPORT: "Customer support",
    Part.SALES: "Sales",
    Part.GUEST: "Freelance designer",
    Part.STRANGER: "Works for a customer",
    Part.DEACTIVATED: "Has left",
}


@dataclass(frozen=True)
class Settled:
    """The company's people by key and its channels' ids by name, in the sandbox."""

    people: Mapping[str, Person]
    channels: Mapping[str, str]


def settle(sandbox: Sandbox, company: Company) -> Settled:
    """The company's people and channels, made in the sandbox."""
    people = {each.key: _person(sandbox, each) for each in newcomer_first(company)}
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
    newcomer = each.part is Part.PM and not each.joined
    return sandbox.user(
        each.name,
        tz=each.zone,
        email=each.email,
        admin=each.part is Part.ADMIN,
        guest=each.part is Part.GUEST,
        stranger=each.part is Part.STRANGER,
        deleted=each.part is Part.DEACTIVATED,
        title=f"{TITLES[each.part]}, new to Nihito" if newcomer else TITLES[each.part],
    )


def load(house: House, company: Company, settled: Settled, now: datetime) -> Mapping[str, Actor]:
    """A year of the company, through the readers and operations that real data takes."""
    services, workspace_id = house.services, house.installation.workspace_id
    staff.refresh(services, workspace_id, now)
    for kind in KINDS:
        _import(house, kind, company.sheets[kind], now)
    actors = {
        key: staff.actor(services, workspace_id, each.id, now)
        for key, each in settled.people.items()
    }
    _join(services, company, actors, settled.channels)
    for number, heard in enumerate(company.debriefs):
        written = min(_at(heard.on, actors[heard.pm].zone), now)
        _debrief(services, actors[heard.pm], heard, f"demo-{number}", written)
    return actors


def happenings(house: House, company: Company, actors: Mapping[str, Actor]) -> Sequence[Happening]:
    """What comes in the weeks ahead: colleagues' stories, and contacts week by week."""
    return [*_stories(house.services, company, actors), *_contacts(house, company)]


def _stories(
    services: Services, company: Company, actors: Mapping[str, Actor]
) -> Iterator[Happening]:
    for number, heard in enumerate(company.coming):
        actor = actors[heard.pm]
        record = partial(_debrief, services, actor, heard, f"demo-coming-{number}")
        yield Happening(_at(heard.on, actor.zone), record)


def _contacts(house: House, company: Company) -> Iterator[Happening]:
    """What the company will know by then, less what it knows today."""
    later = make(company.today + WEEKS * WEEK)
    for week in range(WEEKS):
        since = company.today + week * WEEK
        sheet = _between(later.sheets["contacts"], since, since + WEEK)
        yield Happening(_at(since + WEEK, "UTC"), partial(_import, house, "contacts", sheet))


def _between(sheet: Sheet, since: date, until: date) -> Sheet:
    """The contacts of some days; their ids are marked, as each company counts from one."""
    days = range(since.toordinal(), until.toordinal())
    rows = (
        (source, f"{source_id} later", at, *rest)
        for source, source_id, at, *rest in sheet.rows
        if datetime.fromisoformat(str(at)).toordinal() in days
    )
    return Sheet(sheet.columns, tuple(rows))


def _import(house: House, kind: str, sheet: Sheet, now: datetime) -> None:
    file = BytesIO(sheet.text().encode())
    imports.run(house.services, house.installation.workspace_id, kind, file, now)


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


def _debrief(services: Services, actor: Actor, heard: Heard, key: str, at: datetime) -> None:
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
    kept = debriefs.record(services, actor, draft, DebriefSheet(key), at)
    if kept and kept.nudge and kept.next_due:
        message = been(kept.nudge.shown, kept.customer, kept.on, kept.next_due)
        edit(services.slack, kept.nudge.place, message.as_arguments())


def _at(on: date, zone: str) -> datetime:
    return datetime.combine(on, EVENING, ZoneInfo(zone)).astimezone(UTC)


def newcomer_first(company: Company) -> Sequence[Colleague]:
    """Everybody, and first the PM who has not joined."""
    return sorted(company.staff, key=lambda each: each.part is not Part.PM or each.joined)
