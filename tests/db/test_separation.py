"""No query crosses from one workspace to another: by its source, by its text, by what it does."""

import ast
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from bot.db import customers as customer_rows
from bot.db import notes as note_rows
from bot.db import surveys as survey_rows
from bot.db import workspaces
from bot.db.calendars import feeds
from bot.db.debriefs import promises as promise_rows
from bot.db.inbox import Letter
from bot.db.nudges import queries as nudge_rows
from bot.db.tables.columns import metadata
from bot.db.workarounds import notices as ask_rows
from bot.db.workarounds import queries as workaround_rows
from bot.domain.calendars import Meeting, Reading
from bot.domain.contacts.traits import Channel as Way
from bot.domain.debriefs.rules import Draft, Sheet, Unfinished, Workaround
from bot.domain.debriefs.sections import Answer, Pain, Promise, Verdict
from bot.domain.hypotheses import Settled
from bot.domain.nudges.barriers import Barrier
from bot.domain.nudges.rules import Snooze
from bot.domain.staff.access import Actor, Role, Standing
from bot.domain.suggestions.coverage import Aspect
from bot.domain.suggestions.dismissals import Pass
from bot.domain.surveys.rules import Answer as SurveyAnswer
from bot.domain.surveys.rules import Language
from bot.domain.visits.caps import Closed
from bot.domain.visits.ground_rules import Step as Rule
from bot.domain.visits.rules import VisitKind
from bot.domain.workarounds import State
from bot.intake.calendars.fetching import Ways
from bot.operations import hypotheses, notes, stories, surveys
from bot.operations.calendars import feeds as calendars
from bot.operations.calendars import meetings
from bot.operations.contacts import flags as contacts
from bot.operations.customers import contact_permissions as closings
from bot.operations.customers import search as customers
from bot.operations.debriefs import promises
from bot.operations.debriefs import recording as debriefs
from bot.operations.debriefs import saved_drafts as unfinished
from bot.operations.debriefs.saved_drafts import Beginning
from bot.operations.home import overview as home
from bot.operations.home import upcoming as agenda
from bot.operations.imports import files as imports
from bot.operations.inbox import requests as inbox
from bot.operations.inbox.requests import Arrival
from bot.operations.nudges import away, why
from bot.operations.nudges import question as questions
from bot.operations.nudges import scheduling as nudges
from bot.operations.outbox import delivery
from bot.operations.staff import directory as staff
from bot.operations.staff import pms
from bot.operations.suggestions import coverage
from bot.operations.suggestions import market as markets
from bot.operations.visits import booking as visits
from bot.operations.visits import briefs, ground_rules, plans
from bot.operations.visits import claiming as taking
from bot.operations.workarounds import changes as workarounds
from bot.operations.workarounds import fix_notices as fixes
from bot.views.calendars import FeedChange
from bot.views.contacts.form import ContactDraft
from bot.views.customers.contact_permissions import ClosingChoices
from bot.views.hypotheses.modals import Wish as Ended
from bot.views.staff.settings_form import JoinChoices
from bot.views.surveys.form import Handed, SurveyDraft
from bot.views.visits.plan_form import PlanChoices
from bot.views.workarounds.form import Wish
from tests.operations.operations_fixture import Office
from tests.times import T0, T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
ROOT = Path(__file__).parent.parent.parent
OTHER = "T0000099"
SCOPED = sorted(set(metadata.tables) - {"workspaces"})
# The clock's own questions, asked over all workspaces: what is due, and when something will be.
SYSTEM_QUERIES = frozenset(
    {
        ("bot/db/outbox/queries.py", "next_at"),
        ("bot/db/outbox/queries.py", "waiting"),
        ("bot/db/staff/pms.py", "next_at"),
        ("bot/db/stories.py", "next_at"),
        ("bot/db/workspaces.py", "halt"),
        ("bot/db/workspaces.py", "halted"),
        ("bot/db/workspaces.py", "ids"),
        ("bot/db/workspaces.py", "interval_days"),
        ("bot/db/workspaces.py", "name"),
        ("bot/db/workspaces.py", "is_halted"),
        ("bot/db/workspaces.py", "refreshed"),
        ("bot/db/workspaces.py", "set_interval"),
        ("bot/db/workspaces.py", "take_refresh"),
        ("bot/db/workspaces.py", "take_review"),
        # Whoever opens a link says nothing but its key, which nobody guesses.
        ("bot/db/surveys.py", "workspace_of"),
        # Rows that are handed in, and queries made of others that name the workspace.
        ("bot/db/bulk.py", "_in_postgresql"),
        ("bot/db/bulk.py", "_in_sqlite"),
        ("bot/db/bulk.py", "adding"),
        ("bot/db/suggestions/queries.py", "_happy_since"),
        ("bot/db/suggestions/queries.py", "candidates"),
        ("bot/db/surveys.py", "tally"),
    }
)
# The same, as the engine sees them.
SYSTEM_STATEMENTS = (
    "SELECT min(outbox.next_at)",
    "SELECT min(pms.next_at)",
    "SELECT min(teams.next_at)",
    "SELECT surveys.workspace_id FROM surveys WHERE",
)
VERBS = frozenset({"select", "update", "delete", "insert", "text"})


def bare_queries() -> set[tuple[str, str]]:
    """Functions that begin a query without the transaction's own verbs."""
    return {
        (path.relative_to(ROOT).as_posix(), function.name)
        for part in ("bot", "handlers", "scheduler")
        for path in (ROOT / part).rglob("*.py")
        if "migrations" not in path.parts and path != ROOT / "bot/db/engine.py"
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef) and _begins_bare(function)
    }


def _begins_bare(function: ast.FunctionDef) -> bool:
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return any(isinstance(each, ast.Name) and each.id in VERBS for each in calls)


def test_only_the_clocks_own_questions_are_asked_over_all_workspaces() -> None:
    assert bare_queries() == SYSTEM_QUERIES


class Watcher:
    """Notes every statement over a workspace's rows that does not name the workspace."""

    def __init__(self) -> None:
        self.crossing: list[str] = []
        self.seen: set[str] = set()

    def look(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        text = " ".join(statement.split())
        touched = {name for name in SCOPED if re.search(rf'\b"?{name}"?\b', text)}
        self.seen |= touched
        if touched and not self._bound(text) and not self._of_the_system(text):
            self.crossing.append(text)

    def _bound(self, text: str) -> bool:
        if text.startswith("INSERT"):
            return "workspace_id" in text.partition("VALUES")[0]
        return re.search(r"\.workspace_id = ", text.partition(" WHERE ")[2]) is not None

    def _of_the_system(self, text: str) -> bool:
        return any(known in text for known in SYSTEM_STATEMENTS)


@contextmanager
def watched(engine: Engine) -> Iterator[Watcher]:
    watcher = Watcher()
    event.listen(engine, "before_cursor_execute", watcher.look)
    yield watcher
    event.remove(engine, "before_cursor_execute", watcher.look)


class Life:
    """A fortnight of everything in one workspace, by somebody of one Slack id in each."""

    def __init__(self, office: Office, workspace_id: str, user_id: str, channel_id: str) -> None:
        self.services, self.clock = office.services, office.clock
        self.workspace_id, self.channel_id = workspace_id, channel_id
        roles = frozenset({Role.STAFF, Role.PM})
        zone, standing = "Europe/Berlin", Standing.MEMBER
        self.actor = Actor(workspace_id, user_id, "Ada", zone, standing, roles)

    def live(self) -> None:
        self.clock.at = T0
        pms.join(self.services, self.actor, JoinChoices(channel_id=self.channel_id), T0)
        staff.refresh(self.services, self.workspace_id, T0)
        self._load()
        self._reach()
        self._nudged(T(days=14))
        self._debrief(T(days=15))
        self._plan(T(days=16))
        self._believe(T(days=17))
        stories.post_digests(self.services, self.workspace_id, T(days=18, hours=2))
        self._deliver(T(days=18, hours=2))
        with self.services.reading(self.workspace_id) as tx:
            (cedar,) = customer_rows.named(tx, "Cedar")
        closed = ClosingChoices(cedar.id, Closed.OPTED_OUT, "They said so.")
        closings.keep(self.services, self.actor, closed, T(days=19))
        markets.save(self.services, self.actor, {Aspect.REGION: {"North": 100}})
        markets.facts(self.services, self.actor)
        home.facts(self.services, self.actor, T(days=19))
        coverage.facts(self.services, self.actor, T(days=19))
        self._survey(T(days=20))
        self._note(T(days=50))
        contacts.review_all(self.services, self.workspace_id, T(days=60))
        self._deliver(T(days=60))
        agenda.next_due(self.services)
        self._away(T(days=61))
        self._calendar(T(days=62))
        pms.leave(self.services, self.actor)

    def _survey(self, now: datetime) -> None:
        with self.services.reading(self.workspace_id) as tx:
            (birch,) = customer_rows.named(tx, "Birch")
        surveys.look(self.services, self.actor, birch.id)
        surveys.people(self.services, self.actor, birch.id, "mi")
        draft = SurveyDraft(birch.id, None, "Mio", Language.GERMAN)
        asked = [surveys.ask(self.services, self.actor, draft, now) for _ in range(2)]
        assert [each.again for each in asked if isinstance(each, Handed)] == [False, True]
        with self.services.reading(self.workspace_id) as tx:
            (mio,) = customer_rows.people_of(tx, birch.id)
            known = survey_rows.latest(tx, mio.id)
        assert known
        surveys.opened(self.services, known.key, now)
        surveys.answer(self.services, known.key, SurveyAnswer(9, "It is quick.", True), now)
        surveys.ask(self.services, self.actor, draft, now)
        briefs.brief(self.services, self.actor, "Birch", now)
        home.facts(self.services, self.actor, now)

    def _note(self, now: datetime) -> None:
        notes.offer(self.services, self.workspace_id, now)
        with self.services.transaction(self.workspace_id) as tx:
            known = note_rows.of(tx, self.actor.user_id, "2026-04")
            (birch,) = customer_rows.named(tx, "Birch")
            assert known is not None
            note_rows.name(tx, known, birch.id)
        notes.somebody_else(self.services, self.actor, known.id, birch.id, now)
        notes.sent(self.services, self.actor, known.id, now)
        notes.no_more(self.services, self.actor, known.id, now)
        notes.wanted(self.services, self.actor)
        notes.again(self.services, self.actor, now)
        self._deliver(now + timedelta(seconds=2))

    def _away(self, now: datetime) -> None:
        away.pause(self.services, self.actor, "2 weeks", now)
        away.resume(self.services, self.actor, now + timedelta(days=3))
        away.heard(self.services, self.workspace_id, self.actor.user_id, {}, now)
        letter = Letter("Ev1", "event", {"type": "app_home_opened"})
        desk = inbox.Inbox(self.services)
        desk.receive(Arrival(self.workspace_id, letter, self.actor.user_id, now))
        inbox.take_up(self.services, self.workspace_id, now + timedelta(hours=1))
        desk.settle(self.workspace_id, "Ev1", {}, now, 1)
        inbox.tidy(self.services, self.workspace_id, now)

    def _calendar(self, now: datetime) -> None:
        wanted = FeedChange("https://calendar.made-up.example/ada.ics", disconnect=False)
        calendars.change(self.services, self.actor, wanted, now)
        calendars.shown(self.services, self.actor)
        # Nobody is asked: the name is not known.
        alone = replace(self.services, ways=Ways(resolve=lambda *_: []))
        calendars.poll(alone, self.workspace_id, now)
        begins = now + timedelta(days=2)
        emails = frozenset({"jo@alder.example", "max@alder.example"})
        meeting = Meeting("1", "", begins, begins + timedelta(hours=1), emails)
        with self.services.transaction(self.workspace_id) as tx:
            pm = pms.enrolled(tx, self.actor)
            for met in ((meeting,), (replace(meeting, starts=begins - timedelta(hours=1)),), ()):
                meetings.keep(tx, pm, "ada@example.com", Reading(met), now, now)
            feeds.counts(tx)

    def _load(self) -> None:
        self._file("customers", "name,domain\nAlder,alder.example\nBirch,\n")
        self._file("people", "customer,name,email,has_cell\nAlder,Jo,jo@alder.example,yes\n")
        self._file("deals", "customer,outcome,closed_on\nBirch,won,2026-03-01\n")
        self._file("openings", "customer,kind,date\nBirch,trade_show,2026-03-01\n")
        self._file("betas", "beta,person_email,signed_up_at\nB,jo@alder.example,2026-03-01\n")
        header = "source,source_id,occurred_at,channel,person_email\n"
        rows = [f"m,{n},2026-03-01,mail,jo@alder.example" for n in range(6)]
        rows += [f"c,{n},2026-03-01,cell_call,jo@alder.example" for n in range(5)]
        self._file("contacts", header + "\n".join(rows))
        visit = "customer,pm_email,kind,date\nBirch,ada@example.com,phone,2026-01-20\n"
        self._file("visits", visit + "Alder,ada@example.com,phone,2026-01-21\n")

    def _file(self, kind: str, text: str) -> None:
        file = io.BytesIO(text.encode())
        report = imports.run(self.services, self.workspace_id, kind, file, T0)
        assert report.added
        assert not report.bad

    def _reach(self) -> None:
        day = T0.date()
        draft = ContactDraft(None, "Alder", None, "Jo", Way.MESSAGE, self.actor.user_id, day, "")
        contacts.record(self.services, self.actor, draft, "K1", T0, T0)
        contacts.review_all(self.services, self.workspace_id, T0)
        self._deliver(T0)
        customers.search(self.services, self.actor, "al")
        customers.search_people(self.services, self.actor, "jo")
        briefs.brief(self.services, self.actor, "Alder", T0)
        customers.guess(self.services, self.actor, "Alder")
        with self.services.reading(self.workspace_id) as tx:
            (flag,) = contacts.flags.standing(tx)
        contacts.acknowledge(self.services, self.actor, flag.id)

    def _nudged(self, now: datetime) -> None:
        nudges.remind(self.services, self.workspace_id, now)
        self._deliver(now)
        with self.services.reading(self.workspace_id) as tx:
            nudge = nudge_rows.latest(tx, self.actor.user_id)
        assert nudge is not None
        named = nudge.suggested[0]["customer"]
        assert taking.take(self.services, self.actor, nudge.id, named, now)
        nudges.pass_over(self.services, self.actor, nudge.id, named, Pass.NOT_NOW, now)
        why.facts(self.services, self.actor, now)
        questions.less_often(self.services, self.actor, nudge.id, 30, now)
        nudges.someone_else(self.services, self.actor, nudge.id, now)
        nudges.blocked(self.services, self.actor, nudge.id, Barrier.NO_TIME, now)
        nudges.snooze(self.services, self.actor, nudge.id, Snooze.TOMORROW, now)

    def _debrief(self, now: datetime) -> None:
        around = tuple(Workaround(each) for each in ("They print it", "They print it all"))
        day = now.date()
        draft = Draft(
            *(None, day, "They print it.", "Alder"),
            workarounds=around,
            pains=(Pain("No totals", None, "Exports"),),
            promises=(Promise("The roadmap", None, day),),
            answers=(Answer("Totals", "Not before summer."),),
            fellows=("U0000099",),
            new_hypothesis="They all print it",
            verdict=Verdict.SUPPORTS,
        )
        form = unfinished.begin(self.services, self.actor, Beginning("Alder They print it."), now)
        words = Unfinished(form.sheet.key, draft, now, now, form_id="V1")
        unfinished.keep(self.services, self.actor, words)
        unfinished.left(self.services, self.actor, form.sheet.key)
        kept = debriefs.record(self.services, self.actor, draft, Sheet("K2", "V2"), now)
        debriefs.themes(self.services, self.actor, "exp")
        self._promised(kept.debrief_id, now)
        self._write_anew(kept.debrief_id, draft, now)
        unfinished.throw_away(self.services, self.actor, form.sheet.key)
        unfinished.tidy(self.services, self.workspace_id, now)
        unfinished.keep(self.services, self.actor, replace(words, key="K9", form_id="V9"))
        self._fix(now)

    def _promised(self, debrief_id: int, now: datetime) -> None:
        with self.services.reading(self.workspace_id) as tx:
            (owed,) = promise_rows.of_debrief(tx, debrief_id)
        promises.put_off(self.services, self.actor, owed.id, owed.on, now)
        promises.keep(self.services, self.actor, owed.id, now)

    def _write_anew(self, debrief_id: int, draft: Draft, now: datetime) -> None:
        start = Beginning(debrief_id=debrief_id)
        sheet = replace(unfinished.begin(self.services, self.actor, start, now).sheet, window="V3")
        other = replace(draft, story="They print it twice.", new_customer="Birch")
        debriefs.record(self.services, self.actor, other, sheet, now)
        more = replace(draft, story="They print it once.", new_customer="Elm")
        gone = debriefs.record(self.services, self.actor, more, Sheet("K5", "V5"), now)
        debriefs.take_back(self.services, self.actor, gone.debrief_id, now, took_place=False)

    def _fix(self, now: datetime) -> None:
        """Two workarounds become one, are fixed, told, fixed after all, and taken apart."""
        with self.services.reading(self.workspace_id) as tx:
            newer, older = workaround_rows.latest(tx, 2, told=True)
        workarounds.page(self.services, self.actor, "print", now)
        workarounds.others(self.services, self.actor, newer.id, "")
        self._wish(newer.id, State.PLANNED, now, same_as=older.id)
        self._wish(newer.id, State.FIXED, now)
        self._deliver(now)
        with self.services.reading(self.workspace_id) as tx:
            (ask,) = ask_rows.live(tx, workaround_rows.wholes_of(tx, [newer.id])[0])
        fixes.told(self.services, self.actor, ask.id, "", now + timedelta(hours=1))
        self._wish(newer.id, State.PLANNED, now, apart=True)
        self._wish(older.id, State.FIXED, now)
        fixes.hand_over(self.services, self.workspace_id, now)
        with self.services.transaction(self.workspace_id) as tx:
            workarounds.rewritten(tx, [older.id], now)
            workarounds.gone(tx, [newer.id], now)
        self._deliver(now + timedelta(days=8))

    def _wish(self, id: int, state: State, now: datetime, **more: Any) -> None:
        known = workarounds.form(self.services, self.actor, id)
        if more.get("apart"):
            more["apart"] = frozenset(each.id for each in known.merged)
        wish = Wish(id, known.version, state, "4.2", **more)
        assert workarounds.change(self.services, self.actor, wish, now) is None

    def _believe(self, now: datetime) -> None:
        """Something is stated, looked at and settled; something else is planned to be tested."""
        services, actor = self.services, self.actor
        hypotheses.state(services, actor, "They print it twice.", "Two of three.", now)
        (mine, *_) = hypotheses.find(services, actor, "twice")
        hypotheses.look(services, actor, mine[0], now)
        hypotheses.change(services, actor, Ended(mine[0], "All.", Settled.REFUTED), now)
        hypotheses.page(services, actor, now)

    def _plan(self, now: datetime) -> None:
        day = T(days=25).date()
        plan = PlanChoices(None, "Cedar", VisitKind.PHONE, day, None, "", None)
        plan = replace(plan, new_hypothesis="They count by feel.")
        planned = visits.plan(self.services, self.actor, plan, "K3", now)
        assert isinstance(planned, visits.Booked)
        drafted, visit_id = frozenset({Rule.DRAFTED}), planned.visit.id
        ground_rules.keep(self.services, self.actor, visit_id, "Count.", drafted)
        ground_rules.facts(self.services, self.actor, visit_id)
        known = plans.planned(self.services, self.actor, visit_id)
        later = replace(known.choices, goal="See them count.")
        plans.change(self.services, self.actor, visit_id, known.version, later, now)
        plans.sales_owner(self.services, self.actor, known.visit.customer_id)

    def _deliver(self, now: datetime) -> None:
        self.clock.at = now
        delivery.deliver(self.services, now)


def dump(engine: Engine, workspace_id: str) -> dict[str, list[Any]]:
    """Every row of a workspace, by table."""
    with engine.connect() as connection:
        return {
            name: sorted(
                map(
                    repr,
                    connection.execute(
                        select(table).where(table.c.workspace_id == workspace_id)
                    ).all(),
                )
            )
            for name, table in metadata.tables.items()
            if name in SCOPED
        }


def two_lives(office: Office) -> tuple[Life, Life]:
    """The same person and channel, by their Slack ids, in two workspaces of one database."""
    with office.services.transaction(OTHER) as tx:
        workspaces.keep(tx, "Other", office.slack.bot_user_id, T0)
    ada = office.slack.user("Ada", tz="Europe/Berlin")
    channel = office.slack.channel("stories", members=[ada])
    own = Life(office, office.workspace_id, ada.id, channel.id)
    return own, Life(office, OTHER, ada.id, channel.id)


def expect_everything(office: Office) -> None:
    for post in office.slack.workspace.posts:
        post.expected = True


@EVERY_DATABASE
def test_a_fortnight_in_one_workspace_leaves_no_trace_in_another(office: Office) -> None:
    own, other = two_lives(office)
    other.live()
    engine = office.services.engine
    before = dump(engine, OTHER)
    own.live()
    assert dump(engine, OTHER) == before
    # What was compared holds something of every kind but the PM, who has left, and their calendar.
    assert {name for name, rows in before.items() if not rows} == {"feeds", "pms"}
    expect_everything(office)


@EVERY_DATABASE
def test_every_statement_of_a_fortnight_names_the_workspace(office: Office) -> None:
    own, _ = two_lives(office)
    with watched(office.services.engine) as watcher:
        own.live()
    assert watcher.crossing == []
    assert watcher.seen == set(SCOPED)
    expect_everything(office)


def test_a_statement_that_forgets_the_workspace_is_noticed(office: Office) -> None:
    with watched(office.services.engine) as watcher, office.services.reading("") as tx:
        tx.run(select(metadata.tables["flags"]))
    assert len(watcher.crossing) == 1
