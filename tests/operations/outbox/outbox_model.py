"""A world for the machine that drives the outbox: two workspaces, their people, and what is so."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Row, select

from bot.db import stories as teams
from bot.db import workspaces
from bot.db.contacts import flags
from bot.db.debriefs import queries as debriefs
from bot.db.engine import make_engine
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import OPEN, Kind, State
from bot.db.staff import pms
from bot.db.tables.debriefs import debriefs as debriefs_table
from bot.db.tables.outbox import outbox as outbox_table
from bot.domain.contacts.flags import Flag, FlagState
from bot.domain.debriefs.rules import Draft, Sheet
from bot.domain.nudges.rules import Planned, Step
from bot.domain.working_time import local_date, slot
from bot.operations import messages
from bot.operations import workspaces as workspace_operations
from bot.operations.debriefs import recording as debrief_operations
from bot.operations.nudges import scheduling as nudges
from bot.operations.staff import pms as pm_operations
from bot.views.staff.settings_form import JoinChoices
from sandbox.call_record import Call
from sandbox.person import Person
from sandbox.server import Sandbox
from sandbox.workspace.state import Message
from tests.conftest import MANIFEST
from tests.operations.operations_fixture import Office, open_office
from tests.operations.outbox.two_processes import Clocks, Copy
from tests.support.databases import PostgresServer, SqliteFiles
from tests.times import T

OTHER = "T0000002"
POSTED = (Kind.NUDGE, Kind.FLAG, Kind.DIGEST, Kind.CHANNEL_LOST)
COMPILED: dict[Any, Any] = {}
# For how long a method is not to be called after such an answer.
ASKED_TO_WAIT = {
    "ratelimited": timedelta(seconds=1),
    "missing_scope": timedelta(minutes=15),
    "token_revoked": timedelta(days=999),
}
EVERYTHING = ("token_revoked",)


@dataclass(frozen=True)
class Member:
    """A PM, with the office of their workspace, and the channel and the author of their team."""

    office: Office
    person: Person
    channel_id: str
    author: Person


@dataclass
class Story:
    """A story that a digest tells: the key of its debrief and what it says now."""

    member: Member
    key: str
    digest_id: int
    text: str


class World:
    """Slack, two copies of the bot on one database, and everything that was left for delivery."""

    def __init__(self, source: SqliteFiles | PostgresServer) -> None:
        self.clocks = Clocks(T())
        self._ending = ExitStack()
        sandbox = Sandbox(manifest=MANIFEST, now=lambda: self.clocks.slack)
        self.slack = self._ending.enter_context(sandbox)
        address = self._ending.enter_context(source.lent())
        opened = open_office(self.slack, self.clocks, address)  # type: ignore[arg-type]
        self.engine = self._closed_at_the_end(opened.services.engine)
        self._office = replace(opened, services=replace(opened.services, engine=self.engine))
        self.copies = [self._copy(address) for _ in range(2)]
        other = replace(self._office, workspace_id=OTHER)
        self.know(OTHER)
        self.members = [
            *self._team(self._office, "Eve", ("Ada", "Europe/London"), ("Cy", "America/New_York")),
            *self._team(other, "Flo", ("Dee", "Europe/London")),
        ]
        self.stories: list[Story] = []
        self.silenced: set[str] = set()
        self.waits: dict[tuple[str, str], datetime] = {}
        self._places = self._workspaces_of_places()

    def end(self) -> None:
        """Close everything."""
        self._ending.close()

    @property
    def now(self) -> datetime:
        """What the bot's clock shows."""
        return self.clocks.at

    def rows(self) -> Sequence[Row[Any]]:
        """The outbox."""
        with self.engine.connect() as connection:
            return connection.execute(select(outbox_table)).all()

    def standing(self) -> Counter[str]:
        """How often each delivery's message stands in Slack."""
        return Counter(_delivery(each.metadata) for each in self._messages())

    def impatient(self, calls: Sequence[Call]) -> Sequence[Call]:
        """Those calls that came sooner than Slack's answer to an earlier one allows."""
        found = []
        for call in calls:
            workspace_id = self._workspace_of(call)
            keys = [(workspace_id, call.method), (workspace_id, "")]
            found += [call for key in keys if call.at < self.waits.get(key, call.at)]
            span = ASKED_TO_WAIT.get(call.error)
            if span:
                method = "" if call.error in EVERYTHING else call.method
                self.waits[workspace_id, method] = call.at + span
        return found

    def know(self, workspace_id: str) -> None:
        """Slack knows an installation (again)."""
        with self._office.services.transaction(workspace_id) as tx:
            workspaces.keep(tx, workspace_id, self.slack.bot_user_id, self.now)

    def ask_slack(self) -> None:
        """Ask whether Slack knows the first installation again; the second is installed anew."""
        workspace_operations.try_again(self._office.services, self.now)
        self.know(OTHER)
        self.waits.clear()

    def set_clock(self, minutes: int) -> None:
        """Set the bot's clock so far ahead of Slack's; how long is to be waited is forgotten."""
        self.clocks.ahead = timedelta(minutes=minutes)
        self.waits.clear()

    def nudge(self, member: Member) -> None:
        """A nudge that was put off until today is back; one on a date at most."""
        office, pm_id = member.office, member.person.id
        with office.services.transaction(office.workspace_id) as tx:
            pm = pms.get(tx, pm_id)
            if pm is None:
                return
            today = local_date(self.now, pm.rhythm.hours.zone)
            known = tx.select(outbox_table).where(
                outbox_table.c.kind == Kind.NUDGE,
                outbox_table.c.subject == pm_id,
                outbox_table.c.period >= today.isoformat(),
            )
            if tx.run(known).first() is None:
                pms.plan(tx, pm_id, Planned(Step.DUE, today, slot(today, pm.rhythm.hours), 1))
        nudges.remind(office.services, office.workspace_id, self.now)

    def flag(self, member: Member) -> None:
        """A customer turns out to be great."""
        office = member.office
        customer = office.customer(f"Customer {office.next_key()}")
        with office.services.transaction(office.workspace_id) as tx:
            flag = Flag(customer, FlagState.RAISED, (), self.now, self.now)
            flag_id = flags.keep(tx, member.person.id, flag)
            period = self.now.date().isoformat()
            outbox.put(tx, Kind.FLAG, flag_id, period, member.person.id, self.now)

    def unflag(self, member: Member) -> None:
        """All the great customers of a workspace are so no more."""
        office = member.office
        with office.services.transaction(office.workspace_id) as tx:
            for kept in flags.standing(tx):
                gone = replace(kept.flag, state=FlagState.GONE, gone_at=self.now)
                flags.keep(tx, kept.pm_id, gone)
                if kept.message_channel:
                    period = self.now.date().isoformat()
                    outbox.put(tx, Kind.FLAG_GONE, kept.id, period, kept.message_channel, self.now)

    def digest(self, member: Member) -> None:
        """A story is told, in a digest of its own."""
        office = member.office
        key = office.next_key()
        story = Story(member, key, 0, f"Story {key}")
        self._write(story)
        with office.services.transaction(office.workspace_id) as tx:
            team = teams.of_channel(tx, member.channel_id)
            assert team is not None
            digest_id = teams.add_digest(tx, team.id, key, self.now)
            assert digest_id is not None
            author = [member.author.id]
            untold = debriefs.untold(tx, author, T(days=-9), self.now + timedelta(days=9))
            debriefs.tell(tx, [each.id for each in untold], digest_id)
            outbox.put(tx, Kind.DIGEST, digest_id, key, member.channel_id, self.now)
        self.stories.append(replace(story, digest_id=digest_id))

    def change(self, story: Story) -> None:
        """A story is told in other words."""
        story.text += "."
        self._write(story)

    def outdated(self) -> Sequence[str]:
        """Stories that stand in Slack in other words than the last, though nothing was refused."""
        rows = self.rows()
        refused = {row.subject for row in rows if row.kind == Kind.DIGEST_CHANGED and row.reason}
        digests = [row for row in rows if row.kind == Kind.DIGEST and row.state == State.SENT]
        shown = {_delivery(each.metadata): str(each.blocks) for each in self._messages()}
        standing = {row.subject: shown[row.id] for row in digests if row.subject not in refused}
        with self.engine.connect() as connection:
            told = connection.execute(select(debriefs_table).where(debriefs_table.c.told_in > 0))
            texts = [(str(row.told_in), row.story) for row in told]
        return [story for told_in, story in texts if story not in standing.get(told_in, story)]

    def visit(self, member: Member) -> None:
        """A visit of today is logged: what was asked for before is no longer wanted."""
        member.office.debrief(member.person, "Kestrel Hall", "Made up.")
        self._silence(member, [Kind.NUDGE])

    def leave(self, member: Member) -> None:
        """A PM leaves: nothing more for them."""
        pm_operations.leave(member.office.services, member.office.actor(member.person))
        self._silence(member, [Kind.NUDGE, Kind.FLAG, Kind.CHANNEL_LOST])

    def join(self, member: Member) -> None:
        """A PM joins again, or changes nothing."""
        office, choices = member.office, JoinChoices(interval_days=7)
        pm_operations.join(office.services, office.actor(member.person), choices, self.now)
        wanted = {row.id for row in self.rows() if row.kind in (Kind.FLAG, Kind.CHANNEL_LOST)}
        self.silenced -= wanted

    def redrive(self) -> None:
        """Put every dead message back."""
        for workspace_id in (self._office.workspace_id, OTHER):
            with self._office.services.transaction(workspace_id) as tx:
                messages.revive(tx, None, None, self.now)

    def next_at(self) -> datetime | None:
        """When something is next to be done in the outbox; None when nothing is open."""
        open_rows = [row for row in self.rows() if row.state in OPEN]
        # What waits for another message goes when that one has gone.
        open_rows = [row for row in open_rows if row.reason != "on_its_way"] or open_rows
        times = [
            row.lease_until if row.state == State.SENDING else row.next_at for row in open_rows
        ]
        return min(times, default=None)

    def _messages(self) -> Sequence[Message]:
        found = self.slack.workspace.messages.values()
        return [each for place in found for each in place]

    def _workspace_of(self, call: Call) -> str:
        place = call.args.get("channel") or call.args.get("users") or ""
        return self._places.get(str(place), "")

    def _copy(self, address: str) -> Copy:
        engine = self._closed_at_the_end(make_engine(address))
        return Copy(self._office.services, engine, self.clocks)

    def _closed_at_the_end(self, engine: Engine) -> Engine:
        self._ending.callback(engine.dispose)
        # Each world has engines of its own: without it all SQL would be compiled anew in each.
        return engine.execution_options(compiled_cache=COMPILED)

    def _team(self, office: Office, author: str, *pms: tuple[str, str]) -> Sequence[Member]:
        channel = self.slack.channel(f"stories-{author.lower()}")
        known = {"channel_id": channel.id, "interval_days": 7}
        # Not one of those who are nudged: a visit of theirs would withdraw the nudge.
        writes = office.pm(author, tz="Europe/London", **known)
        return [
            Member(office, office.pm(name, tz=tz, **known), channel.id, writes) for name, tz in pms
        ]

    def _workspaces_of_places(self) -> Mapping[str, str]:
        return {
            place: each.office.workspace_id
            for each in self.members
            for place in (each.person.id, each.person.dm.id, each.channel_id)
        }

    def _silence(self, member: Member, kinds: Sequence[Kind]) -> None:
        """What waits for somebody may not arrive any more."""
        theirs = [row for row in self.rows() if row.destination == member.person.id]
        waiting = {row.id for row in theirs if row.kind in kinds}
        self.silenced |= waiting - set(self.standing())

    def _write(self, story: Story) -> None:
        office = story.member.office
        author = office.actor(story.member.author)
        on = local_date(self.now, author.zone)
        draft = Draft(None, on, story.text, new_customer="Brightwater Mill")
        debrief_operations.record(office.services, author, draft, Sheet(story.key), self.now)


def _delivery(metadata: Mapping[str, Any] | None) -> str:
    return str(metadata["event_payload"]["id"]) if metadata else ""
