"""A workspace for tests: PMs, customers and what happens to them, through operations alone."""

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import SecretStr
from sqlalchemy import insert

from bot.app import build_services
from bot.db import customers
from bot.db.tables.outbox import outbox
from bot.db.visits import queries as visits
from bot.domain.contacts.events import ContactEvent
from bot.domain.contacts.traits import Channel as Way
from bot.domain.customers import Stage
from bot.domain.debriefs.rules import Draft, FormSession
from bot.domain.outbox.outcomes import Outcome
from bot.domain.staff.access import Actor
from bot.domain.staff.pms import JoinChoices
from bot.domain.visits.rules import VisitKind, VisitState
from bot.domain.working_time import local_date
from bot.intake.calendars.fetching import Network
from bot.operations.contacts import flags as contacts
from bot.operations.contacts import record as contact_record
from bot.operations.debriefs import recording as debriefs
from bot.operations.outbox import delivery
from bot.operations.staff import directory as staff
from bot.operations.staff import pms
from bot.operations.workspaces import identify
from bot.services import Services
from bot.settings import Settings
from sandbox.person import Person
from sandbox.server import Sandbox
from sandbox.workspace.state import Channel, Message
from tests.conftest import ManualClock
from tests.ticks import tick

# Thirty-two bytes that encrypt nothing outside tests.
SECRET_KEY = urlsafe_b64encode(bytes(32)).decode()


@dataclass
class BotWorkspace:
    """A workspace that the bot serves without request handlers; people press nothing here."""

    slack: Sandbox
    services: Services
    clock: ManualClock
    workspace_id: str
    count: int = 0

    def next_key(self) -> str:
        """Return a key that nothing was recorded under yet."""
        self.count += 1
        return f"key-{self.count}"

    def actor(self, person: Person) -> Actor:
        """Look a person up, as the dispatcher does."""
        return staff.get_actor(self.services, self.workspace_id, person.id, self.clock.at)

    def add_pm(self, name: str, *, tz: str = "Europe/Berlin", **choices: Any) -> Person:
        """Add a person who joins with these choices."""
        person = self.slack.add_user(name, tz=tz)
        pms.join(self.services, self.actor(person), JoinChoices(**choices), self.clock.at)
        return person

    def add_customer(self, name: str, stage: Stage = Stage.CUSTOMER, **known: Any) -> int:
        """Add a customer, owned by `owner` when given; return its id."""
        owner: Person | None = known.pop("owner", None)
        with self.services.transaction(self.workspace_id) as tx:
            return customers.add(tx, name, stage, owner_id=owner.id if owner else None, **known)

    def add_person(self, customer_id: int, name: str, **known: Any) -> int:
        """Add a person at a customer; return the person's id."""
        with self.services.transaction(self.workspace_id) as tx:
            return customers.add_person(tx, customer_id, name, **known)

    def record_contacts(
        self, person_id: int, channel: Way, times: Iterable[datetime], **known: Any
    ) -> None:
        """Record that a person contacted staff at these times, as every intake does."""
        for at in times:
            with self.services.transaction(self.workspace_id) as tx:
                key = self.next_key()
                event = ContactEvent("test", key, at, channel, person_id=person_id, **known)
                customer_id, _ = contact_record.record_contact(tx, event)
                contacts.review(tx, customer_id, self.clock.at)

    def add_held_visit(self, pm: Person, customer_id: int, on: date) -> None:
        """Add a visit that was held."""
        self._add_visit(pm, customer_id, on, VisitState.HELD)

    def add_booked_visit(self, pm: Person, customer_id: int, on: date) -> None:
        """Add a visit that is booked."""
        self._add_visit(pm, customer_id, on, VisitState.BOOKED)

    def _add_visit(self, pm: Person, customer_id: int, on: date, state: VisitState) -> None:
        key, now = self.next_key(), self.clock.at
        kind = VisitKind.ON_SITE
        with self.services.transaction(self.workspace_id) as tx:
            visits.add(tx, pm.id, customer_id, kind, state, on, now, source="test", source_id=key)

    def record_debrief(self, pm: Person, customer: str, story: str, **known: Any) -> None:
        """Save a debrief of a visit today, at a customer of that name."""
        actor, now = self.actor(pm), self.clock.at
        on = known.pop("on", local_date(now, actor.zone))
        draft = Draft(None, on, story, new_customer=customer, **known)
        debriefs.record(self.services, actor, draft, FormSession(self.next_key()), now)

    def add_outbox_message(self, kind: str, state: str, reason: str | None, minutes: int) -> None:
        """Add a message to the outbox that was due so many minutes ago."""
        at = self.clock.at - timedelta(minutes=minutes)
        row = {
            "id": self.next_key(),
            "kind": kind,
            "subject": str(self.count),
            "period": "2026-03-02",
            "destination": "U0000001",
            "state": state,
            "created_at": at,
            "due_at": at,
            "next_at": at,
            "attempts": 0,
            "reason": reason,
        }
        with self.services.transaction(self.workspace_id) as tx:
            tx.run(insert(outbox).values(workspace_id=self.workspace_id, **row))

    def tick_at(self, at: datetime, *, audited: bool = False) -> list[Outcome]:
        """Move the clock and run everything that is due then."""
        self.clock.at = at
        return tick(self.services, at, audited=audited)

    def deliver_at(self, at: datetime) -> list[Outcome]:
        """Move the clock and deliver what is due then."""
        self.clock.at = at
        return list(delivery.deliver(self.services, at))

    def messages(self, where: Person | Channel) -> list[Message]:
        """Return all messages of the bot in a channel or in a person's direct messages."""
        channel = where if isinstance(where, Channel) else where.dm
        return list(self.slack.workspace.messages[channel.id])


def open_workspace(
    slack: Sandbox,
    clock: ManualClock,
    database: str,
    network: Network | None = None,
    **settings: Any,
) -> BotWorkspace:
    """Open a workspace over a fresh database; the caller disposes of its engine."""
    known = {
        "database_url": database,
        "slack_bot_token": SecretStr(slack.bot_token),
        "slack_app_token": SecretStr(slack.app_token),
        "slack_api_url": slack.api_url,
        "nihito_secret_key": SecretStr(SECRET_KEY),
        "nihito_public_url": "https://nihito.example.org",
        **settings,
    }
    services = build_services(Settings(**known), clock, network=network)
    return BotWorkspace(slack, services, clock, identify(services, clock.at).workspace_id)
