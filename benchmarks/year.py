"""Simulate a year of forty PMs with different habits, and count broken rules of nudges."""

import argparse
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import holidays

from bot.db import notes as note_queries
from bot.db.nudges import queries as nudge_queries
from bot.domain.customers import Stage
from bot.domain.debriefs.rules import Draft, FormSession
from bot.domain.nudges.barriers import Barrier
from bot.domain.nudges.rules import INTERVALS, Snooze, Strength
from bot.domain.visits.plans import PlanChoices
from bot.domain.visits.rules import VisitKind
from bot.errors import NihitoError
from bot.log import configure
from bot.operations.customers.search import customer_name
from bot.operations.debriefs import recording as debriefs
from bot.operations.notes import offers as notes
from bot.operations.nudges import away
from bot.operations.nudges import scheduling as nudges
from bot.operations.staff import directory as staff
from bot.operations.visits import booking as visits
from bot.operations.visits import plans
from sandbox.api.json_shapes import user_json
from sandbox.person import Person
from sandbox.server import Sandbox
from tests.conftest import MANIFEST, ManualClock
from tests.operations.operations_fixture import BotWorkspace, open_workspace
from tests.support.databases import SqliteFiles

PMS, DAYS, CUSTOMERS = 40, 365, 400
# Thirty-one minutes past the hour: no PM's nudge hour has only just begun.
START = datetime(2026, 1, 5, 0, 31, tzinfo=UTC)
HOUR, ONE_DAY = timedelta(hours=1), timedelta(days=1)
OPEN_FOR = timedelta(hours=8)
ACTS_AT, LAST_HOUR = 16, 23
# Working days on which a debrief is asked for, after the day of the visit.
PROMPTED = 3
# The most days from a date to a working day, over the longest row of holidays.
SLACK_DAYS = 8
PLACES = (
    ("Europe/Berlin", "DE"),
    ("America/New_York", "US"),
    ("Asia/Tokyo", "JP"),
    ("Asia/Kolkata", "IN"),
    ("Australia/Lord_Howe", "AU"),
    ("America/Sao_Paulo", "BR"),
    ("Asia/Jerusalem", None),
    ("Pacific/Kiritimati", None),
)
WEEKS = (frozenset(range(5)), frozenset(range(4)), frozenset({0, 1, 2, 3, 6}))
HOURS = (time(7), time(9, 30), time(13))
# How many nudges a cycle may have, and how many may come before it is over.
MOST = {Strength.LIGHT: (1, 0), Strength.STANDARD: (2, 0), Strength.ACTIVE: (3, 1)}


@dataclass(frozen=True)
class Habit:
    """The probability of each thing a PM may do on a working day."""

    debriefs: float
    plans: float
    pauses: float
    vacations: float
    snoozes: float
    names_barriers: float


PROMPT_TEXT = re.compile("What did you hear from (Made-up Mills [0-9]+) ")
NOTE_TEXT = re.compile(
    "(Made-up Mills [0-9]+)(?: on .*)?,? (?:and they )?may like a note that asks"
)
VALENTINES_TEXT = re.compile("(Tomorrow|[A-Z][a-z]+day) is Valentine's Day")
NOTED_ON = 13
# Shares of those who are offered a note: send it, want another customer, or want no more notes.
SENDS, SOMEBODY_ELSE, NO_MORE = 0.4, 0.6, 0.63
WRITTEN_TO = (Stage.CUSTOMER, Stage.CHURNED, Stage.INTERNAL)
# Shares of those who are asked for a debrief: write it that day, or say it wasn't held.
WRITES, NOT_HELD = 0.4, 0.5
HABITS = (
    Habit(0.10, 0.03, 0.004, 0.01, 0.1, 0.0),
    Habit(0.05, 0.05, 0.010, 0.01, 0.3, 0.1),
    Habit(0.02, 0.01, 0.002, 0.02, 0.5, 0.2),
    Habit(0.004, 0.0, 0.0, 0.02, 0.0, 0.0),
    Habit(0.0, 0.0, 0.01, 0.01, 0.0, 0.0),
)


@dataclass
class SimulatedPm:
    """A PM, and what happened to them in the year; dates are local to them."""

    person: Person
    interval: int
    strength: Strength
    zone: str
    at: time
    days: frozenset[int]
    off: frozenset[date]
    habit: Habit
    joined_on: date
    random: Random
    visited: list[tuple[datetime, date]] = field(default_factory=list)
    # By the visit's id: the customer and the date of each booked visit without a debrief.
    open: dict[int, tuple[str, date]] = field(default_factory=dict)
    prompted: dict[int, list[date]] = field(default_factory=dict)
    absent: list[tuple[date, date]] = field(default_factory=list)
    put_off: list[tuple[datetime, date]] = field(default_factory=list)
    nudged: list[datetime] = field(default_factory=list)
    noted: list[date] = field(default_factory=list)
    # By the customer's name: the dates of visits with a debrief.
    knows: dict[str, list[date]] = field(default_factory=dict)
    no_more: bool = False
    questions: int = 0
    quiet_since: date | None = None

    def local(self, at: datetime) -> datetime:
        """Return an instant as their clock shows it."""
        return at.astimezone(ZoneInfo(self.zone))

    def is_away(self, on: date) -> bool:
        """Return whether they are away on a date."""
        return any(since <= on < until for since, until in self.absent)

    @property
    def booked(self) -> list[date]:
        """Return the dates of their visits without a debrief."""
        return [on for _, on in self.open.values()]

    def worked(self, since: date, until: date) -> int:
        """Count their working days after a date and up to another."""
        days = (since + n * ONE_DAY for n in range(1, (until - since).days + 1))
        return sum(self.works(each) for each in days)

    def expects_visit(self, today: date) -> bool:
        """Return whether a visit is ahead, or waits for its debrief on the three days after it."""
        return any(self.worked(on, today) <= PROMPTED for on in self.booked)

    def works(self, on: date) -> bool:
        """Return whether a date is a working day of theirs."""
        return on.weekday() in self.days and on not in self.off

    def note_on(self, month: date) -> date:
        """Return their last working day up to the 13th of a month."""
        days = (month.replace(day=NOTED_ON - back) for back in range(NOTED_ON))
        return next((each for each in days if self.works(each)), month.replace(day=NOTED_ON))

    def cycle_start(self) -> tuple[datetime, date]:
        """Return when their last visit was logged, and its date; or when they joined."""
        joined = datetime.min.replace(tzinfo=UTC), self.joined_on
        best = joined
        for logged_at, on in self.visited:
            best = (logged_at, on) if on > best[1] else best
        return best

    def days_not_away(self, since: date, until: date) -> int:
        """Count the days between two dates on which they weren't away."""
        days = (since + n * ONE_DAY for n in range((until - since).days))
        return sum(not self.is_away(each) for each in days)


def main(pms: int, days: int) -> int:
    """Print the year's totals; return 1 when a nudge broke a rule."""
    configure("critical")
    clock = ManualClock(START)
    with (
        tempfile.TemporaryDirectory() as name,
        Sandbox(manifest=MANIFEST, now=clock.now) as slack,
    ):
        workspace = open_workspace(slack, clock, SqliteFiles(Path(name)).new_database())
        year = SimulatedYear(workspace, pms)
        year.run(days)
        workspace.services.engine.dispose()
    sys.stdout.write(year.summary(days))
    return int(bool(year.faults.total()))


class SimulatedYear:
    """The workspace through a year, an hour at a time."""

    def __init__(self, workspace: BotWorkspace, pms: int) -> None:
        self.workspace, self.random = workspace, Random(20260105)
        self.faults: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        self.checked: Counter[str] = Counter()
        # By the customer's name: when a note last suggested them, in UTC.
        self.offered: dict[str, date] = {}
        self._seen = 0
        stages = list(Stage)
        for number in range(CUSTOMERS):
            workspace.add_customer(f"Made-up Mills {number}", stages[number % len(stages)])
        self.pms = [self._join(number) for number in range(pms)]
        self._by_channel = {each.person.dm.id: each for each in self.pms}

    def run(self, days: int) -> None:
        """Run every hour of so many days."""
        for hour in range(24 * days):
            now = START + hour * HOUR
            self.workspace.tick_at(now)
            self._read(now)
            for pm in self.pms:
                local = pm.local(now)
                if local.hour == ACTS_AT and pm.works(local.date()):
                    self._act(pm, now)
                if local.hour == LAST_HOUR:
                    self._end_of_day(pm, local.date())

    def summary(self, days: int) -> str:
        """Return the year's totals as text."""
        lines = [f"{len(self.pms)} PMs, {days} days, {24 * days:,} ticks, one process on SQLite"]
        lines.append(", ".join(f"{count:,} {what}" for what, count in sorted(self.done.items())))
        for what, count in sorted(self.checked.items()):
            lines.append(f"{what}: {count:,} times looked at, {self.faults[what]} times not so")
        return "\n".join([*lines, "all well" if not self.faults.total() else "NOT WELL", ""])

    def _join(self, number: int) -> SimulatedPm:
        zone, country = PLACES[number % len(PLACES)]
        interval, strength = INTERVALS[number % 4], list(Strength)[number // 4 % 3]
        days, at = WEEKS[number % len(WEEKS)], HOURS[number % len(HOURS)]
        person = self.workspace.add_pm(
            f"Person {number}",
            tz=zone,
            interval_days=interval,
            strength=strength,
            at=at,
            working_days=days,
            country=country,
        )
        years = range(START.year - 1, START.year + 3)
        off = frozenset(holidays.country_holidays(country, years=years)) if country else frozenset()
        habit, joined_on = HABITS[number % len(HABITS)], START.astimezone(ZoneInfo(zone)).date()
        random = Random(number)
        return SimulatedPm(
            person, interval, strength, zone, at, days, off, habit, joined_on, random
        )

    def _read(self, now: datetime) -> None:
        posts = self.workspace.slack.workspace.posts
        for post in posts[self._seen :]:
            post.expected = True
            pm = self._by_channel.get(post.message.channel)
            if pm and post.kind == "message":
                self._check_contact_time(pm, now)
                asks, note = PROMPT_TEXT.match(post.text), NOTE_TEXT.search(post.text)
                if note:
                    self._check_note(pm, now, note[1], VALENTINES_TEXT.match(post.text))
                elif asks:
                    self._check_prompt(pm, now, asks[1])
                elif post.text.startswith("You see "):
                    self._check_brief(pm, now)
                else:
                    self._check_nudge(pm, now, "How shall I go on?" in post.text)
        self._seen = len(posts)

    def _check_contact_time(self, pm: SimulatedPm, now: datetime) -> None:
        local = pm.local(now)
        today = local.date()
        self._check("nothing while away", not pm.is_away(today), pm, now)
        opens = datetime.combine(today, pm.at, local.tzinfo)
        in_hours = pm.works(today) and opens <= local < opens + OPEN_FOR
        self._check("nothing out of hours or on a day off", in_hours, pm, now)

    def _check_brief(self, pm: SimulatedPm, now: datetime) -> None:
        """Check that a brief comes on the last working day at work before a visit."""
        today = pm.local(now).date()
        coming = min((each for each in pm.booked if each >= today), default=None)
        between = (today + n * ONE_DAY for n in range(1, (coming - today).days)) if coming else ()
        spare = [each for each in between if pm.works(each) and not pm.is_away(each)]
        self._check("a brief the working day before", coming is not None and not spare, pm, now)
        self.done["briefs"] += 1

    def _check_prompt(self, pm: SimulatedPm, now: datetime, name: str) -> None:
        """Check a prompt: for a past visit without a debrief, once a day, on three days at most."""
        today = pm.local(now).date()
        about = [(on, each) for each, (whom, on) in pm.open.items() if whom == name]
        on, visit_id = min(about, default=(today, 0))
        self._check("a prompt for a visit that is open and over", visit_id and on <= today, pm, now)
        came = pm.prompted.setdefault(visit_id, [])
        self._check("one prompt a day", today not in came, pm, now)
        # A day on which they were away doesn't count: they couldn't be asked.
        days = (on + n * ONE_DAY for n in range(1, (today - on).days + 1))
        spared = sum(pm.works(each) and not pm.is_away(each) for each in days)
        silent = spared > PROMPTED or len(came) > PROMPTED
        self._check("silence after three working days", not silent, pm, now)
        nudged = any(pm.local(each).date() == today for each in pm.nudged)
        self._check("no nudge and prompt on one day", not nudged, pm, now)
        came.append(today)
        self.done["prompts"] += 1

    def _check_note(
        self, pm: SimulatedPm, now: datetime, name: str, text: re.Match[str] | None
    ) -> None:
        """Check a note: once a month, on its day or later, alone, and for a customer they know."""
        today = pm.local(now).date()
        months = {(each.year, each.month) for each in pm.noted}
        self._check("one note a month", (today.year, today.month) not in months, pm, now)
        self._check("no note ahead of its day", today >= pm.note_on(today), pm, now)
        new = (today - pm.joined_on).days < 30
        self._check("no note to whoever is new or wants none", not (new or pm.no_more), pm, now)
        nudged = any(pm.local(each).date() == today for each in pm.nudged)
        asked = any(today in days for days in pm.prompted.values())
        self._check("no note beside a nudge or a prompt", not (nudged or asked), pm, now)
        ahead = (today.month, today.day) >= (2, 1) and (today.month, today.day) <= (2, NOTED_ON)
        tomorrow = text is not None and (text[1] == "Tomorrow") == (today.day == NOTED_ON)
        self._check("Valentine's ahead of it alone", tomorrow if ahead else not text, pm, now)
        self._check_named_customer(pm, now, name)
        pm.noted.append(today)
        self.done["notes"] += 1

    def _check_named_customer(self, pm: SimulatedPm, now: datetime, name: str) -> None:
        """Check that they saw the customer within a year; no note named it in half a year."""
        today = pm.local(now).date()
        lately = any((today - each).days <= 365 for each in pm.knows.get(name, ()))
        stage = list(Stage)[int(name.rsplit(" ", 1)[1]) % len(Stage)]
        self._check("a note to whom they know", lately and stage in WRITTEN_TO, pm, now)
        booked = any(
            whom == name and on >= each.local(now).date()
            for each in self.pms
            for whom, on in each.open.values()
        )
        self._check("no note to whom a visit is booked with", not booked, pm, now)
        before = self.offered.get(name)
        once = before is None or (now.date() - before).days >= 150
        self._check("nobody named in two notes in half a year", once, pm, now)
        self.offered[name] = now.date()

    def _answer_note(self, pm: SimulatedPm, now: datetime, today: date) -> None:
        """Let some send today's note, some want another customer, and a few want no more notes."""
        if today not in pm.noted:
            return
        services, actor = self.workspace.services, self.workspace.actor(pm.person)
        with services.reading(self.workspace.workspace_id) as tx:
            note = note_queries.get_by_month(tx, pm.person.id, f"{today:%Y-%m}")
            assert note
            assert note.customer_id
            named = customer_name(tx, note.customer_id)
        chance = pm.random.random()
        if chance < SENDS:
            notes.mark_sent(services, actor, note.id, now)
            self.done["notes sent"] += 1
        elif chance < SOMEBODY_ELSE:
            answer = notes.choose_another_customer(services, actor, note.id, note.customer_id, now)
            name = NOTE_TEXT.search(answer.text)
            assert name
            if "Nobody else is left" not in str([each.to_dict() for each in answer.blocks]):
                # The customer that was skipped got no note, and may be in another PM's.
                del self.offered[named]
                self._check_named_customer(pm, now, name[1])
                self.done["notes for somebody else"] += 1
        elif chance < NO_MORE:
            notes.stop(services, actor, note.id, now)
            pm.no_more = True
            self.done["no more notes"] += 1

    def _answer(self, pm: SimulatedPm, now: datetime, today: date) -> None:
        """Let some write the debrief asked for today, and some say the visit wasn't held."""
        asked = [each for each in pm.open if today in pm.prompted.get(each, ())]
        for visit_id in asked:
            chance, (name, on) = pm.random.random(), pm.open[visit_id]
            if chance < WRITES:
                self._debrief(pm, now, on, name, visit_id)
            elif chance < NOT_HELD:
                actor = self.workspace.actor(pm.person)
                plans.call_off(self.workspace.services, actor, visit_id, now)
                del pm.open[visit_id]
                self.done["visits called off"] += 1

    def _check_nudge(self, pm: SimulatedPm, now: datetime, asks: bool) -> None:
        today, (logged_at, cycle_start) = pm.local(now).date(), pm.cycle_start()
        days_gone = pm.days_not_away(cycle_start, today)
        wanted = pm.interval * 4 // 5 if pm.strength is Strength.ACTIVE else pm.interval
        self._check("no nudge within the interval of a visit", days_gone >= wanted, pm, now)
        self._check("no nudge beside a note", today not in pm.noted, pm, now)
        self._check("none while a visit is booked or waits", not pm.expects_visit(today), pm, now)
        asked = any(today in days for days in pm.prompted.values())
        self._check("no nudge and prompt on one day", not asked, pm, now)
        pm.nudged.append(now)
        since = [each for each in pm.nudged if each > logged_at]
        # Each that was snoozed comes once more, as that PM wished.
        asked_for = sum(at > logged_at for at, _ in pm.put_off)
        each, early = MOST[pm.strength]
        cycles = days_gone // pm.interval
        most = each * cycles + early
        self._check("no more than the strength allows", len(since) - asked_for <= most, pm, now)
        pm.questions += asks
        self.done["questions" if asks else "nudges"] += 1
        pm.quiet_since = today

    def _end_of_day(self, pm: SimulatedPm, today: date) -> None:
        """Check that a cycle that was due has had its nudge."""
        coming = pm.expects_visit(today)
        put_off = any(on >= today for _, on in pm.put_off)
        _, cycle_start = pm.cycle_start()
        silenced = coming or put_off or pm.is_away(today)
        pm.quiet_since = max(today if silenced else pm.quiet_since or cycle_start, cycle_start)
        waited = pm.days_not_away(pm.quiet_since, today)
        self._check("each due cycle nudged", waited <= pm.interval + SLACK_DAYS, pm, None)
        if any(until == today for _, until in pm.absent):
            behind = pm.days_not_away(cycle_start, today) < pm.interval
            sent_today = any(pm.local(each).date() == today for each in pm.nudged)
            early = pm.strength is Strength.ACTIVE
            self._check(
                "nobody overdue after an absence", early or not (behind and sent_today), pm, None
            )

    def _check(self, what: str, holds: bool, pm: SimulatedPm, now: datetime | None) -> None:
        self.checked[what] += 1
        if not holds:
            self.faults[what] += 1
            if self.faults[what] <= 3:
                known = {
                    "pm": pm.person.name,
                    "at": str(now),
                    "zone": pm.zone,
                    "every": pm.interval,
                }
                sys.stderr.write(f"{what}: {json.dumps(known)}\n")

    def _act(self, pm: SimulatedPm, now: datetime) -> None:
        today, habit = pm.local(now).date(), pm.habit
        if pm.is_away(today):
            return
        self._answer(pm, now, today)
        self._answer_note(pm, now, today)
        if today in pm.booked and pm.random.random() < 0.2:
            self._debrief(pm, now, today)
        for chance, act in self._acts(habit):
            if pm.random.random() < chance:
                act(pm, now, today)

    def _acts(self, habit: Habit) -> Iterator[tuple[float, object]]:
        yield habit.debriefs, self._write
        yield habit.plans, self._plan
        yield habit.pauses, self._pause
        yield habit.vacations, self._leave_for_vacation
        yield habit.snoozes, self._snooze
        yield habit.names_barriers, self._name_barrier

    def _write(self, pm: SimulatedPm, now: datetime, today: date) -> None:
        self._debrief(pm, now, today - pm.random.randrange(4) * ONE_DAY)

    def _debrief(
        self, pm: SimulatedPm, now: datetime, on: date, name: str = "", visit_id: int | None = None
    ) -> None:
        whom = name or self._somebody(pm)
        draft = Draft(None, on, "They count by hand. Nobody has said so.", new_customer=whom)
        actor, key = self.workspace.actor(pm.person), self.workspace.next_key()
        debriefs.record(
            self.workspace.services, actor, draft, FormSession(key, visit_id=visit_id), now
        )
        pm.visited.append((now, on))
        pm.knows.setdefault(whom, []).append(on)
        pm.open.pop(visit_id or 0, None)
        self.done["visits logged"] += 1

    def _plan(self, pm: SimulatedPm, now: datetime, today: date) -> None:
        on = today + pm.random.randrange(1, 15) * ONE_DAY
        name, at = self._somebody(pm), pm.random.choice([None, time(8), time(14, 30), time(22)])
        because = "They asked for it."
        choices = PlanChoices(None, name, VisitKind.PHONE, on, at, "", None, because)
        actor = self.workspace.actor(pm.person)
        planned = visits.book(
            self.workspace.services, actor, choices, self.workspace.next_key(), now
        )
        assert isinstance(planned, visits.BookedVisit)
        pm.open[planned.visit.id] = name, on
        self.done["visits booked"] += 1

    def _somebody(self, pm: SimulatedPm) -> str:
        """Return a customer without a booked visit, as a debrief would count for that visit."""
        booked = {name for name, _ in pm.open.values()}
        names = (f"Made-up Mills {pm.random.randrange(CUSTOMERS)}" for _ in range(CUSTOMERS))
        return next(name for name in names if name not in booked)

    def _pause(self, pm: SimulatedPm, now: datetime, today: date) -> None:
        days = pm.random.randrange(2, 15)
        away.pause(self.workspace.services, self.workspace.actor(pm.person), f"{days} days", now)
        pm.absent.append((today, today + days * ONE_DAY))
        self.done["pauses"] += 1

    def _leave_for_vacation(self, pm: SimulatedPm, now: datetime, today: date) -> None:
        last = today + pm.random.randrange(3, 22) * ONE_DAY
        end = datetime.combine(last, time(23, 59), ZoneInfo(pm.zone))
        pm.person.change(
            status_text="Vacationing",
            status_emoji=":palm_tree:",
            status_expiration=int(end.timestamp()),
        )
        workspace = self.workspace.slack.workspace
        known = user_json(workspace, pm.person.user)
        staff.save(self.workspace.services, self.workspace.workspace_id, known, now)
        pm.absent.append((today, last + ONE_DAY))
        self.done["vacations"] += 1

    def _snooze(self, pm: SimulatedPm, now: datetime, today: date) -> None:
        nudge_id = self._fresh(pm, now)
        if nudge_id is None:
            return
        choice = pm.random.choice([Snooze.TOMORROW, Snooze.THREE_DAYS, Snooze.NEXT_WEEK])
        try:
            put_off = nudges.snooze(
                self.workspace.services, self.workspace.actor(pm.person), nudge_id, choice, now
            )
        except NihitoError:
            return
        pm.put_off.append((now, pm.local(put_off.back_at).date()))
        self.done["snoozes"] += 1

    def _name_barrier(self, pm: SimulatedPm, now: datetime, _today: date) -> None:
        nudge_id = self._fresh(pm, now)
        if nudge_id is None:
            return
        barrier = pm.random.choice(list(Barrier))
        try:
            nudges.record_barrier(
                self.workspace.services, self.workspace.actor(pm.person), nudge_id, barrier, now
            )
        except NihitoError:
            return
        self.done["barriers named"] += 1

    def _fresh(self, pm: SimulatedPm, now: datetime) -> int | None:
        """Return the id of the last day's nudge; None if there is none."""
        if not pm.nudged or now - pm.nudged[-1] > ONE_DAY:
            return None
        with self.workspace.services.reading(self.workspace.workspace_id) as tx:
            nudge = nudge_queries.get_latest(tx, pm.person.id)
        return nudge.id if nudge else None


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pms", type=int, default=PMS)
    parser.add_argument("--days", type=int, default=DAYS)
    given = parser.parse_args()
    sys.exit(main(given.pms, given.days))
