"""The audit: what was due and was not left for delivery is found within a minute, and put back."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete, event, func, insert, select, update

from bot.db import surveys as rows
from bot.db import workspaces
from bot.db.outbox import rates
from bot.db.tables.inbox import inbox
from bot.db.tables.outbox import outbox
from bot.db.tables.staff import pms
from bot.db.tables.stories import teams
from bot.domain.contacts.traits import Channel as Way
from bot.domain.debriefs.rules import Workaround
from bot.domain.debriefs.sections import Promise
from bot.domain.outbox.outcomes import Outcome
from bot.domain.surveys.rules import Answer, Language
from bot.domain.visits.rules import VisitKind
from bot.domain.workarounds import State
from bot.operations import notes, stories, surveys
from bot.operations.doctor import audit
from bot.operations.doctor.audit import GRACE, INBOX_GRACE, Sort
from bot.operations.nudges import scheduling as nudges
from bot.operations.visits import booking as visits
from bot.operations.workarounds import changes as workarounds
from bot.views.surveys.form import SurveyDraft
from bot.views.visits.plan_form import PlanChoices
from bot.views.workarounds.form import Wish
from sandbox.person import Person
from sandbox.server import Sandbox
from sandbox.workspace.state import Channel
from tests.conftest import HandClock
from tests.operations.operations_fixture import Office, open_office
from tests.times import T0, T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
# When the first nudge of somebody in London is queued, and the first digest of a team in Berlin.
DUE = T(days=14)
FRIDAY = T(days=4, hours=1)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
POST = "chat.postMessage"


def found(outcomes: list[Outcome]) -> list[tuple[str, str, str]]:
    return [(each.kind, each.fate, each.reason) for each in outcomes]


def audit_at(office: Office, at: datetime) -> list[tuple[str, str, str]]:
    office.clock.at = at
    return found(list(audit.audit(office.services, at)))


def change(office: Office, statement: Any) -> None:
    with office.services.engine.begin() as connection:
        connection.execute(statement)


def left_behind(office: Office) -> int:
    with office.services.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(outbox)).scalar_one()


def nudge(office: Office) -> Person:
    """Somebody whose nudge waits."""
    ada = office.pm("Ada", tz="Europe/London")
    office.clock.at = DUE
    nudges.remind(office.services, office.workspace_id, DUE)
    return ada


def digest(office: Office) -> Channel:
    """A channel whose digest waits."""
    channel = office.slack.channel("stories")
    ada = office.pm("Ada", channel_id=channel.id, interval_days=90)
    office.debrief(ada, "Brightwater Mill", "They print every order and type it in again.")
    office.clock.at = FRIDAY
    stories.post_digests(office.services, office.workspace_id, FRIDAY)
    return channel


def flag(office: Office) -> Person:
    """Somebody who is to be told of a great customer."""
    ada = office.pm("Ada", interval_days=90)
    house = office.customer("Brightwater Mill", owner=ada)
    mara = office.person(house, "Mara Lind", has_cell=True)
    for way in (Way.MAIL, Way.CELL_CALL):
        office.reach(mara, way, [T(hours=-hours) for hours in range(1, 7)])
    return ada


def brief(office: Office) -> Person:
    """Somebody who sees a customer tomorrow."""
    ada = office.pm("Ada", interval_days=90)
    on = T(days=2).date()
    plan = PlanChoices(None, "Brightwater Mill", VisitKind.PHONE, on, None, "", None)
    assert visits.plan(office.services, office.actor(ada), plan, office.next_key(), T0)
    office.clock.at = T(days=1)
    return ada


def prompt(office: Office) -> Person:
    """Somebody who saw a customer yesterday."""
    ada = office.pm("Ada", interval_days=90)
    plan = PlanChoices(None, "Brightwater Mill", VisitKind.PHONE, T0.date(), None, "", None)
    assert visits.plan(office.services, office.actor(ada), plan, office.next_key(), T0)
    office.clock.at = T(days=1)
    return ada


def note(office: Office) -> Person:
    """Somebody to whom a note is offered."""
    ada = office.pm("Ada", tz="Europe/London", interval_days=90)
    office.visit(ada, office.customer("Brightwater Mill"), T0.date())
    office.clock.at = T(days=42)
    notes.offer(office.services, office.workspace_id, T(days=42))
    return ada


def survey_answered(office: Office) -> Person:
    """Somebody whose question was answered."""
    ada = office.pm("Ada", tz="Europe/London", interval_days=90)
    mill = office.customer("Brightwater Mill")
    draft = SurveyDraft(mill, office.person(mill, "Mara Lind"), "", Language.ENGLISH)
    surveys.ask(office.services, office.actor(ada), draft, T0)
    with office.services.reading(office.workspace_id) as tx:
        known = rows.get(tx, 1)
    assert known
    surveys.answer(office.services, known.key, Answer(9, "", may_call=False), T0)
    return ada


def fix(office: Office) -> Person:
    """Somebody who is asked to tell a customer of a fix."""
    ada = office.pm("Ada", tz="Europe/London", interval_days=90)
    around = (Workaround("They print every order."),)
    office.debrief(ada, "Brightwater Mill", "They print it.", workarounds=around)
    wish = Wish(1, "", State.FIXED, "4.2")
    assert workarounds.change(office.services, office.actor(ada), wish, T0) is None
    return ada


def reminder(office: Office) -> Person:
    """Somebody who has a week later not told them."""
    ada = fix(office)
    office.deliver_at(T0)
    office.slack.expect_message(to=ada)
    office.clock.at = T(days=7)
    return ada


Seeded = Callable[[Office], Person | Channel]


def promise(office: Office) -> Person:
    """A promise whose reminder waits; gives whoever keeps it."""
    ada = office.pm("Ada", tz="Europe/London", interval_days=90)
    owed = Promise("Send the roadmap", None, T(days=3).date())
    office.debrief(ada, "Brightwater Mill", "They print it.", promises=(owed,))
    office.clock.at = T(days=3)
    return ada


@EVERY_DATABASE
@pytest.mark.parametrize(
    ("kind", "seed"),
    [
        ("nudge", nudge),
        ("digest", digest),
        ("flag", flag),
        ("brief", brief),
        ("prompt", prompt),
        ("note", note),
        ("survey_answered", survey_answered),
        ("fixed", fix),
        ("promise", promise),
    ],
)
def test_a_message_that_was_never_left_is_put_back_once_and_arrives(
    office: Office, kind: str, seed: Seeded
) -> None:
    place = seed(office)
    change(office, delete(outbox))
    at = office.clock.at + MINUTE
    assert audit_at(office, at) == [(kind, "queued", "put_back")]
    assert audit_at(office, at + MINUTE) == []
    office.deliver_at(at + 2 * MINUTE)
    office.slack.expect_message(to=place)
    assert audit_at(office, at + 3 * MINUTE) == []
    # As a prompt is posted, the next one is left.
    assert left_behind(office) == (2 if kind == "prompt" else 1)


@EVERY_DATABASE
def test_a_reminder_that_was_never_left_is_put_back_once_and_arrives(office: Office) -> None:
    ada = reminder(office)
    change(office, delete(outbox).where(outbox.c.kind == "fixed_late"))
    assert audit_at(office, T(days=7, minutes=1)) == [("fixed_late", "queued", "put_back")]
    office.deliver_at(T(days=7, minutes=2))
    office.slack.expect_message(to=ada, containing="not know yet")
    assert audit_at(office, T(days=7, minutes=3)) == []


@EVERY_DATABASE
@pytest.mark.parametrize(
    "seed", [nudge, digest, flag, brief, prompt, note, survey_answered, fix, promise]
)
def test_what_was_left_is_not_missed_whatever_became_of_it(office: Office, seed: Seeded) -> None:
    seed(office)
    for state in ("pending", "sending", "sent", "dropped", "dead"):
        later = office.clock.at + MINUTE
        change(office, update(outbox).values(state=state, next_at=later, lease_until=later))
        assert audit_at(office, office.clock.at) == []


def test_a_missing_message_is_raised_as_one_line(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    ada = nudge(office)
    change(office, delete(outbox))
    audit_at(office, DUE)
    (line,) = [each.msg for each in caplog.records if each.levelname == "ERROR"]
    known = ("event", "sort", "workspace", "subject", "period")
    assert [line[each] for each in known] == [
        "audit_missing",
        "nudge_missing",
        office.workspace_id,
        ada.id,
        DUE.date().isoformat(),
    ]


def test_two_copies_put_the_same_message_back_once(office: Office) -> None:
    ada = nudge(office)
    change(office, delete(outbox))
    (first,) = audit.look(office.services, DUE)
    (second,) = audit.look(office.services, DUE)
    assert first.missing == second.missing
    both = [audit.audit(office.services, DUE) for _ in (first, second)]
    assert [len(each) for each in both] == [1, 0]
    office.deliver_at(DUE)
    office.slack.expect_message(to=ada)


def test_a_nudge_of_more_than_three_days_ago_is_not_raked_up(office: Office) -> None:
    nudge(office)
    change(office, delete(outbox))
    change(office, update(pms).values(next_at=T(days=30)))
    assert audit_at(office, DUE + timedelta(days=3, hours=1)) == []


def late_pm(office: Office) -> datetime:
    office.pm("Ada", tz="Europe/London")
    change(office, update(pms).values(next_at=T0))
    return T0 + GRACE


def late_note(office: Office) -> datetime:
    office.pm("Ada", tz="Europe/London")
    change(office, update(pms).values(note_at=T0))
    return T0 + GRACE


def late_team(office: Office) -> datetime:
    office.pm("Ada", channel_id=office.slack.channel("stories").id)
    change(office, update(teams).values(next_at=T0))
    return T0 + GRACE


def late_message(office: Office) -> datetime:
    nudge(office)
    return DUE + GRACE


def late_lease(office: Office) -> datetime:
    nudge(office)
    change(office, update(outbox).values(state="sending", lease_until=DUE))
    return DUE + GRACE


def late_event(office: Office) -> datetime:
    row = {
        "workspace_id": office.workspace_id,
        "key": "event:Ev1",
        "kind": "event",
        "received_at": T0,
        "payload": {"type": "event_callback"},
        "attempts": 1,
        "next_at": T0,
    }
    change(office, insert(inbox).values(row))
    return T0 + INBOX_GRACE


LATE = [
    (Sort.PM_LATE, late_pm),
    (Sort.TEAM_LATE, late_team),
    (Sort.NOTE_LATE, late_note),
    (Sort.MESSAGE_LATE, late_message),
    (Sort.LEASE_LATE, late_lease),
    (Sort.EVENT_LATE, late_event),
]


@EVERY_DATABASE
@pytest.mark.parametrize(("sort", "seed"), LATE)
def test_what_nobody_took_in_time_is_reported_and_left_alone(
    office: Office, sort: Sort, seed: Callable[[Office], datetime]
) -> None:
    at = seed(office)
    before = left_behind(office)
    assert audit_at(office, at) == []
    assert audit_at(office, at + SECOND) == [("audit", "held", sort)]
    assert left_behind(office) == before


def test_what_is_late_is_said_in_one_line_however_many_wait(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("Ada", "Bo", "Cy"):
        office.pm(name, tz="Europe/London")
    change(office, update(pms).values(next_at=T0))
    audit_at(office, T0 + GRACE + SECOND)
    (line,) = [each.msg for each in caplog.records if each.levelname == "ERROR"]
    assert (line["event"], line["sort"], line["count"]) == ("audit_late", "pm_late", 3)
    assert line["seconds"] == (GRACE + SECOND).total_seconds()


@EVERY_DATABASE
@pytest.mark.parametrize(("sort", "seed"), LATE[:5])
def test_in_a_workspace_that_slack_no_longer_knows_waiting_is_no_alarm(
    office: Office, sort: Sort, seed: Callable[[Office], datetime]
) -> None:
    at = seed(office) + SECOND
    with office.services.transaction(office.workspace_id) as tx:
        workspaces.halt(tx, "token_revoked", T0)
    assert audit_at(office, at) == []
    (report,) = audit.look(office.services, at)
    assert [(each.sort, each.because) for each in report.waiting] == [
        (sort, "halted: token_revoked")
    ]


def test_what_waits_for_slacks_own_rate_is_no_alarm(office: Office) -> None:
    at = late_message(office) + SECOND
    with office.services.transaction(office.workspace_id) as tx:
        rates.hold(tx, POST, at + MINUTE, at)
    assert audit_at(office, at) == []
    (report,) = audit.look(office.services, at)
    assert [each.because for each in report.waiting] == [f"rate of {POST}"]
    assert audit_at(office, at + 2 * MINUTE) == [("audit", "held", "message_late")]


def test_a_rehearsal_is_not_audited(office: Office) -> None:
    at = late_pm(office) + SECOND
    assert audit.audit(office.services.rehearsal(), at) == []


def test_an_audit_counts_what_it_found_and_when_all_was_well(office: Office) -> None:
    at = late_pm(office)
    audit_at(office, at)
    audit_at(office, at + SECOND)
    page = office.services.metrics.page(None).decode()
    figures = dict(line.rsplit(" ", 1) for line in page.splitlines() if line[0] != "#")
    assert float(figures['nihito_audit_findings_total{sort="pm_late"}']) == 1
    assert float(figures["nihito_audit_clean_timestamp_seconds"]) == at.timestamp()


def busy(slack: Sandbox, clock: HandClock, database: str) -> Office:
    """An office with teams, PMs of all rhythms and a customer who reaches for many."""
    office = open_office(slack, clock, database)
    channel = slack.channel("stories")
    people = [
        office.pm(
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
        office.debrief(ada, f"Mill of {ada.id}", "They print every order and type it in again.")
    house = office.customer("Brightwater Mill", owner=people[0])
    mara = office.person(house, "Mara Lind", has_cell=True)
    for way in (Way.MAIL, Way.CELL_CALL):
        office.reach(mara, way, [T(hours=-hours) for hours in range(1, 7)])
    return office


@pytest.mark.long
@EVERY_DATABASE
def test_a_fortnight_with_faults_raises_nothing(
    slack: Sandbox, clock: HandClock, database: str
) -> None:
    office = busy(slack, clock, database)
    slack.faults.hang_seconds = 0
    slack.fail_at_random("*", 0.3, seed=3)
    seen: list[Outcome] = []
    for hour in range(0, 14 * 24, 6):
        for minute in (0, 1):
            seen += office.tick_at(T(hours=hour, minutes=minute), audited=True)
    office.services.engine.dispose()
    assert not [each for each in seen if each.reason in {"put_back", *Sort}]
    assert {each.kind for each in seen if each.fate == "sent"} >= {"nudge", "flag", "digest"}


MANY = 3000


def fill(engine: Engine, workspace_id: str) -> None:
    """Many PMs, each with a nudge that was sent in each of some fortnights."""
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
        "anchor_on": T0.date(),
        "step": "due",
        "cycle": 2,
        "next_on": (asked + timedelta(days=14)).date(),
        "next_at": asked + timedelta(days=14),
        "asked_step": "due",
        "asked_cycle": 1,
        "asked_on": asked.date(),
        "asked_at": asked,
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
    """How the database goes about each query that is made meanwhile, a line for each step."""
    plans: list[str] = []
    word = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "

    def explain(_: Connection, cursor: Any, statement: str, known: Any, *__: Any) -> None:
        if statement.startswith("SELECT"):
            if engine.dialect.name == "postgresql":
                # So few rows it would rather read all of.
                cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(word + statement, known)
            plans.extend(str(row[-1]) for row in cursor.fetchall())

    event.listen(engine, "before_cursor_execute", explain)
    yield plans
    event.remove(engine, "before_cursor_execute", explain)


@EVERY_DATABASE
def test_every_question_goes_by_an_index(office: Office) -> None:
    engine = office.services.engine
    fill(engine, office.workspace_id)
    with explained(engine) as plans:
        assert audit_at(office, DUE) == []
        audit.levels(office.services, DUE)
    for index in ("ix_pms_workspace_id_asked_at", "ix_pms_workspace_id_note_at"):
        assert any(index in line for line in plans), index
    key = "uq_outbox_workspace_id_kind_subject_period|outbox.*kind=. AND subject=. AND period="
    assert any(re.search(key, line) for line in plans)
    scans = (
        r"Seq Scan on (pms|outbox)|SCAN (pms|outbox|flags|digests|teams|visits|notes|inbox|rates)\b"
    )
    assert [line for line in plans if re.search(scans, line)] == []
