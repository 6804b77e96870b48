"""The model for the outbox machine: two workspaces, their people, and what should be true."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Row, select

from bot.db import stories, workspaces
from bot.db.contacts import flags
from bot.db.debriefs import queries as debriefs
from bot.db.engine import make_engine
from bot.db.outbox import dead_letters
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import OPEN_STATES, MessageKind, OutboxState
from bot.db.staff import pms
from bot.db.tables.debriefs import debriefs as debriefs_table
from bot.db.tables.outbox import outbox as outbox_table
from bot.domain.contacts.flags import Flag, FlagState
from bot.domain.debriefs.rules import Draft, FormSession
from bot.domain.nudges.rules import NudgeStep, PlannedNudge
from bot.domain.staff.pms import JoinChoices
from bot.domain.working_time import contact_start, local_date
from bot.operations import messages
from bot.operations import workspaces as workspace_operations
from bot.operations.debriefs import recording as debrief_operations
from bot.operations.nudges import scheduling as nudges
from bot.operations.staff import pms as pm_operations
from sandbox.call_record import Call
from sandbox.person import Person
from sandbox.server import Sandbox
from sandbox.workspace.state import Message
from tests.conftest import MANIFEST
from tests.operations.operations_fixture import BotWorkspace, open_workspace
from tests.operations.outbox.two_processes import ProcessCopy, TwoClocks
from tests.support.databases import PostgresServer, SqliteFiles
from tests.times import T

OTHER = "T0000002"
POSTED = (MessageKind.NUDGE, MessageKind.FLAG, MessageKind.DIGEST, MessageKind.CHANNEL_UNAVAILABLE)
COMPILED: dict[Any, Any] = {}
# How long a method must not be called after such an error.
ASKED_TO_WAIT = {
    "ratelimited": timedelta(seconds=1),
    "missing_scope": timedelta(minutes=15),
    "token_revoked": timedelta(days=999),
}
EVERYTHING = ("token_revoked",)


@dataclass(frozen=True)
class Member:
    """A PM, with their workspace, and their team's channel and author."""

    workspace: BotWorkspace
    person: Person
    channel_id: str
    author: Person


@dataclass
class Story:
    """A story in a digest: the key of its debrief and its text now."""

    member: Member
    key: str
    digest_id: int
    text: str


class OutboxModel:
    """Slack, two processes of the bot on one database, and all enqueued messages."""

    def __init__(self, source: SqliteFiles | PostgresServer) -> None:
        self.clocks = TwoClocks(T())
        self._cleanup = ExitStack()
        sandbox = Sandbox(manifest=MANIFEST, now=lambda: self.clocks.slack)
        self.slack = self._cleanup.enter_context(sandbox)
        address = self._cleanup.enter_context(source.temporary())
        opened = open_workspace(self.slack, self.clocks, address)  # type: ignore[arg-type]
        self.engine = self._dispose_at_end(opened.services.engine)
        self._workspace = replace(opened, services=replace(opened.services, engine=self.engine))
        # One token for both: the sandbox has one workspace.
        self._workspace.services.reachable.add(OTHER)
        self.copies = [self._copy(address) for _ in range(2)]
        other = replace(self._workspace, workspace_id=OTHER)
        self.save_installation(OTHER)
        self.members = [
            *self._team(
                self._workspace, "Eve", ("Ada", "Europe/London"), ("Cy", "America/New_York")
            ),
            *self._team(other, "Flo", ("Dee", "Europe/London")),
        ]
        self.stories: list[Story] = []
        self.silenced: set[str] = set()
        self.waits: dict[tuple[str, str], datetime] = {}
        self._places = self._workspaces_of_places()

    def close(self) -> None:
        """Close everything."""
        self._cleanup.close()

    @property
    def now(self) -> datetime:
        """Return the bot's time."""
        return self.clocks.at

    def rows(self) -> Sequence[Row[Any]]:
        """Return all rows of the outbox."""
        with self.engine.connect() as connection:
            return connection.execute(select(outbox_table)).all()

    def count_posted(self) -> Counter[str]:
        """Count the posted messages of each delivery."""
        return Counter(_delivery(each.metadata) for each in self._messages())

    def premature_calls(self, calls: Sequence[Call]) -> Sequence[Call]:
        """Return the calls made sooner than Slack's answer to an earlier one allows."""
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

    def save_installation(self, workspace_id: str) -> None:
        """Save an installation, again if it was halted."""
        with self._workspace.services.transaction(workspace_id) as tx:
            workspaces.save(tx, workspace_id, self.slack.bot_user_id, self.now)

    def ask_slack(self) -> None:
        """Retry the first halted installation; the second is installed again."""
        workspace_operations.retry_halted(self._workspace.services, self.now)
        self.save_installation(OTHER)
        self.waits.clear()

    def set_clock(self, minutes: int) -> None:
        """Set the bot's clock so far ahead of Slack's; forget the waits that Slack asked for."""
        self.clocks.ahead = timedelta(minutes=minutes)
        self.waits.clear()

    def enqueue_nudge(self, member: Member) -> None:
        """Enqueue a nudge that was snoozed until today; at most one a date."""
        workspace, pm_id = member.workspace, member.person.id
        with workspace.services.transaction(workspace.workspace_id) as tx:
            pm = pms.get(tx, pm_id)
            if pm is None:
                return
            today = local_date(self.now, pm.settings.hours.zone)
            known = tx.select(outbox_table).where(
                outbox_table.c.kind == MessageKind.NUDGE,
                outbox_table.c.subject == pm_id,
                outbox_table.c.period >= today.isoformat(),
            )
            if tx.run(known).first() is None:
                pms.set_next_nudge(
                    tx,
                    pm_id,
                    PlannedNudge(NudgeStep.DUE, today, contact_start(today, pm.settings.hours), 1),
                )
        nudges.enqueue_due(workspace.services, workspace.workspace_id, self.now)

    def raise_flag(self, member: Member) -> None:
        """Raise a flag on a new customer."""
        workspace = member.workspace
        customer = workspace.add_customer(f"Customer {workspace.next_key()}")
        with workspace.services.transaction(workspace.workspace_id) as tx:
            flag = Flag(customer, FlagState.RAISED, (), self.now, self.now)
            flag_id = flags.save(tx, member.person.id, flag)
            period = self.now.date().isoformat()
            outbox.enqueue(tx, MessageKind.FLAG, flag_id, period, member.person.id, self.now)

    def lower_flags(self, member: Member) -> None:
        """Clear all the flags of a workspace."""
        workspace = member.workspace
        with workspace.services.transaction(workspace.workspace_id) as tx:
            for stored in flags.list_active(tx):
                cleared = replace(stored.flag, state=FlagState.CLEARED, cleared_at=self.now)
                flags.save(tx, stored.pm_id, cleared)
                period = outbox.find_latest_period(tx, MessageKind.FLAG, stored.id)
                if period:
                    outbox.enqueue_edit(tx, MessageKind.FLAG, stored.id, period, self.now)

    def enqueue_digest(self, member: Member) -> None:
        """Enqueue a digest with a story of its own."""
        workspace = member.workspace
        key = workspace.next_key()
        story = Story(member, key, 0, f"Story {key}")
        self._write(story)
        with workspace.services.transaction(workspace.workspace_id) as tx:
            team = stories.get_by_channel(tx, member.channel_id)
            assert team is not None
            digest_id = stories.add_digest(tx, team.id, key, self.now)
            assert digest_id is not None
            author = [member.author.id]
            unposted = debriefs.list_unposted(tx, author, T(days=-9), self.now + timedelta(days=9))
            debriefs.assign_to_digest(tx, [each.id for each in unposted], digest_id)
            outbox.enqueue(tx, MessageKind.DIGEST, digest_id, key, member.channel_id, self.now)
        self.stories.append(replace(story, digest_id=digest_id))

    def change_story(self, story: Story) -> None:
        """Change the text of a story."""
        story.text += "."
        self._write(story)

    def outdated(self) -> Sequence[str]:
        """Return posted stories with an outdated text, though Slack refused no update."""
        rows = self.rows()
        posted = [row for row in rows if row.kind == MessageKind.DIGEST and row.message_ts]
        refused = {row.subject for row in posted if row.reason}
        digests = [row for row in posted if row.state == OutboxState.SENT]
        shown = {_delivery(each.metadata): str(each.blocks) for each in self._messages()}
        membership = {row.subject: shown[row.id] for row in digests if row.subject not in refused}
        with self.engine.connect() as connection:
            told = connection.execute(select(debriefs_table).where(debriefs_table.c.digest_id > 0))
            texts = [(str(row.digest_id), row.story) for row in told]
        return [
            story for digest_id, story in texts if story not in membership.get(digest_id, story)
        ]

    def log_visit(self, member: Member) -> None:
        """Log a visit of today: the open nudge is no longer wanted."""
        member.workspace.record_debrief(member.person, "Kestrel Hall", "Made up.")
        self._silence(member, [MessageKind.NUDGE])

    def remove_pm(self, member: Member) -> None:
        """Let a PM leave: no more messages for them."""
        pm_operations.leave(member.workspace.services, member.workspace.actor(member.person))
        self._silence(
            member, [MessageKind.NUDGE, MessageKind.FLAG, MessageKind.CHANNEL_UNAVAILABLE]
        )

    def rejoin(self, member: Member) -> None:
        """Let a PM join again, or change nothing."""
        workspace, choices = member.workspace, JoinChoices(interval_days=7)
        pm_operations.join(workspace.services, workspace.actor(member.person), choices, self.now)
        wanted = {
            row.id
            for row in self.rows()
            if row.kind in (MessageKind.FLAG, MessageKind.CHANNEL_UNAVAILABLE)
        }
        self.silenced -= wanted

    def redrive(self) -> None:
        """Put every dead message back."""
        for workspace_id in (self._workspace.workspace_id, OTHER):
            with self._workspace.services.transaction(workspace_id) as tx:
                messages.requeue_dead(tx, dead_letters.list_dead(tx), self.now)

    def next_at(self) -> datetime | None:
        """Return when the outbox next has something to do; None when no message is open."""
        open_rows = [row for row in self.rows() if row.state in OPEN_STATES]
        times = [
            row.lease_until if row.state == OutboxState.SENDING else row.next_at
            for row in open_rows
        ]
        return min(times, default=None)

    def _messages(self) -> Sequence[Message]:
        found = self.slack.workspace.messages.values()
        return [each for place in found for each in place]

    def _workspace_of(self, call: Call) -> str:
        place = call.args.get("channel") or call.args.get("users") or ""
        return self._places.get(str(place), "")

    def _copy(self, address: str) -> ProcessCopy:
        engine = self._dispose_at_end(make_engine(address))
        return ProcessCopy(self._workspace.services, engine, self.clocks)

    def _dispose_at_end(self, engine: Engine) -> Engine:
        self._cleanup.callback(engine.dispose)
        # Each model has its own engines: without this each would compile all SQL again.
        return engine.execution_options(compiled_cache=COMPILED)

    def _team(
        self, workspace: BotWorkspace, author: str, *pms: tuple[str, str]
    ) -> Sequence[Member]:
        channel = self.slack.add_channel(f"stories-{author.lower()}")
        known = {"channel_id": channel.id, "interval_days": 7}
        # Not one of the nudged PMs: a visit of theirs would withdraw the nudge.
        author_person = workspace.add_pm(author, tz="Europe/London", **known)
        return [
            Member(workspace, workspace.add_pm(name, tz=tz, **known), channel.id, author_person)
            for name, tz in pms
        ]

    def _workspaces_of_places(self) -> Mapping[str, str]:
        return {
            place: each.workspace.workspace_id
            for each in self.members
            for place in (each.person.id, each.person.dm.id, each.channel_id)
        }

    def _silence(self, member: Member, kinds: Sequence[MessageKind]) -> None:
        """Record that a person's waiting messages must not arrive any more."""
        theirs = [row for row in self.rows() if row.destination == member.person.id]
        waiting = {row.id for row in theirs if row.kind in kinds}
        self.silenced |= waiting - set(self.count_posted())

    def _write(self, story: Story) -> None:
        workspace = story.member.workspace
        author = workspace.actor(story.member.author)
        on = local_date(self.now, author.zone)
        draft = Draft(None, on, story.text, new_customer="Brightwater Mill")
        debrief_operations.record(
            workspace.services, author, draft, FormSession(story.key), self.now
        )


def _delivery(metadata: Mapping[str, Any] | None) -> str:
    return str(metadata["event_payload"]["id"]) if metadata else ""
