"""`explain`: what is behind a reference, a person's day or a message, in words or as JSON."""

import ast
import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from bot.db import workspaces
from bot.db.staff import pms as pm_queries
from bot.db.staff import queries as staff
from bot.db.staff.queries import Staff
from bot.db.tables.nudges import absences
from bot.db.tables.outbox import outbox
from bot.domain.staff.access import Membership
from bot.operations.outbox import rendered
from bot.views.explanations import MOST_MESSAGES, REASONS
from sandbox.person import Person
from tests.cli.conftest import Command, CommandResult, settings_for
from tests.operations.operations_fixture import BotWorkspace
from tests.times import T, in_berlin

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
ROOT = Path(__file__).parent.parent.parent
DUE = T(days=14)
DAY = DUE.date().isoformat()
SENTENCES = ("Nudge: ", "Around it: ", "Now: ")


@pytest.fixture
def ada(workspace: BotWorkspace) -> Person:
    return workspace.add_pm("Ada Fenn")


def nudge(workspace: BotWorkspace, ada: Person) -> str:
    """Post Ada's first nudge; return its id in the outbox."""
    workspace.tick_at(DUE)
    workspace.slack.expect_message(to=ada)
    return str(row(workspace, ada)["id"])


def row(workspace: BotWorkspace, ada: Person) -> dict[str, object]:
    with workspace.services.engine.connect() as connection:
        found = connection.execute(select(outbox).where(outbox.c.destination == ada.id))
        return dict(found.mappings().one())


def change(workspace: BotWorkspace, **values: object) -> None:
    with workspace.services.engine.begin() as connection:
        connection.execute(update(outbox).values(**values))


@pytest.fixture
def explain(command: Command, workspace: BotWorkspace, database: str):
    def run(*arguments: str) -> CommandResult:
        return command("explain", *arguments, **settings_for(workspace.slack, database))

    return run


def text(ended: CommandResult) -> str:
    assert (ended.code, ended.err) == (0, "")
    return ended.out


def refusal(ended: CommandResult) -> str:
    assert (ended.code, ended.out) == (1, "")
    return ended.err


@EVERY_DATABASE
def test_a_day_with_a_nudge_says_when_and_where_it_was_posted(
    explain, workspace: BotWorkspace, ada: Person
) -> None:
    outbox_id = nudge(workspace, ada)
    said = text(explain(f"@{ada.id}", DAY))
    assert said.startswith(f"{ada.id} in {workspace.workspace_id}, Mon 16 Mar 2026\n")
    assert "Times are in Europe/Berlin, with UTC beside them." in said
    assert "Nudge: a nudge was planned for that day; it was posted Mon 16 Mar 2026 13:00" in said
    assert f"(12:00 UTC) in {ada.dm.id}, ts " in said
    assert outbox_id in said


def test_a_person_is_found_by_name_first_name_address_or_id(
    explain, workspace: BotWorkspace
) -> None:
    ada = workspace.add_pm("Ada Fenn")
    member = workspace.slack.workspace.users[ada.id]
    for name in ("@Ada Fenn", "@ada", f"@{member.email}", ada.id, f"<@{ada.id}|ada>"):
        assert text(explain(name, DAY)).startswith(ada.id), name


def test_it_fits_on_a_screen_and_names_nobody(
    explain, workspace: BotWorkspace, ada: Person
) -> None:
    customer = workspace.add_customer("Brightwater Mill")
    workspace.add_held_visit(ada, customer, T(days=-3).date())
    outbox_id = nudge(workspace, ada)
    workspace.add_booked_visit(ada, customer, T(days=40).date())
    for target in ([ada.id, DAY], [outbox_id]):
        said = text(explain(*target)) + text(explain(*target, "--json"))
        assert "Fenn" not in said
        assert "Brightwater" not in said
    assert len(text(explain(ada.id, DAY)).splitlines()) <= 24


def test_a_day_says_which_nudges_and_visits_are_around_it(
    explain, workspace: BotWorkspace, ada: Person
) -> None:
    customer = workspace.add_customer("Brightwater Mill")
    nudge(workspace, ada)
    workspace.add_held_visit(ada, customer, T(days=16).date())
    workspace.add_booked_visit(ada, customer, T(days=40).date())
    said = text(explain(ada.id, T(days=18).date().isoformat()))
    assert "Nudge: none was planned for that day." in said
    assert "nudge before Mon 16 Mar 2026, nudge after none" in said
    assert "last visit up to then Wed 18 Mar 2026" in said
    assert "next visit booked from then Sat 11 Apr 2026" in said
    assert "Messages of that day: none" in said


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (12, "none. It isn't one of their working days, as their settings are now."),
        (-40, "none. They joined on Mon 2 Mar 2026; before, nothing was planned."),
    ],
)
def test_a_day_without_a_nudge_says_why(explain, ada: Person, days: int, said: str) -> None:
    day = T(days=days).date().isoformat()
    assert f"Nudge: {said}" in text(explain(ada.id, day))


def test_a_day_away_says_what_for(explain, workspace: BotWorkspace, ada: Person) -> None:
    with workspace.services.engine.begin() as connection:
        span = {"since": T(days=1).date(), "until": T(days=4).date(), "cause": "vacation"}
        shared = {"workspace_id": workspace.workspace_id, "user_id": ada.id}
        connection.execute(insert(absences).values(**shared, **span))
    away = "none. They were away: a vacation status in Slack."
    assert away in text(explain(ada.id, T(days=3).date().isoformat()))
    assert away not in text(explain(ada.id, T(days=4).date().isoformat()))


def test_a_nudge_that_was_planned_and_is_not_in_the_outbox_is_missed(
    explain, workspace: BotWorkspace, ada: Person
) -> None:
    nudge(workspace, ada)
    with workspace.services.engine.begin() as connection:
        connection.execute(outbox.delete())
    said = text(explain(ada.id, DAY))
    assert "Nudge: one was planned for that day, and none is in the outbox." in said
    assert "To do: The running bot puts it back within a minute" in said


def test_someone_who_is_no_pm_is_said_to_be_none(
    explain, workspace: BotWorkspace, ada: Person
) -> None:
    nudge(workspace, ada)
    with workspace.services.transaction(workspace.workspace_id) as tx:
        pm_queries.remove(tx, ada.id)
    said = text(explain(ada.id, DAY))
    assert "Nudge: none. They aren't a PM now" in said
    assert "Messages of that day: 1" in said


@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [
        ("dropped", "visited", "was not sent: a visit had been logged."),
        ("dead", "user_disabled", "was refused by Slack for good: user_disabled."),
        ("pending", "out_of_hours", "has waited since Mon 16 Mar 2026 13:00 (12:00 UTC): their"),
        ("pending", "ratelimited", "Slack, or the way to it, said ratelimited."),
        ("sending", None, "was left half-way, and no process has taken it up."),
    ],
)
def test_what_has_become_of_a_message_is_said_in_words(
    explain, workspace: BotWorkspace, ada: Person, state: str, reason: str | None, said: str
) -> None:
    outbox_id = nudge(workspace, ada)
    unposted = {"message_channel": None, "message_ts": None, "sent_at": None}
    change(workspace, state=state, reason=reason, next_at=DUE, lease_until=DUE, **unposted)
    assert said in text(explain(outbox_id))


def test_a_dead_message_says_what_to_do(explain, workspace: BotWorkspace, ada: Person) -> None:
    outbox_id = nudge(workspace, ada)
    change(workspace, state="dead", reason="messages_tab_disabled")
    said = text(explain(outbox_id))
    assert "To do: Switch on the Messages tab" in said
    assert "redrive --kind nudge --reason messages_tab_disabled" in said


def test_what_waits_because_the_workspace_is_halted_says_so(
    explain, workspace: BotWorkspace, ada: Person
) -> None:
    outbox_id = nudge(workspace, ada)
    change(workspace, state="pending", message_ts=None, message_channel=None, sent_at=None)
    with workspace.services.transaction(workspace.workspace_id) as tx:
        workspaces.halt(tx, "token_revoked", DUE)
    said = text(explain(outbox_id))
    assert ": Slack no longer knows the token." in said
    assert "To do: Install the app to the workspace again" in said


def test_a_posted_message_that_changed_waits_for_its_edit(
    explain, workspace: BotWorkspace, ada: Person
) -> None:
    outbox_id = nudge(workspace, ada)
    far = in_berlin(40_000)
    change(workspace, state="pending", next_at=far, revision=2)
    said = text(explain(outbox_id))
    assert "and its edit waits until" in said
    assert "What it shows has changed 2 times since; each change is edited in." in said


@EVERY_DATABASE
def test_a_message_is_found_by_its_link_its_place_and_its_id(
    explain, workspace: BotWorkspace, ada: Person
) -> None:
    outbox_id = nudge(workspace, ada)
    known = row(workspace, ada)
    channel, ts = str(known["message_channel"]), str(known["message_ts"])
    link = f"https://sandbox.slack.com/archives/{channel}/p{ts.replace('.', '')}"
    said = [
        text(explain(each))
        for each in (outbox_id, outbox_id.upper(), f"{channel}:{ts}", link, f"{link}?cid={channel}")
    ]
    assert set(said) == {said[0]}
    assert f"To {ada.id}, sent when a PM is due to see a customer." in said[0]


def test_many_messages_of_a_day_are_counted_and_those_to_mend_are_shown(
    explain, workspace: BotWorkspace, ada: Person
) -> None:
    workspace.clock.at = DUE
    for _ in range(MOST_MESSAGES + 3):
        workspace.add_outbox_message("brief", "dropped", "too_late", 5)
    workspace.add_outbox_message("prompt", "dead", "user_disabled", 5)
    change(workspace, destination=ada.id)
    said = text(explain(ada.id, DAY))
    assert f"Messages of that day: {MOST_MESSAGES + 4}" in said
    assert "prompt, id" in said
    assert f"and {MOST_MESSAGES + 3} more: --json has all of them" in said
    facts = json.loads(text(explain(ada.id, DAY, "--json")))
    assert len(facts["day"]["messages"]) == MOST_MESSAGES + 4


def test_a_nudge_that_came_on_another_day_belongs_to_the_day_it_was_planned_for(
    explain, workspace: BotWorkspace, ada: Person
) -> None:
    outbox_id, later = nudge(workspace, ada), T(days=16)
    moments = ("created_at", "due_at", "next_at", "first_attempt_at", "sent_at")
    change(workspace, **dict.fromkeys(moments, later))
    for day in (DAY, later.date().isoformat()):
        said = text(explain(ada.id, day))
        assert f"nudge, id {outbox_id}: was posted Wed 18 Mar 2026" in said


def test_json_has_the_facts_in_utc(explain, workspace: BotWorkspace, ada: Person) -> None:
    outbox_id = nudge(workspace, ada)
    facts = json.loads(text(explain(outbox_id, "--json")))
    assert (facts["message"]["state"], facts["zone"]) == ("sent", "Europe/Berlin")
    assert facts["message"]["due_at"].endswith("+00:00")
    day = json.loads(text(explain(ada.id, DAY, "--json")))["day"]
    assert (day["on"], day["nudge"]["id"], day["step"]) == (DAY, outbox_id, "due")


def test_two_of_one_name_are_told_apart_by_their_ids(explain, workspace: BotWorkspace) -> None:
    people = [workspace.add_pm("Ada Fenn"), workspace.add_pm("Ada Low")]
    said = refusal(explain("@ada", DAY))
    assert f"That fits 2 people: {people[0].id}, {people[1].id}." in said
    assert "Fenn" not in said
    assert text(explain("@Ada Low", DAY)).startswith(people[1].id)


def test_a_guest_of_another_workspace_is_explained_where_they_are_a_pm(
    explain, workspace: BotWorkspace, ada: Person
) -> None:
    # Older than the PM's own.
    with workspace.services.transaction("T0000000") as tx:
        workspaces.save(tx, "Elsewhere", "U0000000", T(days=-1))
        known = Staff(ada.id, "Ada Fenn", "UTC", Membership.GUEST, T())
        staff.save(tx, known)
    assert text(explain(ada.id, DAY)).startswith(f"{ada.id} in {workspace.workspace_id}, ")


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["@nobody", DAY], "Nobody of that name or id is known here."),
        (["U0009999", DAY], "Nobody of that name or id is known here."),
        (["@ada", "yesterday"], "That is no reference"),
        (["@ada", "0001-01-01"], "That is no reference"),
        (["ada", DAY], "That is no reference"),
        (["@"], "That is no reference"),
        (["what?"], "That is no reference"),
        (["0" * 32], "No message is known there."),
        (["C0009999:1700000000.000100"], "No message is known there."),
        (["https://x.slack.com/archives/C9/p1700000000000100"], "No message is known there."),
        (["3f9a0c12"], "A reference is only in the log."),
    ],
)
def test_what_cannot_be_explained_is_one_line_and_fails(
    explain, arguments: list[str], said: str
) -> None:
    ended = refusal(explain(*arguments))
    assert ended.startswith(said)
    assert len(ended.splitlines()) == 1


def test_without_a_date_it_is_today(explain, ada: Person) -> None:
    facts = json.loads(text(explain(ada.id, "--json")))["day"]
    assert facts["on"] == facts["today"]


def test_explaining_changes_nothing_and_asks_slack_nothing(
    explain, workspace: BotWorkspace, ada: Person
) -> None:
    nudge(workspace, ada)
    before, asked = row(workspace, ada), len(workspace.slack.calls)
    text(explain(ada.id, DAY))
    assert (row(workspace, ada), len(workspace.slack.calls)) == (before, asked)


def test_every_reason_to_hold_a_message_back_has_its_words() -> None:
    codes = {rendered.Postpone(DUE).reason, "redriven"}
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Withdraw", "Postpone"):
                codes |= {
                    each.value
                    for each in node.args
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                }
    assert set(REASONS) == codes


def test_a_day_is_the_persons_own(explain, workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada", tz="Pacific/Auckland")
    workspace.clock.at = DUE
    workspace.add_outbox_message("brief", "dropped", "too_late", 0)
    change(workspace, destination=ada.id)
    following = (DUE + timedelta(days=1)).date().isoformat()
    assert "Messages of that day: none" in text(explain(ada.id, DAY))
    said = text(explain(ada.id, following))
    assert "Messages of that day: 1" in said
