"""Load the made-up company into the sandbox's Slack, and into the bot by its own operations."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from io import BytesIO
from zoneinfo import ZoneInfo

from bot.app import Application
from bot.demo.clock import ScheduledAction
from bot.domain.debriefs.rules import (
    Draft,
    FormSession,
    Frequency,
    Mood,
    ReportedWorkaround,
    Sharing,
)
from bot.domain.staff.access import Actor
from bot.domain.staff.pms import JoinChoices
from bot.domain.visits.rules import VisitKind
from bot.operations.debriefs import recording as debriefs
from bot.operations.imports import files as imports
from bot.operations.staff import directory as staff
from bot.operations.staff import pms
from bot.services import Services
from bot.slack.posting import edit
from bot.views.nudges.message import visited_message
from sandbox.company import build_company
from sandbox.company.model import Company, CsvTable, SlackRole, StaffMember
from sandbox.company.model import Debrief as Heard
from sandbox.person import Person
from sandbox.server import Sandbox

KINDS = ("customers", "people", "visits", "deals", "betas", "contacts")
EVENING = time(17, 0)
WEEK = timedelta(weeks=1)
WEEKS = 4
TITLES = {
    SlackRole.PM: "Product manager",
    SlackRole.LEAD: "Head of product",
    SlackRole.ADMIN: "Runs the workspace",
    SlackRole.SUPPORT: "Customer support",
    SlackRole.SALES: "Sales",
    SlackRole.GUEST: "Freelance designer",
    SlackRole.STRANGER: "Works for a customer",
    SlackRole.DEACTIVATED: "Has left",
}


@dataclass(frozen=True)
class PlacedCompany:
    """The company's people by key and its channels' ids by name, in the sandbox."""

    people: Mapping[str, Person]
    channels: Mapping[str, str]


def place_company(sandbox: Sandbox, company: Company) -> PlacedCompany:
    """Add the company's people and channels to the sandbox."""
    people = {each.key: _person(sandbox, each) for each in newcomer_first(company)}
    channels = {
        each.name: sandbox.add_channel(
            each.name,
            members=[people[key] for key in each.members],
            ext_shared=each.ext_shared,
            archived=each.archived,
        ).id
        for each in company.channels
    }
    return PlacedCompany(people, channels)


def _person(sandbox: Sandbox, each: StaffMember) -> Person:
    newcomer = each.role is SlackRole.PM and not each.joined
    return sandbox.add_user(
        each.name,
        tz=each.zone,
        email=each.email,
        admin=each.role is SlackRole.ADMIN,
        guest=each.role is SlackRole.GUEST,
        stranger=each.role is SlackRole.STRANGER,
        deleted=each.role is SlackRole.DEACTIVATED,
        title=f"{TITLES[each.role]}, new to Nihito" if newcomer else TITLES[each.role],
    )


def load(
    application: Application, company: Company, placed: PlacedCompany, now: datetime
) -> Mapping[str, Actor]:
    """Load a year of the company by the same readers and operations that real data goes through."""
    services, workspace_id = application.services, application.installation.workspace_id
    staff.refresh_all(services, workspace_id, now)
    for kind in KINDS:
        _import(application, kind, company.tables[kind], now)
    actors = {
        key: staff.get_actor(services, workspace_id, each.id, now)
        for key, each in placed.people.items()
    }
    _join(services, company, actors, placed.channels)
    for number, debrief in enumerate(company.debriefs):
        written = min(_evening_of(debrief.on, actors[debrief.pm].zone), now)
        _debrief(services, actors[debrief.pm], debrief, f"demo-{number}", written)
    return actors


def scheduled_actions(
    application: Application, company: Company, actors: Mapping[str, Actor]
) -> Sequence[ScheduledAction]:
    """List what happens in the weeks ahead: colleagues' stories, and contacts by week."""
    return [*_stories(application.services, company, actors), *_contacts(application, company)]


def _stories(
    services: Services, company: Company, actors: Mapping[str, Actor]
) -> Iterator[ScheduledAction]:
    for number, debrief in enumerate(company.future_debriefs):
        actor = actors[debrief.pm]
        record = partial(_debrief, services, actor, debrief, f"demo-coming-{number}")
        yield ScheduledAction(_evening_of(debrief.on, actor.zone), record)


def _contacts(application: Application, company: Company) -> Iterator[ScheduledAction]:
    """Yield the imports of the contacts that are known by then and not yet today."""
    later = build_company(company.today + WEEKS * WEEK)
    for week in range(WEEKS):
        since = company.today + week * WEEK
        table = _between(later.tables["contacts"], since, since + WEEK)
        yield ScheduledAction(
            _evening_of(since + WEEK, "UTC"), partial(_import, application, "contacts", table)
        )


def _between(table: CsvTable, since: date, until: date) -> CsvTable:
    """Return the contacts of some days.

    Their ids get a suffix, as each company numbers its contacts from one.
    """
    days = range(since.toordinal(), until.toordinal())
    rows = (
        (source, f"{source_id} later", at, *rest)
        for source, source_id, at, *rest in table.rows
        if datetime.fromisoformat(str(at)).toordinal() in days
    )
    return CsvTable(table.columns, tuple(rows))


def _import(application: Application, kind: str, table: CsvTable, now: datetime) -> None:
    file = BytesIO(table.to_csv().encode())
    imports.run(application.services, application.installation.workspace_id, kind, file, now)


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
                pms.join(services, actors[key], choices, _evening_of(first, actors[key].zone))


def _debrief(services: Services, actor: Actor, scripted: Heard, key: str, at: datetime) -> None:
    draft = Draft(
        customer_id=None,
        new_customer=scripted.customer,
        on=scripted.on,
        story=scripted.story,
        kind=VisitKind(scripted.kind),
        workarounds=tuple(
            ReportedWorkaround(
                each.what, each.why, Frequency(each.how_often) if each.how_often else None
            )
            for each in scripted.workarounds
        ),
        quote=scripted.quote,
        mood=Mood(scripted.mood) if scripted.mood else None,
        nps=scripted.nps,
        nps_why=scripted.nps_why,
        sharing=Sharing(scripted.sharing),
    )
    saved = debriefs.record(services, actor, draft, FormSession(key), at)
    if saved and saved.nudge and saved.next_due:
        message = visited_message(saved.nudge.facts, saved.customer, saved.on, saved.next_due)
        edit(services.slack, saved.nudge.message_ref, message.as_arguments())


def _evening_of(on: date, zone: str) -> datetime:
    return datetime.combine(on, EVENING, ZoneInfo(zone)).astimezone(UTC)


def newcomer_first(company: Company) -> Sequence[StaffMember]:
    """List all staff, with the PM who has not joined first."""
    return sorted(company.staff, key=lambda each: each.role is not SlackRole.PM or each.joined)
