"""A simulated month of a team, in which databases are lost and restored from backups."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Protocol

from sqlalchemy import select

from bot.app import build_services
from bot.db.engine import Tx
from bot.db.tables.outbox import outbox
from bot.domain.contacts.traits import Channel as Way
from bot.domain.customers import Stage
from bot.domain.debriefs.rules import Draft, FormSession
from bot.domain.debriefs.sections import Promise
from bot.domain.visits.plans import PlanChoices
from bot.domain.visits.rules import VisitKind
from bot.operations.debriefs import recording as debriefs
from bot.operations.visits import booking
from bot.services import Services
from bot.slack.client import Slack
from sandbox.person import Person
from sandbox.workspace.state import Post
from tests.operations.operations_fixture import BotWorkspace
from tests.ticks import tick

START = datetime(2026, 3, 2, 0, 31, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAYS, PMS, CUSTOMERS = 31, 9, 36
# Hours in which nothing is lost any more, for what was late.
QUIET_DAYS = 4
ZONES = ("Europe/Berlin", "Europe/London", "Europe/Athens")
# Hours in UTC that anything is due in; in the others the clock has nothing to do.
OPEN = range(6, 18)
JOINED = timedelta(days=35)
NAME = re.compile("Made-up Mills [0-9]+")
KINDS = ("nudge", "question", "prompt", "note", "flag", "promise", "planned")


class Store(Protocol):
    """Where a database lives: it can be saved, and brought back as it was."""

    def save(self, url: str, number: int) -> None:
        """Back up the database under a number."""

    def load(self, url: str, number: int, now: datetime) -> str:
        """Restore a backup and return the database's address."""


class ProcessKilled(BaseException):
    """The process ends here, as by SIGKILL."""


@dataclass
class Killer:
    """Kills the process at a step: after a transaction, before a call, or after one."""

    steps_left: int = 0
    kills: int = 0

    def step(self) -> None:
        """Count one step."""
        self.steps_left -= 1
        if self.steps_left == 0:
            self.kills += 1
            raise ProcessKilled


@dataclass(frozen=True)
class KilledServices(Services):
    """The application's services, in a process that is killed."""

    killer: Killer = field(default_factory=Killer)

    @contextmanager
    def transaction(self, workspace_id: str, *, short_wait: bool = False) -> Iterator[Tx]:
        """Run a transaction, then count a step."""
        with super().transaction(workspace_id, short_wait=short_wait) as tx:
            yield tx
        self.killer.step()


class KilledSlack(Slack):
    """The Slack client of a process that is killed."""

    def __init__(self, slack: Slack, killer: Killer) -> None:
        super().__init__(slack.client)
        self._killer = killer

    def with_deadline(self, before_deadline: Callable[[], bool]) -> Slack:
        """Return a client with a deadline, which is killed too."""
        return KilledSlack(super().with_deadline(before_deadline), self._killer)

    def call(self, method: str, **arguments: Any) -> Any:
        """Call Slack, with a step before and one after."""
        self._killer.step()
        answer = super().call(method, **arguments)
        self._killer.step()
        return answer


@dataclass(frozen=True)
class Act:
    """What someone does in an hour of the month; `do` gets the instant."""

    hour: int
    do: Callable[[datetime], None]


@dataclass(frozen=True)
class Loss:
    """A backup in one hour, restored in a later one: what came between is lost."""

    number: int
    saved: int
    restored: int


@dataclass
class LossyMonth:
    """The month; without losses and kills it is what every other run is compared with."""

    workspace: BotWorkspace
    store: Store | None = None
    seed: int = 0
    killer: Killer = field(default_factory=Killer)
    losses: Sequence[Loss] = ()
    # By hour: the text of each message that was sent then.
    sent: list[tuple[int, str]] = field(default_factory=list)
    redone: int = 0

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.channel = self.workspace.slack.add_channel("stories")
        self.workspace.clock.at = START - JOINED
        self.pms = [self._join(number) for number in range(PMS)]
        for number in range(CUSTOMERS):
            customer_id = self.workspace.add_customer(
                f"Made-up Mills {number}",
                list(Stage)[number % len(Stage)],
                owner=self.pms[number % PMS],
            )
            self.workspace.add_person(customer_id, f"Person at {number}")
        for number, pm in enumerate(self.pms):
            self.workspace.record_debrief(pm, f"Made-up Mills {number}", "They count by hand.")
        self.acts = sorted(self._acts(Random(7)), key=lambda each: each.hour)

    def run(self) -> None:
        """Run the month, hour by hour."""
        for hour in range(24 * (DAYS + QUIET_DAYS)):
            now = START + hour * HOUR
            for loss in self.losses:
                if loss.restored == hour:
                    self._restore(loss, now)
            for act in self.acts:
                if act.hour == hour:
                    act.do(now)
            if now.hour in OPEN:
                self._tick(now, lossy=hour < 24 * DAYS)
            self._read(hour)
            for loss in self.losses:
                if loss.saved == hour and self.store:
                    self.store.save(self.workspace.services.settings.database_url, loss.number)

    def messages(self) -> Counter[str]:
        """Count what was sent, by receiver, kind and customer."""
        return Counter(key for _, key in self.sent)

    def count_states(self) -> Counter[str]:
        """Count the outbox's messages that were due, by their state."""
        due = outbox.c.due_at < self.workspace.clock.at
        with self.workspace.services.engine.connect() as connection:
            return Counter(connection.execute(select(outbox.c.state).where(due)).scalars())

    def _tick(self, now: datetime, *, lossy: bool) -> None:
        """Tick; a process that is killed is started again within the hour."""
        if not self.losses or not lossy or self.random.random() < 0.5:
            self.workspace.tick_at(now, audited=now.hour == 12)
            return
        self.killer.steps_left = self.random.randrange(1, 60)
        plain = self.workspace.services
        known = {each.name: getattr(plain, each.name) for each in fields(Services)}
        known["slack"] = KilledSlack(plain.slack, self.killer)
        self.workspace.clock.at = now
        try:
            tick(KilledServices(**known, killer=self.killer), now, audited=now.hour == 12)
        except ProcessKilled:
            self.workspace.tick_at(now + timedelta(minutes=3), audited=now.hour == 12)

    def _restore(self, loss: Loss, now: datetime) -> None:
        assert self.store
        services = self.workspace.services
        services.engine.dispose()
        self.workspace.clock.at = now
        url = self.store.load(services.settings.database_url, loss.number, now)
        settings = services.settings.model_copy(update={"database_url": url})
        reachable = self.workspace.services.reachable
        self.workspace.services = build_services(settings, self.workspace.clock)
        self.workspace.services.reachable.update(reachable)
        # People do again what was lost, in any order: rows get the ids of others.
        lost = [each for each in self.acts if loss.saved < each.hour < loss.restored]
        for each in self.random.sample(lost, len(lost)):
            each.do(now)
        self.redone += len(lost)

    def _read(self, hour: int) -> None:
        posts = self.workspace.slack.workspace.posts
        self.sent += [(hour, self._key(each)) for each in posts if each.kind == "message"]
        posts.clear()

    def _key(self, post: Post) -> str:
        kind = next(
            (each for each in KINDS if f"'{each}." in str(post.message.blocks)),
            re.sub("[0-9].*", "", post.text)[:24].split("Made-up")[0],
        )
        found = NAME.search(post.text) if kind not in ("nudge", "note", "question") else None
        about = found[0] if found else ""
        if kind in ("nudge", "question"):
            # Its text is the same each time: the hash says which one of the cycle it is.
            kind, about = "nudge", (post.message.metadata or {})["event_payload"]["about"]
        if post.message.channel == self.channel.id:
            return "a team: digest"
        # Conversations get their ids in the order in which they are opened.
        receiver = next(each.name for each in self.pms if each.dm.id == post.message.channel)
        return f"{receiver}: {kind} {about}".rstrip()

    def _join(self, number: int) -> Person:
        return self.workspace.add_pm(
            f"Person {number}",
            tz=ZONES[number % len(ZONES)],
            interval_days=(14, 7, 30)[number // 4],
            at=time(9 + number % 3),
            channel_id=self.channel.id if number % 2 == 0 else None,
        )

    def _acts(self, random: Random) -> Iterator[Act]:
        """Yield what is done in the month: each customer is touched by one thing."""
        names = [f"Made-up Mills {number}" for number in range(CUSTOMERS)]
        random.shuffle(names)
        for number, name in enumerate(names):
            author = self.pms[number // 3 % PMS]
            hour = random.randrange(24 * (DAYS - 9))
            if number % 3 == 0:
                yield Act(hour, partial(self._book, author, name, hour))
            elif number % 3 == 1:
                yield Act(hour, partial(self._debrief, author, name, hour, self.pms[number % 5]))
            else:
                yield Act(hour, partial(self._contact, name))

    def _book(self, pm: Person, name: str, hour: int, now: datetime) -> None:
        on = (START + hour * HOUR).date() + timedelta(days=6)
        choices = PlanChoices(None, name, VisitKind.PHONE, on, time(14), "", None, "They asked.")
        actor, key = self.workspace.actor(pm), self.workspace.next_key()
        booking.book(self.workspace.services, actor, choices, key, now)

    def _debrief(self, pm: Person, name: str, hour: int, owner: Person, now: datetime) -> None:
        on = (START + (hour - 24) * HOUR).date()
        promise = Promise(f"A price for {name}", owner.id, on + timedelta(days=6))
        draft = Draft(None, on, f"{name} count by hand.", new_customer=name, promises=(promise,))
        actor, session = self.workspace.actor(pm), FormSession(self.workspace.next_key())
        debriefs.record(self.workspace.services, actor, draft, session, now)

    def _contact(self, name: str, now: datetime) -> None:
        number = int(name.rsplit(" ", 1)[1])
        times = [now - timedelta(hours=each) for each in range(1, 9)]
        for way in (Way.MAIL, Way.CELL_CALL):
            self.workspace.record_contacts(number + 1, way, times)


def losses(count: int, seed: int) -> Sequence[Loss]:
    """Return random backups and restores; a database is restored after an hour up to three days."""
    random = Random(seed)
    found = []
    for number in range(count):
        restored = random.randrange(3, 24 * DAYS)
        ago = min(restored - 1, random.choice((1, 2, 5, 12, 24, 72)))
        found.append(Loss(number, restored - ago, restored))
    return found


def backup_file(folder: Path, number: int) -> Path:
    """Return where a backup is kept."""
    return folder / f"backup-{number}"
