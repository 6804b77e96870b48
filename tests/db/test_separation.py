"""No query crosses from one workspace to another: checked by source, by statement and by effect."""

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

from bot.db import customers as customer_queries
from bot.db import notes as note_queries
from bot.db import surveys as survey_queries
from bot.db import workspaces
from bot.db.calendars import feeds
from bot.db.debriefs import promises as promise_queries
from bot.db.inbox import InboxPayload
from bot.db.nudges import queries as nudge_queries
from bot.db.tables.columns import metadata
from bot.db.workarounds import notices
from bot.db.workarounds import queries as workaround_queries
from bot.domain.calendars import FeedChange, FeedContents, Meeting
from bot.domain.contacts.events import ContactDraft
from bot.domain.contacts.traits import Channel as Way
from bot.domain.customers import ContactPermissionChoices
from bot.domain.debriefs.rules import Draft, FormSession, ReportedWorkaround, SavedDraft
from bot.domain.debriefs.sections import Answer, HypothesisVerdict, Pain, Promise
from bot.domain.hypotheses import HypothesisChanges as Ended
from bot.domain.hypotheses import HypothesisOutcome
from bot.domain.nudges.barriers import Barrier
from bot.domain.nudges.rules import Snooze
from bot.domain.staff.access import Actor, Membership, Role
from bot.domain.staff.pms import JoinChoices
from bot.domain.suggestions.coverage import Dimension
from bot.domain.suggestions.dismissals import DismissalReason
from bot.domain.surveys.rules import Language, SurveyDraft, SurveyLink
from bot.domain.surveys.rules import SurveyAnswer as SurveyAnswer
from bot.domain.visits.caps import NoContactReason
from bot.domain.visits.ground_rules import GroundRule as Rule
from bot.domain.visits.plans import PlanChoices
from bot.domain.visits.rules import VisitKind
from bot.domain.workarounds import WorkaroundChanges, WorkaroundState
from bot.intake.calendars.fetching import Network
from bot.operations import hypotheses
from bot.operations.calendars import feeds as calendars
from bot.operations.calendars import meetings
from bot.operations.contacts import flags as contacts
from bot.operations.customers import contact_permissions
from bot.operations.customers import search as customers
from bot.operations.debriefs import promises, saved_drafts
from bot.operations.debriefs import recording as debriefs
from bot.operations.debriefs.saved_drafts import DebriefStart
from bot.operations.home import overview as home
from bot.operations.home import upcoming
from bot.operations.imports import files as imports
from bot.operations.inbox import requests as inbox
from bot.operations.inbox.requests import ReceivedPayload
from bot.operations.notes import offers as notes
from bot.operations.nudges import away, question, why
from bot.operations.nudges import scheduling as nudges
from bot.operations.outbox import delivery
from bot.operations.staff import directory as staff
from bot.operations.staff import pms
from bot.operations.stories import digests as stories
from bot.operations.suggestions import coverage, market
from bot.operations.surveys import links as surveys
from bot.operations.visits import booking as visits
from bot.operations.visits import briefs, claiming, ground_rules, plans
from bot.operations.workarounds import changes as workarounds
from bot.operations.workarounds import fix_notices
from tests.operations.operations_fixture import BotWorkspace
from tests.times import T0, T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
ROOT = Path(__file__).parent.parent.parent
OTHER = "T0000099"
SCOPED = sorted(set(metadata.tables) - {"workspaces"})
# The clock's own queries over all workspaces: what is due, and when the next thing will be.
SYSTEM_QUERIES = frozenset(
    {
        ("bot/db/outbox/queries.py", "get_earliest_try"),
        ("bot/db/outbox/queries.py", "list_workspaces_with_due"),
        ("bot/db/staff/pms.py", "get_earliest_check"),
        ("bot/db/stories.py", "get_earliest_digest"),
        ("bot/db/workspaces.py", "halt"),
        ("bot/db/workspaces.py", "list_halted"),
        ("bot/db/workspaces.py", "list_ids"),
        ("bot/db/workspaces.py", "get_interval_days"),
        ("bot/db/workspaces.py", "get_name"),
        ("bot/db/workspaces.py", "get_clock_history"),
        ("bot/db/workspaces.py", "correct_clock"),
        ("bot/db/workspaces.py", "mark_jobs_run"),
        ("bot/db/workspaces.py", "is_halted"),
        ("bot/db/workspaces.py", "save_refresh"),
        ("bot/db/workspaces.py", "set_interval"),
        ("bot/db/workspaces.py", "claim_refresh"),
        ("bot/db/workspaces.py", "claim_review"),
        ("bot/db/workspaces.py", "set_next_review"),
        # It numbers rows of a query that names the workspace.
        ("bot/db/contacts/queries.py", "list_sign_ups"),
        ("bot/db/outbox/queries.py", "_assumed_attempt"),
        ("bot/db/outbox/restores.py", "get"),
        ("bot/db/outbox/restores.py", "mark"),
        # A backup is of all workspaces.
        ("bot/db/outbox/restores.py", "find_newest_instant"),
        # A person who opens a link sends only its key, which can't be guessed.
        ("bot/db/surveys.py", "find_workspace"),
        # Rows that are passed in, and queries built from others that name the workspace.
        ("bot/db/rows.py", "_postgresql_table"),
        ("bot/db/rows.py", "_sqlite_table"),
        ("bot/db/rows.py", "insert_new"),
        ("bot/db/suggestions/queries.py", "_last_happy_on"),
        ("bot/db/suggestions/queries.py", "list_candidates"),
        ("bot/db/surveys.py", "get_score_tally"),
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
    """Return the functions that begin a query without the methods of the transaction."""
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
    """Records every statement over a workspace's rows that doesn't name the workspace."""

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


class WorkspaceHistory:
    """A fortnight of everything in one workspace, by a user whose Slack id is the same in each."""

    def __init__(
        self, workspace: BotWorkspace, workspace_id: str, user_id: str, channel_id: str
    ) -> None:
        self.services, self.clock = workspace.services, workspace.clock
        self.workspace_id, self.channel_id = workspace_id, channel_id
        roles = frozenset({Role.STAFF, Role.PM})
        zone, membership = "Europe/Berlin", Membership.MEMBER
        self.actor = Actor(workspace_id, user_id, "Ada", zone, membership, roles)

    def live(self) -> None:
        self.clock.at = T0
        pms.join(self.services, self.actor, JoinChoices(channel_id=self.channel_id), T0)
        staff.refresh_all(self.services, self.workspace_id, T0)
        with self.services.transaction(self.workspace_id) as tx:
            # There is one Slack, to which all of them are strangers in the other workspace.
            members = tx.update(metadata.tables["staff"])
            tx.run(members.values(membership=Membership.MEMBER))
        self._load()
        self._reach()
        self._nudged(T(days=14))
        self._debrief(T(days=15))
        self._plan(T(days=16))
        self._believe(T(days=17))
        stories.enqueue_digests(self.services, self.workspace_id, T(days=18, hours=2))
        self._deliver(T(days=18, hours=2))
        with self.services.reading(self.workspace_id) as tx:
            (cedar,) = customer_queries.list_by_name(tx, "Cedar")
        closed = ContactPermissionChoices(cedar.id, NoContactReason.OPTED_OUT, "They said so.")
        contact_permissions.save(self.services, self.actor, closed, T(days=19))
        market.save(self.services, self.actor, {Dimension.REGION: {"North": 100}})
        market.get_facts(self.services, self.actor)
        home.get_facts(self.services, self.actor, T(days=19))
        coverage.get_facts(self.services, self.actor, T(days=19))
        self._survey(T(days=20))
        self._note(T(days=50))
        contacts.review_all(self.services, self.workspace_id, T(days=60))
        self._deliver(T(days=60))
        upcoming.next_due(self.services)
        self._away(T(days=61))
        self._calendar(T(days=62))
        pms.leave(self.services, self.actor)

    def _survey(self, now: datetime) -> None:
        with self.services.reading(self.workspace_id) as tx:
            (birch,) = customer_queries.list_by_name(tx, "Birch")
        surveys.get_customer(self.services, self.actor, birch.id)
        surveys.search_people(self.services, self.actor, birch.id, "mi")
        draft = SurveyDraft(birch.id, None, "Mio", Language.GERMAN)
        asked = [surveys.create_link(self.services, self.actor, draft, now) for _ in range(2)]
        assert [each.repeated for each in asked if isinstance(each, SurveyLink)] == [False, True]
        with self.services.reading(self.workspace_id) as tx:
            (mio,) = customer_queries.list_people(tx, birch.id)
            known = survey_queries.get_latest(tx, mio.id)
        assert known
        surveys.open_link(self.services, known.key, now)
        surveys.save_answer(self.services, known.key, SurveyAnswer(9, "It is quick.", True), now)
        surveys.create_link(self.services, self.actor, draft, now)
        briefs.find_brief(self.services, self.actor, "Birch", now)
        home.get_facts(self.services, self.actor, now)

    def _note(self, now: datetime) -> None:
        notes.offer(self.services, self.workspace_id, now)
        with self.services.transaction(self.workspace_id) as tx:
            known = note_queries.get_by_month(tx, self.actor.user_id, "2026-04")
            (birch,) = customer_queries.list_by_name(tx, "Birch")
            assert known is not None
            note_queries.set_recipient(tx, known, birch.id)
        notes.choose_another_customer(self.services, self.actor, known.id, birch.id, now)
        notes.mark_sent(self.services, self.actor, known.id, now)
        notes.stop(self.services, self.actor, known.id, now)
        notes.is_enabled(self.services, self.actor)
        notes.enable(self.services, self.actor, now)
        self._deliver(now + timedelta(seconds=2))

    def _away(self, now: datetime) -> None:
        away.pause(self.services, self.actor, "2 weeks", now)
        away.resume(self.services, self.actor, now + timedelta(days=3))
        away.save_dnd_status(self.services, self.workspace_id, self.actor.user_id, {}, now)
        payload = InboxPayload("Ev1", "event", {"type": "app_home_opened"})
        desk = inbox.Inbox(self.services)
        desk.receive(ReceivedPayload(self.workspace_id, payload, self.actor.user_id, now))
        inbox.claim_unfinished(self.services, self.workspace_id, now + timedelta(hours=1))
        desk.complete(self.workspace_id, "Ev1", {}, now, 1)
        inbox.clean_up(self.services, self.workspace_id, now)

    def _calendar(self, now: datetime) -> None:
        wanted = FeedChange("https://calendar.made-up.example/ada.ics", disconnect=False)
        calendars.change(self.services, self.actor, wanted, now)
        calendars.get_connected_feed(self.services, self.actor)
        # No server is asked: the name doesn't resolve.
        alone = replace(self.services, network=Network(resolve=lambda *_: []))
        calendars.poll(alone, self.workspace_id, now)
        begins = now + timedelta(days=2)
        emails = frozenset({"jo@alder.example", "max@alder.example"})
        meeting = Meeting("1", "", begins, begins + timedelta(hours=1), emails)
        with self.services.transaction(self.workspace_id) as tx:
            pm = pms.get_enrolled(tx, self.actor)
            for met in ((meeting,), (replace(meeting, starts=begins - timedelta(hours=1)),), ()):
                found = meetings.find_changes(
                    tx, pm, "ada@example.com", FeedContents(met), now, now
                )
                meetings.save_changes(tx, pm, found, now)
            feeds.count_by_fault(tx)

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
        briefs.find_brief(self.services, self.actor, "Alder", T0)
        customers.guess_customer(self.services, self.actor, "Alder")
        with self.services.reading(self.workspace_id) as tx:
            (flag,) = contacts.flags.list_active(tx)
        contacts.acknowledge(self.services, self.actor, flag.id)

    def _nudged(self, now: datetime) -> None:
        nudges.enqueue_due(self.services, self.workspace_id, now)
        self._deliver(now)
        with self.services.reading(self.workspace_id) as tx:
            nudge = nudge_queries.get_latest(tx, self.actor.user_id)
        assert nudge is not None
        named = nudge.suggested[0].customer_id
        assert claiming.claim(self.services, self.actor, nudge.id, named, now)
        nudges.dismiss(self.services, self.actor, nudge.id, named, DismissalReason.NOT_NOW, now)
        why.get_facts(self.services, self.actor, now)
        question.less_often(self.services, self.actor, nudge.id, 30, now)
        nudges.suggest_others(self.services, self.actor, nudge.id, now)
        nudges.record_barrier(self.services, self.actor, nudge.id, Barrier.NO_TIME, now)
        nudges.snooze(self.services, self.actor, nudge.id, Snooze.TOMORROW, now)

    def _debrief(self, now: datetime) -> None:
        around = tuple(ReportedWorkaround(each) for each in ("They print it", "They print it all"))
        day = now.date()
        draft = Draft(
            *(None, day, "They print it.", "Alder"),
            workarounds=around,
            pains=(Pain("No totals", None, "Exports"),),
            promises=(Promise("The roadmap", None, day),),
            answers=(Answer("Totals", "Not before summer."),),
            companions=("U0000099",),
            new_hypothesis="They all print it",
            verdict=HypothesisVerdict.SUPPORTS,
        )
        form = saved_drafts.begin(
            self.services, self.actor, DebriefStart("Alder They print it."), now
        )
        words = SavedDraft(form.session.key, draft, now, now, form_id="V1")
        saved_drafts.save(self.services, self.actor, words)
        saved_drafts.get(self.services, self.actor, form.session.key)
        kept = debriefs.record(self.services, self.actor, draft, FormSession("K2", "V2"), now)
        debriefs.search_themes(self.services, self.actor, "exp")
        self._promised(kept.debrief_id, now)
        self._write_anew(kept.debrief_id, draft, now)
        saved_drafts.remove(self.services, self.actor, form.session.key)
        saved_drafts.clean_up(self.services, self.workspace_id, now)
        saved_drafts.save(self.services, self.actor, replace(words, key="K9", form_id="V9"))
        self._fix(now)

    def _promised(self, debrief_id: int, now: datetime) -> None:
        with self.services.reading(self.workspace_id) as tx:
            (owed,) = promise_queries.list_open_by_debrief(tx, debrief_id)
        promises.postpone(self.services, self.actor, owed.id, owed.on, now)
        promises.mark_kept(self.services, self.actor, owed.id, now)

    def _write_anew(self, debrief_id: int, draft: Draft, now: datetime) -> None:
        start = DebriefStart(debrief_id=debrief_id)
        session = replace(
            saved_drafts.begin(self.services, self.actor, start, now).session, form_id="V3"
        )
        other = replace(draft, story="They print it twice.", new_customer="Birch")
        debriefs.record(self.services, self.actor, other, session, now)
        more = replace(draft, story="They print it once.", new_customer="Elm")
        gone = debriefs.record(self.services, self.actor, more, FormSession("K5", "V5"), now)
        debriefs.withdraw(self.services, self.actor, gone.debrief_id, now, took_place=False)

    def _fix(self, now: datetime) -> None:
        """Merge two workarounds, fix them, tell the customer, fix them again, and separate them."""
        with self.services.reading(self.workspace_id) as tx:
            newer, older = workaround_queries.list_latest(tx, 2, include_told=True)
        workarounds.get_list(self.services, self.actor, "print", now)
        workarounds.find_similar(self.services, self.actor, newer.id, "")
        self._wish(newer.id, WorkaroundState.PLANNED, now, same_as=older.id)
        self._wish(newer.id, WorkaroundState.FIXED, now)
        self._deliver(now)
        with self.services.reading(self.workspace_id) as tx:
            (ask,) = notices.list_active(
                tx, workaround_queries.list_workaround_ids(tx, [newer.id])[0]
            )
        fix_notices.mark_told(self.services, self.actor, ask.id, "", now + timedelta(hours=1))
        self._wish(newer.id, WorkaroundState.PLANNED, now, split_off=True)
        self._wish(older.id, WorkaroundState.FIXED, now)
        fix_notices.hand_over(self.services, self.workspace_id, now)
        with self.services.transaction(self.workspace_id) as tx:
            workarounds.reconcile_sightings(tx, [older.id], now)
            workarounds.detach_sightings(tx, [newer.id], now)
        self._deliver(now + timedelta(days=8))

    def _wish(self, id: int, state: WorkaroundState, now: datetime, **more: Any) -> None:
        known = workarounds.get_form(self.services, self.actor, id)
        if more.get("split_off"):
            more["split_off"] = frozenset(each.id for each in known.merged)
        wish = WorkaroundChanges(id, known.version, state, "4.2", **more)
        assert workarounds.change(self.services, self.actor, wish, now) is None

    def _believe(self, now: datetime) -> None:
        """Add a hypothesis, look at it and close it; plan a visit that is to test another."""
        services, actor = self.services, self.actor
        hypotheses.add(services, actor, "They print it twice.", "Two of three.", now)
        (mine, *_) = hypotheses.search(services, actor, "twice")
        hypotheses.get_details(services, actor, mine[0], now)
        hypotheses.change(services, actor, Ended(mine[0], "All.", HypothesisOutcome.REFUTED), now)
        hypotheses.get_list(services, actor, now)

    def _plan(self, now: datetime) -> None:
        day = T(days=25).date()
        plan = PlanChoices(None, "Cedar", VisitKind.PHONE, day, None, "", None)
        plan = replace(plan, new_hypothesis="They count by feel.")
        planned = visits.book(self.services, self.actor, plan, "K3", now)
        assert isinstance(planned, visits.BookedVisit)
        drafted, visit_id = frozenset({Rule.DRAFTED}), planned.visit.id
        ground_rules.save(self.services, self.actor, visit_id, "Count.", drafted)
        ground_rules.get_facts(self.services, self.actor, visit_id)
        known = plans.get_planned(self.services, self.actor, visit_id)
        later = replace(known.choices, goal="See them count.")
        plans.change(self.services, self.actor, visit_id, known.version, later, now)
        plans.get_last_sales_owner(self.services, self.actor, known.visit.customer_id)

    def _deliver(self, now: datetime) -> None:
        self.clock.at = now
        delivery.deliver(self.services, now)


def dump(engine: Engine, workspace_id: str) -> dict[str, list[Any]]:
    """Return every row of a workspace, by table."""
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


def two_workspaces(workspace: BotWorkspace) -> tuple[WorkspaceHistory, WorkspaceHistory]:
    """Return the same person and channel, by their Slack ids, in two workspaces of one database."""
    with workspace.services.transaction(OTHER) as tx:
        workspaces.save(tx, "Other", workspace.slack.bot_user_id, T0)
    ada = workspace.slack.add_user("Ada", tz="Europe/Berlin")
    channel = workspace.slack.add_channel("stories", members=[ada])
    workspace.services.reachable.add(OTHER)
    own = WorkspaceHistory(workspace, workspace.workspace_id, ada.id, channel.id)
    return own, WorkspaceHistory(workspace, OTHER, ada.id, channel.id)


def expect_everything(workspace: BotWorkspace) -> None:
    for post in workspace.slack.workspace.posts:
        post.expected = True


@EVERY_DATABASE
def test_a_fortnight_in_one_workspace_leaves_no_trace_in_another(workspace: BotWorkspace) -> None:
    own, other = two_workspaces(workspace)
    other.live()
    engine = workspace.services.engine
    before = dump(engine, OTHER)
    own.live()
    assert dump(engine, OTHER) == before
    # What was compared holds rows of every kind but the PM, who has left, and their calendar.
    assert {name for name, rows in before.items() if not rows} == {"feeds", "pms"}
    expect_everything(workspace)


@EVERY_DATABASE
def test_every_statement_of_a_fortnight_names_the_workspace(workspace: BotWorkspace) -> None:
    own, _ = two_workspaces(workspace)
    with watched(workspace.services.engine) as watcher:
        own.live()
    assert watcher.crossing == []
    assert watcher.seen == set(SCOPED)
    expect_everything(workspace)


def test_a_statement_that_forgets_the_workspace_is_noticed(workspace: BotWorkspace) -> None:
    with watched(workspace.services.engine) as watcher, workspace.services.reading("") as tx:
        tx.run(select(metadata.tables["flags"]))
    assert len(watcher.crossing) == 1
