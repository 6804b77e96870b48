"""`doctor`: problems of a set-up, each with its remedy."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.db import migrate, workspaces
from bot.db.engine import make_engine
from bot.db.outbox import queries as outbox
from bot.db.outbox import rates
from bot.db.outbox.queries import MessageKind
from bot.db.tables.workspaces import workspaces as workspaces_table
from bot.domain.calendars import FeedChange
from bot.domain.stories import ChannelFault
from bot.operations.calendars import feeds as calendar_operations
from bot.operations.doctor import checks
from bot.operations.doctor.remedies import REMEDIES, get_remedy
from bot.slack import error_codes
from sandbox.clock import utc_now
from sandbox.server import Sandbox
from tests.cli.conftest import Command, CommandResult, set_revision, settings_for
from tests.conftest import MANIFEST, ManualClock
from tests.operations.operations_fixture import SECRET_KEY, BotWorkspace, open_workspace


@pytest.fixture
def current_sandbox() -> Iterator[Sandbox]:
    """Yield a sandbox whose clock shows the real time, as Slack's does."""
    with Sandbox(manifest=MANIFEST) as sandbox:
        yield sandbox


def findings(ended: CommandResult) -> dict[str, tuple[str, str]]:
    """Return each problem found with its remedy, by subject."""
    lines = [*ended.out.splitlines(), ""]
    found = {}
    for line, following in pairwise(lines):
        if line.startswith("not well  "):
            subject, _, what = line.removeprefix("not well  ").partition(": ")
            found[subject] = (what, following.strip())
    return found


def test_a_set_up_that_is_well_is_said_to_be(
    command: Command, current_sandbox: Sandbox, database: str
) -> None:
    ended = command("doctor", **settings_for(current_sandbox, database))
    assert (ended.code, ended.err) == (0, "")
    subjects = [line.removeprefix("well  ").split(":")[0] for line in ended.out.splitlines()]
    assert subjects == [
        *("database", "messages", "calendars", "surveys"),
        *("bot token", "scopes", "clock", "app token"),
    ]


@pytest.mark.parametrize(
    ("setting", "value", "subject", "found", "mending"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-no", "bot token", "invalid_auth", "Copy the Bot User OAuth"),
        ("SLACK_BOT_TOKEN", "", "bot token", "SLACK_BOT_TOKEN is empty", "Copy the Bot User"),
        ("SLACK_APP_TOKEN", "xapp-no", "app token", "invalid_auth", "Make an app-level token"),
        ("SLACK_APP_TOKEN", "", "way in", "neither app token nor", "Set SLACK_APP_TOKEN"),
        ("SLACK_API_URL", "http://127.0.0.1:9/api/", "Slack", "URLError", "Check the network"),
    ],
)
def test_what_does_not_lead_to_slack_is_found_with_its_remedy(
    command: Command,
    current_sandbox: Sandbox,
    database: str,
    setting: str,
    value: str,
    subject: str,
    found: str,
    mending: str,
) -> None:
    ended = command("doctor", **(settings_for(current_sandbox, database) | {setting: value}))
    assert ended.code == 1
    what, mend = findings(ended)[subject]
    assert what.startswith(found)
    assert mend.startswith(mending)


def test_a_scope_that_was_not_granted_is_named(command: Command, database: str) -> None:
    without = json.loads(json.dumps(MANIFEST))
    without["oauth_config"]["scopes"]["bot"].remove("im:history")
    with Sandbox(manifest=without) as slack:
        ended = command("doctor", **settings_for(slack, database))
    assert ended.code == 1
    assert findings(ended) == {
        "scopes": (
            "missing: im:history",
            "Update the app from manifest.json and install it to the workspace again.",
        )
    }


def newest(database: str) -> str:
    """Return the revision that the code expects."""
    engine = make_engine(database)
    expected = migrate.revisions(engine)[1]
    engine.dispose()
    assert expected
    return expected


def test_a_database_that_was_never_migrated_is_found(
    command: Command, current_sandbox: Sandbox, folder: Path, database: str
) -> None:
    ended = command("doctor", **settings_for(current_sandbox, f"sqlite:///{folder / 'new.db'}"))
    assert ended.code == 1
    what, mending = findings(ended)["database"]
    assert what.startswith(f"at revision none, the code expects {newest(database)}")
    assert mending == "Run `python -m bot migrate`."


def test_a_database_of_an_older_version_is_found(
    command: Command, current_sandbox: Sandbox, database: str
) -> None:
    set_revision(database, "0000")
    ended = command("doctor", **settings_for(current_sandbox, database))
    assert ended.code == 1
    told = f"at revision 0000, the code expects {newest(database)}"
    assert findings(ended)["database"][0].startswith(told)


@pytest.mark.parametrize(
    "address", ["postgresql://nihito:hunter2@127.0.0.1:9/none", "sqlite:////nowhere/nihito.db"]
)
def test_a_database_that_is_away_is_found_and_slack_looked_at_all_the_same(
    command: Command, current_sandbox: Sandbox, address: str
) -> None:
    ended = command("doctor", **settings_for(current_sandbox, address))
    assert ended.code == 1
    what, mending = findings(ended)["database"]
    assert what.endswith("OperationalError")
    assert mending.startswith("Check DATABASE_URL")
    assert "hunter2" not in ended.out + ended.err
    assert "well  bot token" in ended.out


@pytest.fixture
def current_workspace(current_sandbox: Sandbox, database: str) -> Iterator[BotWorkspace]:
    """Yield a workspace created today, so nothing in it is late."""
    opened = open_workspace(current_sandbox, ManualClock(utc_now()), database)
    yield opened
    opened.services.engine.dispose()


def test_dead_letters_are_told_by_kind_and_reason_with_what_to_do(
    command: Command, current_workspace: BotWorkspace, database: str
) -> None:
    for kind, reason in (
        ("nudge", "user_disabled"),
        ("nudge", "user_disabled"),
        ("nudge", "messages_tab_disabled"),
        ("digest", "is_archived"),
    ):
        current_workspace.add_outbox_message(kind, "dead", reason, 5)
    ended = command("doctor", **settings_for(current_workspace.slack, database))
    assert ended.code == 1
    lines = ended.out.splitlines()
    told = [line for line in lines if "messages: " in line]
    assert told == [
        "not well  messages: 1 x digest: is_archived",
        "not well  messages: 1 x nudge: messages_tab_disabled",
        "not well  messages: 2 x nudge: user_disabled",
    ]
    mending = lines[lines.index(told[1]) + 1].strip()
    assert mending == (
        "Switch on the Messages tab of the app's Home, as in manifest.json. Then send again what "
        "is still true: `python -m bot redrive --kind nudge --reason messages_tab_disabled`."
    )


@pytest.mark.parametrize(
    "codes_of",
    [
        error_codes.HALTING,
        error_codes.MISSING_SCOPE,
        error_codes.UNREACHABLE_USER,
        error_codes.UNWRITABLE_CHANNEL,
        error_codes.INVALID_PAYLOAD,
    ],
)
def test_every_code_that_stops_a_message_has_its_remedy(codes_of: frozenset[str]) -> None:
    assert codes_of <= set(REMEDIES)
    assert set(ChannelFault) <= set(REMEDIES)
    assert get_remedy("something_new") not in REMEDIES.values()


def test_a_workspace_that_slack_no_longer_knows_is_told(
    command: Command, current_workspace: BotWorkspace, database: str
) -> None:
    with current_workspace.services.transaction(current_workspace.workspace_id) as tx:
        workspaces.halt(tx, "token_revoked", current_workspace.clock.at)
    ended = command("doctor", **settings_for(current_workspace.slack, database))
    found, mend = findings(ended)["workspace"]
    assert found == f"{current_workspace.workspace_id} is halted: token_revoked"
    assert mend.startswith("Install the app to the workspace again")


def test_a_rate_that_slack_holds_is_told_and_is_well(
    command: Command, current_workspace: BotWorkspace, database: str
) -> None:
    now = current_workspace.clock.at
    with current_workspace.services.transaction(current_workspace.workspace_id) as tx:
        rates.mark_limited(tx, "chat.postMessage", now + timedelta(minutes=9), now)
    ended = command("doctor", **settings_for(current_workspace.slack, database))
    assert ended.code == 0
    assert "well  rates: Slack holds chat.postMessage until " in ended.out


def test_what_an_audit_finds_is_told(
    command: Command, current_workspace: BotWorkspace, database: str
) -> None:
    current_workspace.add_outbox_message("nudge", "pending", None, 5)
    ended = command("doctor", **settings_for(current_workspace.slack, database))
    assert ended.code == 1
    found, mend = findings(ended)["audit"]
    assert found == "1 x message_late"
    assert mend.startswith("Start the bot.")


@pytest.mark.parametrize(("seconds", "well"), [(55, True), (-55, True), (70, False), (-70, False)])
def test_a_clock_that_differs_from_slacks_by_a_minute_is_found(
    slack: Sandbox, clock: ManualClock, database: str, seconds: int, well: bool
) -> None:
    workspace = open_workspace(slack, clock, database)
    now = clock.at + timedelta(seconds=seconds)
    found = {each.subject: each for each in checks.run_checks(workspace.services, MANIFEST, now)}
    workspace.services.engine.dispose()
    assert (found["clock"].ok, found["clock"].details) == (well, f"{abs(seconds)} s from Slack's")
    assert found["clock"].remedy == "Set the clock by NTP."


def test_looking_changes_nothing_and_posts_nothing(
    command: Command, current_sandbox: Sandbox, database: str
) -> None:
    command("doctor", **settings_for(current_sandbox, database))
    asked = {each.method for each in current_sandbox.calls}
    assert asked == {"auth.test", "apps.connections.open"}


def calendars(command: Command, current_sandbox: Sandbox, database: str, key: str = "") -> str:
    """Return the finding about calendars, with its remedy."""
    ended = command("doctor", **settings_for(current_sandbox, database), NIHITO_SECRET_KEY=key)
    return "\n".join(ended.out.partition("calendars: ")[2].splitlines()[:2])


def test_without_a_key_calendars_are_not_offered_and_that_is_no_fault(
    command: Command, current_sandbox: Sandbox, database: str
) -> None:
    assert "not offered. For calendars, set NIHITO_SECRET_KEY" in calendars(
        command, current_sandbox, database
    )


def test_calendars_that_were_connected_are_missed_when_their_key_is_gone(
    command: Command, current_sandbox: Sandbox, database: str
) -> None:
    workspace = open_workspace(current_sandbox, ManualClock(utc_now()), database)
    actor = workspace.actor(workspace.add_pm("Ada"))
    wanted = FeedChange("https://calendar.made-up.example/ada.ics", disconnect=False)
    assert calendar_operations.change(workspace.services, actor, wanted, utc_now())
    workspace.services.engine.dispose()
    assert calendars(command, current_sandbox, database, SECRET_KEY).startswith("1 connected")
    said = calendars(command, current_sandbox, database)
    assert said.startswith("1 cannot be read")
    assert "set NIHITO_SECRET_KEY" in said


def surveys(command: Command, current_sandbox: Sandbox, database: str, **settings: str) -> str:
    """Return the finding about surveys, with its remedy."""
    ended = command("doctor", **(settings_for(current_sandbox, database) | settings))
    return "\n".join(ended.out.partition("surveys: ")[2].splitlines()[:2])


def test_without_key_and_address_surveys_are_not_offered_and_that_is_no_fault(
    command: Command, current_sandbox: Sandbox, database: str
) -> None:
    said = surveys(command, current_sandbox, database)
    assert "not offered. For surveys, set NIHITO_SECRET_KEY and NIHITO_PUBLIC_URL" in said
    keyed = {"NIHITO_SECRET_KEY": SECRET_KEY}
    said = surveys(command, current_sandbox, database, **keyed)
    assert "set NIHITO_PUBLIC_URL, an https address." in said
    assert "NIHITO_SECRET_KEY" not in said


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://nihito.example.org/", "at https://nihito.example.org/survey/"),
        ("http://localhost:3000", "at http://localhost:3000/survey/"),
        ("http://127.0.0.1:3000", "at http://127.0.0.1:3000/survey/"),
    ],
)
def test_where_surveys_are_is_said(
    command: Command, current_sandbox: Sandbox, database: str, url: str, said: str
) -> None:
    known = {"NIHITO_SECRET_KEY": SECRET_KEY, "NIHITO_PUBLIC_URL": url}
    assert surveys(command, current_sandbox, database, **known).startswith(said)


def test_surveys_that_others_could_read_are_a_fault(
    command: Command, current_sandbox: Sandbox, database: str
) -> None:
    known = {"NIHITO_SECRET_KEY": SECRET_KEY, "NIHITO_PUBLIC_URL": "http://nihito.example.org"}
    ended = command("doctor", **(settings_for(current_sandbox, database) | known))
    assert ended.code == 1
    found, mending = findings(ended)["surveys"]
    assert found == "http://nihito.example.org is not https"
    assert mending.startswith("Set NIHITO_PUBLIC_URL to the https address")


def set_jobs_ran_at(database: str, at: datetime) -> None:
    """Let a workspace say that jobs last ran at an instant."""
    engine = make_engine(database)
    with engine.begin() as connection:
        connection.execute(update(workspaces_table).values(jobs_ran_at=at))
    engine.dispose()


def test_a_clock_that_was_ahead_is_found_and_said_to_be_mended(
    command: Command, current_sandbox: Sandbox, database: str
) -> None:
    settings = settings_for(current_sandbox, database)
    open_workspace(current_sandbox, ManualClock(utc_now()), database).services.engine.dispose()
    set_jobs_ran_at(database, utc_now() + timedelta(hours=3, seconds=20))
    ended = command("doctor", **settings)
    assert ended.code == 1
    what, mend = findings(ended)["clock"]
    assert what.startswith("3 h behind the time that jobs last ran at, ")
    assert mend == "Set the clock by NTP."
    command("tick", **settings)
    ended = command("doctor", **settings)
    assert (ended.code, findings(ended)) == (0, {})
    assert "well  clock: set back by 3 h at " in ended.out
    assert "What was recorded ahead of that is ignored" in ended.out


def test_jobs_that_have_not_run_for_hours_are_found(
    command: Command, current_sandbox: Sandbox, database: str
) -> None:
    settings = settings_for(current_sandbox, database)
    open_workspace(current_sandbox, ManualClock(utc_now()), database).services.engine.dispose()
    command("tick", **settings)
    assert "\nwell  jobs: last ran " in command("doctor", **settings).out
    set_jobs_ran_at(database, utc_now() - timedelta(hours=3))
    what, mend = findings(command("doctor", **settings))["jobs"]
    assert what.startswith("last ran 3 h ago, ")
    assert mend.startswith("Start the bot.")


def test_a_workspace_without_a_token_is_named_with_what_waits_there(
    command: Command, current_sandbox: Sandbox, database: str
) -> None:
    settings = settings_for(current_sandbox, database)
    opened = open_workspace(current_sandbox, ManualClock(utc_now()), database)
    with opened.services.transaction("T0000099") as tx:
        workspaces.save(tx, "Elsewhere", "U1", utc_now())
    ended = command("doctor", **settings)
    assert ended.code == 0
    assert "well  workspace: Elsewhere (T0000099): no_token, 0 messages wait" in ended.out
    with opened.services.transaction("T0000099") as tx:
        due = utc_now() - timedelta(minutes=5)
        outbox.enqueue(tx, MessageKind.NUDGE, "U1", "2026-03-02", "U1", due)
    opened.services.engine.dispose()
    ended = command("doctor", **settings)
    assert findings(ended) == {
        "workspace": (
            "Elsewhere (T0000099): no_token, 1 message waits",
            "What waits there is kept and not sent. Run the bot with that workspace's "
            "SLACK_BOT_TOKEN, in a process of its own, or leave it if the app is no longer used "
            "there.",
        )
    }
