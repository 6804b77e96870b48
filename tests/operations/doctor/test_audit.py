"""The audit: what was due and wasn't enqueued is found within a minute, and put back."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete, event, func, insert, select, update

from bot.db import surveys as survey_queries
from bot.db import workspaces
from bot.db.outbox import rates
from bot.db.outbox.queries import MessageKind
from bot.db.tables.inbox import inbox
from bot.db.tables.outbox import outbox
from bot.db.tables.staff import pms
from bot.db.tables.stories import teams
from bot.domain.contacts.traits import Channel as Way
from bot.domain.debriefs.rules import ReportedWorkaround
from bot.domain.debriefs.sections import Promise
from bot.domain.outbox.outcomes import Outcome
from bot.domain.surveys.rules import Language, SurveyAnswer, SurveyDraft
from bot.domain.visits.plans import PlanChoices
from bot.domain.visits.rules import VisitKind
from bot.domain.workarounds import WorkaroundChanges, WorkaroundState
from bot.operations.doctor import audit, checks
from bot.operations.doctor.audit import GRACE, INBOX_GRACE, OverdueKind
from bot.operations.messages import MESSAGE_TYPES
from bot.operations.notes import offers as notes
from bot.operations.nudges import scheduling as nudges
from bot.operations.stories import digests as stories
from bot.operations.surveys import links as surveys
from bot.operations.visits import booking as visits
from bot.operations.workarounds import changes as workarounds
from sandbox.person import Person
from sandbox.server import Sandbox
from sandbox.workspace.state import Channel
from tests.conftest import MANIFEST, ManualClock
from tests.operations.operations_fixture import BotWorkspace, open_workspace
from tests.times import T0, T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
# When the first nudge of a PM in London is queued, and the first digest of a team in Berlin.
DUE = T(days=14)
FRIDAY = T(days=4, hours=1)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
POST = "chat.postMessage"


def found(outcomes: list[Outcome]) -> list[tuple[str, str, str]]:
    return [(each.kind, each.status, each.reason) for each in outcomes]


def audit_at(workspace: BotWorkspace, at: datetime) -> list[tuple[str, str, str]]:
    workspace.clock.at = at
    return found(list(audit.audit(workspace.services, at)))


def change(workspace: BotWorkspace, statement: Any) -> None:
    with workspace.services.engine.begin() as connection:
        connection.execute(statement)


def count_outbox(workspace: BotWorkspace) -> int:
    with workspace.services.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(outbox)).scalar_one()


def nudge(workspace: BotWorkspace) -> Person:
    """Enqueue a nudge; return its PM."""
    ada = workspace.add_pm("Ada", tz="Europe/London")
    workspace.clock.at = DUE
    nudges.enqueue_due(workspace.services, workspace.workspace_id, DUE)
    return ada


def digest(workspace: BotWorkspace) -> Channel:
    """Enqueue a digest; return its channel."""
    channel = workspace.slack.add_channel("stories")
    ada = workspace.add_pm("Ada", channel_id=channel.id, interval_days=90)
    workspace.record_debrief(
        ada, "Brightwater Mill", "They print every order and type it in again."
    )
    workspace.clock.at = FRIDAY
    stories.enqueue_digests(workspace.services, workspace.workspace_id, FRIDAY)
    return channel


def flag(workspace: BotWorkspace) -> Person:
    """Make a flag due; return its PM."""
    ada = workspace.add_pm("Ada", interval_days=90)
    customer_id = workspace.add_customer("Brightwater Mill", owner=ada)
    mara = workspace.add_person(customer_id, "Mara Lind", has_cell=True)
    for way in (Way.MAIL, Way.CELL_CALL):
        workspace.record_contacts(mara, way, [T(hours=-hours) for hours in range(1, 7)])
    return ada


def brief(workspace: BotWorkspace) -> Person:
    """Book a visit for tomorrow, whose brief is due; return the PM."""
    ada = workspace.add_pm("Ada", interval_days=90)
    on = T(days=2).date()
    plan = PlanChoices(None, "Brightwater Mill", VisitKind.PHONE, on, None, "", None)
    assert visits.book(workspace.services, workspace.actor(ada), plan, workspace.next_key(), T0)
    workspace.clock.at = T(days=1)
    return ada


def prompt(workspace: BotWorkspace) -> Person:
    """Book a visit for yesterday, whose prompt is due; return the PM."""
    ada = workspace.add_pm("Ada", interval_days=90)
    plan = PlanChoices(None, "Brightwater Mill", VisitKind.PHONE, T0.date(), None, "", None)
    assert visits.book(workspace.services, workspace.actor(ada), plan, workspace.next_key(), T0)
    workspace.clock.at = T(days=1)
    return ada


def note(workspace: BotWorkspace) -> Person:
    """Enqueue a note; return its PM."""
    ada = workspace.add_pm("Ada", tz="Europe/London", interval_days=90)
    workspace.add_held_visit(ada, workspace.add_customer("Brightwater Mill"), T0.date())
    workspace.clock.at = T(days=42)
    notes.offer(workspace.services, workspace.workspace_id, T(days=42))
    return ada


def survey_answered(workspace: BotWorkspace) -> Person:
    """Make an answered survey due; return the PM who sent it."""
    ada = workspace.add_pm("Ada", tz="Europe/London", interval_days=90)
    mill = workspace.add_customer("Brightwater Mill")
    draft = SurveyDraft(mill, workspace.add_person(mill, "Mara Lind"), "", Language.ENGLISH)
    surveys.create_link(workspace.services, workspace.actor(ada), draft, T0)
    with workspace.services.reading(workspace.workspace_id) as tx:
        known = survey_queries.get(tx, 1)
    assert known
    surveys.save_answer(workspace.services, known.key, SurveyAnswer(9, "", may_call=False), T0)
    return ada


def fix(workspace: BotWorkspace) -> Person:
    """Enqueue a fix notice; return the PM who is asked to tell the customer."""
    ada = workspace.add_pm("Ada", tz="Europe/London", interval_days=90)
    around = (ReportedWorkaround("They print every order."),)
    workspace.record_debrief(ada, "Brightwater Mill", "They print it.", workarounds=around)
    wish = WorkaroundChanges(1, "", WorkaroundState.FIXED, "4.2")
    assert workarounds.change(workspace.services, workspace.actor(ada), wish, T0) is None
    return ada


def reminder(workspace: BotWorkspace) -> Person:
    """Make a reminder due a week after a fix notice; return the PM."""
    ada = fix(workspace)
    workspace.deliver_at(T0)
    workspace.slack.expect_message(to=ada)
    workspace.clock.at = T(days=7)
    return ada


Seeded = Callable[[BotWorkspace], Person | Channel]


def promise(workspace: BotWorkspace) -> Person:
    """Make a promise's reminder due; return its owner."""
    ada = workspace.add_pm("Ada", tz="Europe/London", interval_days=90)
    owed = Promise("Send the roadmap", None, T(days=3).date())
    workspace.record_debrief(ada, "Brightwater Mill", "They print it.", promises=(owed,))
    workspace.clock.at = T(days=3)
    return ada


SEEDS: Mapping[MessageKind, Seeded] = {
    MessageKind.NUDGE: nudge,
    MessageKind.DIGEST: digest,
    MessageKind.FLAG: flag,
    MessageKind.BRIEF: brief,
    MessageKind.DEBRIEF_PROMPT: prompt,
    MessageKind.NOTE: note,
    MessageKind.SURVEY_ANSWERED: survey_answered,
    MessageKind.FIX_NOTICE: fix,
    MessageKind.FIX_REMINDER: reminder,
    MessageKind.PROMISE_REMINDER: promise,
}
AUDITED = {kind: each.audit for kind, each in MESSAGE_TYPES.items() if each.audit}


@pytest.mark.parametrize("kind", AUDITED)
def test_doctor_names_a_lost_message_with_its_remedy(
    workspace: BotWorkspace, kind: MessageKind
) -> None:
    SEEDS[kind](workspace)
    change(workspace, delete(outbox).where(outbox.c.kind == kind))
    at = workspace.clock.at + MINUTE
    found = {each.details: each for each in checks.run_checks(workspace.services, MANIFEST, at)}
    told = found[f"1 x {AUDITED[kind].finding}"]
    assert (told.subject, told.ok, told.remedy) == ("audit", False, AUDITED[kind].remedy)


@EVERY_DATABASE
@pytest.mark.parametrize(
    ("kind", "seed"),
    [(kind, seed) for kind, seed in SEEDS.items() if kind is not MessageKind.FIX_REMINDER],
)
def test_a_message_that_was_never_left_is_put_back_once_and_arrives(
    workspace: BotWorkspace, kind: str, seed: Seeded
) -> None:
    place = seed(workspace)
    change(workspace, delete(outbox))
    at = workspace.clock.at + MINUTE
    assert audit_at(workspace, at) == [(kind, "queued", "put_back")]
    assert audit_at(workspace, at + MINUTE) == []
    workspace.deliver_at(at + 2 * MINUTE)
    workspace.slack.expect_message(to=place)
    assert audit_at(workspace, at + 3 * MINUTE) == []
    # When a prompt is posted, the next one is enqueued.
    assert count_outbox(workspace) == (2 if kind == "prompt" else 1)


@EVERY_DATABASE
def test_a_reminder_that_was_never_left_is_put_back_once_and_arrives(
    workspace: BotWorkspace,
) -> None:
    ada = reminder(workspace)
    change(workspace, delete(outbox).where(outbox.c.kind == "fixed_late"))
    assert audit_at(workspace, T(days=7, minutes=1)) == [("fixed_late", "queued", "put_back")]
    workspace.deliver_at(T(days=7, minutes=2))
    workspace.slack.expect_message(to=ada, containing="not know yet")
    assert audit_at(workspace, T(days=7, minutes=3)) == []


@EVERY_DATABASE
@pytest.mark.parametrize(
    "seed", [nudge, digest, flag, brief, prompt, note, survey_answered, fix, promise]
)
def test_what_was_left_is_not_missed_whatever_became_of_it(
    workspace: BotWorkspace, seed: Seeded
) -> None:
    seed(workspace)
    for state in ("pending", "sending", "sent", "dropped", "dead"):
        later = workspace.clock.at + MINUTE
        change(workspace, update(outbox).values(state=state, next_at=later, lease_until=later))
        assert audit_at(workspace, workspace.clock.at) == []


def test_a_missing_message_is_raised_as_one_line(
    workspace: BotWorkspace, caplog: pytest.LogCaptureFixture
) -> None:
    ada = nudge(workspace)
    change(workspace, delete(outbox))
    audit_at(workspace, DUE)
    (line,) = [each.msg for each in caplog.records if each.levelname == "ERROR"]
    known = ("event", "finding", "workspace", "subject", "period")
    assert [line[each] for each in known] == [
        "audit_missing",
        "nudge_missing",
        workspace.workspace_id,
        ada.id,
        DUE.date().isoformat(),
    ]


def test_two_copies_put_the_same_message_back_once(workspace: BotWorkspace) -> None:
    ada = nudge(workspace)
    change(workspace, delete(outbox))
    (first,) = audit.inspect(workspace.services, DUE)
    (second,) = audit.inspect(workspace.services, DUE)
    assert first.missing == second.missing
    both = [audit.audit(workspace.services, DUE) for _ in (first, second)]
    assert [len(each) for each in both] == [1, 0]
    workspace.deliver_at(DUE)
    workspace.slack.expect_message(to=ada)


def test_a_nudge_of_more_than_three_days_ago_is_not_raked_up(workspace: BotWorkspace) -> None:
    nudge(workspace)
    change(workspace, delete(outbox))
    change(workspace, update(pms).values(next_at=T(days=30)))
    assert audit_at(workspace, DUE + timedelta(days=3, hours=1)) == []


def late_pm(workspace: BotWorkspace) -> datetime:
    workspace.add_pm("Ada", tz="Europe/London")
    change(workspace, update(pms).values(next_at=T0))
    return T0 + GRACE


def late_note(workspace: BotWorkspace) -> datetime:
    workspace.add_pm("Ada", tz="Europe/London")
    change(workspace, update(pms).values(note_at=T0))
    return T0 + GRACE


def late_team(workspace: BotWorkspace) -> datetime:
    workspace.add_pm("Ada", channel_id=workspace.slack.add_channel("stories").id)
    change(workspace, update(teams).values(next_at=T0))
    return T0 + GRACE


def late_message(workspace: BotWorkspace) -> datetime:
    nudge(workspace)
    return DUE + GRACE


def late_lease(workspace: BotWorkspace) -> datetime:
    nudge(workspace)
    change(workspace, update(outbox).values(state="sending", lease_until=DUE))
    return DUE + GRACE


def late_event(workspace: BotWorkspace) -> datetime:
    row = {
        "workspace_id": workspace.workspace_id,
        "key": "event:Ev1",
        "kind": "event",
        "received_at": T0,
        "payload": {"type": "event_callback"},
        "attempts": 1,
        "next_at": T0,
    }
    change(workspace, insert(inbox).values(row))
    return T0 + INBOX_GRACE


LATE = [
    (OverdueKind.PM_LATE, late_pm),
    (OverdueKind.TEAM_LATE, late_team),
    (OverdueKind.NOTE_LATE, late_note),
    (OverdueKind.MESSAGE_LATE, late_message),
    (OverdueKind.LEASE_LATE, late_lease),
    (OverdueKind.EVENT_LATE, late_event),
]


@EVERY_DATABASE
@pytest.mark.parametrize(("sort", "seed"), LATE)
def test_what_nobody_took_in_time_is_reported_and_left_alone(
    workspace: BotWorkspace, sort: OverdueKind, seed: Callable[[BotWorkspace], datetime]
) -> None:
    at = seed(workspace)
    before = count_outbox(workspace)
    assert audit_at(workspace, at) == []
    assert audit_at(workspace, at + SECOND) == [("audit", "held", sort)]
    assert count_outbox(workspace) == before


def test_what_is_late_is_said_in_one_line_however_many_wait(
    workspace: BotWorkspace, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("Ada", "Bo", "Cy"):
        workspace.add_pm(name, tz="Europe/London")
    change(workspace, update(pms).values(next_at=T0))
    audit_at(workspace, T0 + GRACE + SECOND)
    (line,) = [each.msg for each in caplog.records if each.levelname == "ERROR"]
    assert (line["event"], line["finding"], line["count"]) == ("audit_late", "pm_late", 3)
    assert line["seconds"] == (GRACE + SECOND).total_seconds()


@EVERY_DATABASE
@pytest.mark.parametrize(("sort", "seed"), LATE[:5])
def test_in_a_workspace_that_slack_no_longer_knows_waiting_is_no_alarm(
    workspace: BotWorkspace, sort: OverdueKind, seed: Callable[[BotWorkspace], datetime]
) -> None:
    at = seed(workspace) + SECOND
    with workspace.services.transaction(workspace.workspace_id) as tx:
        workspaces.halt(tx, "token_revoked", T0)
    assert audit_at(workspace, at) == []
    (report,) = audit.inspect(workspace.services, at)
    assert [(each.finding, each.explanation) for each in report.overdue] == [
        (sort, "halted: token_revoked")
    ]


def test_what_waits_for_slacks_own_rate_is_no_alarm(workspace: BotWorkspace) -> None:
    at = late_message(workspace) + SECOND
    with workspace.services.transaction(workspace.workspace_id) as tx:
        rates.mark_limited(tx, POST, at + MINUTE, at)
    assert audit_at(workspace, at) == []
    (report,) = audit.inspect(workspace.services, at)
    assert [each.explanation for each in report.overdue] == [f"rate of {POST}"]
    assert audit_at(workspace, at + 2 * MINUTE) == [("audit", "held", "message_late")]


def test_a_dry_run_is_not_audited(workspace: BotWorkspace) -> None:
    at = late_pm(workspace) + SECOND
    assert audit.audit(workspace.services.dry_run(), at) == []


def test_an_audit_counts_what_it_found_and_when_all_was_well(workspace: BotWorkspace) -> None:
    at = late_pm(workspace)
    audit_at(workspace, at)
    audit_at(workspace, at + SECOND)
    page = workspace.services.metrics.render(None).decode()
    figures = dict(line.rsplit(" ", 1) for line in page.splitlines() if line[0] != "#")
    assert float(figures['nihito_audit_findings_total{finding="pm_late"}']) == 1
    assert float(figures["nihito_audit_clean_timestamp_seconds"]) == at.timestamp()


def busy(slack: Sandbox, clock: ManualClock, database: str) -> BotWorkspace:
    """Open a workspace with teams, PMs of all settings and a customer who contacts many."""
    workspace = open_workspace(slack, clock, database)
    channel = slack.add_channel("stories")
    people = [
        workspace.add_pm(
            f"PM {number}",
            tz=zone,
            channel_id=channel.id,
            interval_days=7,
            strength=strength,
        )
        for number, (zone, strength) in enumerate(
            [
                ("Europe/Berlin", "standard"),
                ("America/New_York", "active"),
                ("Asia/Kolkata", "light"),
                ("Australia/Lord_Howe", "active"),
            ]
        )
    ]
    for ada in people:
        workspace.record_debrief(
            ada, f"Mill of {ada.id}", "They print every order and type it in again."
        )
    customer_id = workspace.add_customer("Brightwater Mill", owner=people[0])
    mara = workspace.add_person(customer_id, "Mara Lind", has_cell=True)
    for way in (Way.MAIL, Way.CELL_CALL):
        workspace.record_contacts(mara, way, [T(hours=-hours) for hours in range(1, 7)])
    return workspace


@pytest.mark.long
@EVERY_DATABASE
def test_a_fortnight_with_faults_raises_nothing(
    slack: Sandbox, clock: ManualClock, database: str
) -> None:
    workspace = busy(slack, clock, database)
    slack.faults.hang_seconds = 0
    slack.fail_at_random("*", 0.3, seed=3)
    seen: list[Outcome] = []
    for hour in range(0, 14 * 24, 6):
        for minute in (0, 1):
            seen += workspace.tick_at(T(hours=hour, minutes=minute), audited=True)
    workspace.services.engine.dispose()
    assert not [each for each in seen if each.reason in {"put_back", *OverdueKind}]
    assert {each.kind for each in seen if each.status == "sent"} >= {"nudge", "flag", "digest"}


MANY = 3000


def fill(engine: Engine, workspace_id: str) -> None:
    """Add many PMs, each with a nudge sent in each of some fortnights."""
    with engine.begin() as connection:
        connection.execute(insert(pms), [pm_row(workspace_id, each) for each in range(MANY)])
        rows = [sent_row(workspace_id, each, age) for each in range(MANY) for age in range(4)]
        connection.execute(insert(outbox), rows)
        connection.exec_driver_sql("ANALYZE")


def pm_row(workspace_id: str, number: int) -> dict[str, Any]:
    asked = DUE - timedelta(days=number % 14)
    return {
        "workspace_id": workspace_id,
        "user_id": f"U{number:07}",
        "joined_at": T0,
        "interval_days": 14,
        "strength": "standard",
        "zone": "Europe/London",
        "nudge_at": time(9, 30),
        "working_days": [0, 1, 2, 3, 4],
        "cycle_start": T0.date(),
        "step": "due",
        "cycle": 2,
        "next_on": (asked + timedelta(days=14)).date(),
        "next_at": asked + timedelta(days=14),
        "enqueued_step": "due",
        "enqueued_cycle": 1,
        "enqueued_on": asked.date(),
        "enqueued_at": asked,
    }


def sent_row(workspace_id: str, number: int, age: int) -> dict[str, Any]:
    at = DUE - timedelta(days=number % 14 + 14 * age)
    return {
        "id": f"{number}-{age}",
        "workspace_id": workspace_id,
        "kind": "nudge",
        "subject": f"U{number:07}",
        "period": at.date().isoformat(),
        "destination": f"U{number:07}",
        "state": "sent",
        "created_at": at,
        "due_at": at,
        "next_at": at,
        "attempts": 0,
        "sent_at": at,
    }


@contextmanager
def explained(engine: Engine) -> Iterator[list[str]]:
    """Record the database's plan for each query in the block, a line for each step."""
    plans: list[str] = []
    word = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "

    def explain(_: Connection, cursor: Any, statement: str, known: Any, *__: Any) -> None:
        if statement.startswith("SELECT"):
            if engine.dialect.name == "postgresql":
                # With so few rows it would rather read them all.
                cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(word + statement, known)
            plans.extend(str(row[-1]) for row in cursor.fetchall())

    event.listen(engine, "before_cursor_execute", explain)
    yield plans
    event.remove(engine, "before_cursor_execute", explain)


@EVERY_DATABASE
def test_every_question_goes_by_an_index(workspace: BotWorkspace) -> None:
    engine = workspace.services.engine
    fill(engine, workspace.workspace_id)
    with explained(engine) as plans:
        assert audit_at(workspace, DUE) == []
        audit.get_levels(workspace.services, DUE)
    for index in ("ix_pms_workspace_id_asked_at", "ix_pms_workspace_id_note_at"):
        assert any(index in line for line in plans), index
    key = "uq_outbox_workspace_id_kind_subject_period|outbox.*kind=. AND subject=. AND period="
    assert any(re.search(key, line) for line in plans)
    scans = (
        r"Seq Scan on (pms|outbox)|SCAN (pms|outbox|flags|digests|teams|visits|notes|inbox|rates)\b"
    )
    assert [line for line in plans if re.search(scans, line)] == []
