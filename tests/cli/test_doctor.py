"""`doctor`: what is wrong with a set-up, and how to mend it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.db import migrate, workspaces
from bot.db.engine import make_engine
from bot.db.outbox import rates
from bot.domain.stories import ChannelFault
from bot.operations.calendars import feeds as calendar_operations
from bot.operations.doctor import checks as health
from bot.operations.doctor.remedies import MENDINGS, mending
from bot.slack import error_codes as codes
from bot.views.calendars import FeedChange
from sandbox.clock import utc_now
from sandbox.server import Sandbox
from tests.cli.conftest import Command, Ended, reaching
from tests.conftest import MANIFEST, HandClock
from tests.operations.operations_fixture import SECRET_KEY, Office, open_office


@pytest.fixture
def today() -> Iterator[Sandbox]:
    """A sandbox whose clock shows the time, as Slack's does."""
    with Sandbox(manifest=MANIFEST) as sandbox:
        yield sandbox


def findings(ended: Ended) -> dict[str, tuple[str, str]]:
    """What was found not well, with its mending, by subject."""
    lines = [*ended.out.splitlines(), ""]
    found = {}
    for line, following in pairwise(lines):
        if line.startswith("not well  "):
            subject, _, what = line.removeprefix("not well  ").partition(": ")
            found[subject] = (what, following.strip())
    return found


def test_a_set_up_that_is_well_is_said_to_be(
    command: Command, today: Sandbox, database: str
) -> None:
    ended = command("doctor", **reaching(today, database))
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
def test_what_does_not_lead_to_slack_is_found_with_its_mending(
    command: Command,
    today: Sandbox,
    database: str,
    setting: str,
    value: str,
    subject: str,
    found: str,
    mending: str,
) -> None:
    ended = command("doctor", **(reaching(today, database) | {setting: value}))
    assert ended.code == 1
    what, mend = findings(ended)[subject]
    assert what.startswith(found)
    assert mend.startswith(mending)


def test_a_scope_that_was_not_granted_is_named(command: Command, database: str) -> None:
    without = json.loads(json.dumps(MANIFEST))
    without["oauth_config"]["scopes"]["bot"].remove("im:history")
    with Sandbox(manifest=without) as slack:
        ended = command("doctor", **reaching(slack, database))
    assert ended.code == 1
    assert findings(ended) == {
        "scopes": (
            "missing: im:history",
            "Update the app from manifest.json and install it to the workspace again.",
        )
    }


def newest(database: str) -> str:
    """The revision that the code expects."""
    engine = make_engine(database)
    expected = migrate.revisions(engine)[1]
    engine.dispose()
    assert expected
    return expected


def test_a_database_that_was_never_migrated_is_found(
    command: Command, today: Sandbox, folder: Path, database: str
) -> None:
    ended = command("doctor", **reaching(today, f"sqlite:///{folder / 'new.db'}"))
    assert ended.code == 1
    what, mending = findings(ended)["database"]
    assert what.startswith(f"at revision none, the code expects {newest(database)}")
    assert mending == "Run `python -m bot migrate`."


def test_a_database_of_an_older_version_is_found(
    command: Command, today: Sandbox, database: str
) -> None:
    engine = make_engine(database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    engine.dispose()
    ended = command("doctor", **reaching(today, database))
    assert ended.code == 1
    told = f"at revision 0000, the code expects {newest(database)}"
    assert findings(ended)["database"][0].startswith(told)


@pytest.mark.parametrize(
    "address", ["postgresql://nihito:hunter2@127.0.0.1:9/none", "sqlite:////nowhere/nihito.db"]
)
def test_a_database_that_is_away_is_found_and_slack_looked_at_all_the_same(
    command: Command, today: Sandbox, address: str
) -> None:
    ended = command("doctor", **reaching(today, address))
    assert ended.code == 1
    what, mending = findings(ended)["database"]
    assert what.endswith("OperationalError")
    assert mending.startswith("Check DATABASE_URL")
    assert "hunter2" not in ended.out + ended.err
    assert "well  bot token" in ended.out


@pytest.fixture
def standing(today: Sandbox, database: str) -> Iterator[Office]:
    """An office of today, so that nothing of it is late."""
    opened = open_office(today, HandClock(utc_now()), database)
    yield opened
    opened.services.engine.dispose()


def test_dead_letters_are_told_by_kind_and_reason_with_what_to_do(
    command: Command, standing: Office, database: str
) -> None:
    for kind, reason in (
        ("nudge", "user_disabled"),
        ("nudge", "user_disabled"),
        ("nudge", "messages_tab_disabled"),
        ("digest", "is_archived"),
    ):
        standing.leave(kind, "dead", reason, 5)
    ended = command("doctor", **reaching(standing.slack, database))
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
    [codes.HALTING, codes.LACKING, codes.PERSON_GONE, codes.CHANNEL_LOST, codes.PAYLOAD],
)
def test_every_code_that_stops_a_message_has_its_mending(codes_of: frozenset[str]) -> None:
    assert codes_of <= set(MENDINGS)
    assert set(ChannelFault) <= set(MENDINGS)
    assert mending("something_new") not in MENDINGS.values()


def test_a_workspace_that_slack_no_longer_knows_is_told(
    command: Command, standing: Office, database: str
) -> None:
    with standing.services.transaction(standing.workspace_id) as tx:
        workspaces.halt(tx, "token_revoked", standing.clock.at)
    ended = command("doctor", **reaching(standing.slack, database))
    found, mend = findings(ended)["workspace"]
    assert found == f"{standing.workspace_id} is halted: token_revoked"
    assert mend.startswith("Install the app to the workspace again")


def test_a_rate_that_slack_holds_is_told_and_is_well(
    command: Command, standing: Office, database: str
) -> None:
    now = standing.clock.at
    with standing.services.transaction(standing.workspace_id) as tx:
        rates.hold(tx, "chat.postMessage", now + timedelta(minutes=9), now)
    ended = command("doctor", **reaching(standing.slack, database))
    assert ended.code == 0
    assert "well  rates: Slack holds chat.postMessage until " in ended.out


def test_what_an_audit_finds_is_told(command: Command, standing: Office, database: str) -> None:
    standing.leave("nudge", "pending", None, 5)
    ended = command("doctor", **reaching(standing.slack, database))
    assert ended.code == 1
    found, mend = findings(ended)["audit"]
    assert found == "1 x message_late"
    assert mend.startswith("Start the bot.")


@pytest.mark.parametrize(("seconds", "well"), [(55, True), (-55, True), (70, False), (-70, False)])
def test_a_clock_that_differs_from_slacks_by_a_minute_is_found(
    slack: Sandbox, clock: HandClock, database: str, seconds: int, well: bool
) -> None:
    office = open_office(slack, clock, database)
    now = clock.at + timedelta(seconds=seconds)
    found = {each.subject: each for each in health.examine(office.services, MANIFEST, now)}
    office.services.engine.dispose()
    assert (found["clock"].well, found["clock"].found) == (well, f"{abs(seconds)} s from Slack's")
    assert found["clock"].mending == "Set the clock by NTP."


def test_looking_changes_nothing_and_posts_nothing(
    command: Command, today: Sandbox, database: str
) -> None:
    command("doctor", **reaching(today, database))
    asked = {each.method for each in today.calls}
    assert asked == {"auth.test", "apps.connections.open"}


def calendars(command: Command, today: Sandbox, database: str, key: str = "") -> str:
    """What is said of calendars, with its mending."""
    ended = command("doctor", **reaching(today, database), NIHITO_SECRET_KEY=key)
    return "\n".join(ended.out.partition("calendars: ")[2].splitlines()[:2])


def test_without_a_key_calendars_are_not_offered_and_that_is_no_fault(
    command: Command, today: Sandbox, database: str
) -> None:
    assert "not offered. For calendars, set NIHITO_SECRET_KEY" in calendars(
        command, today, database
    )


def test_calendars_that_were_connected_are_missed_when_their_key_is_gone(
    command: Command, today: Sandbox, database: str
) -> None:
    office = open_office(today, HandClock(utc_now()), database)
    actor = office.actor(office.pm("Ada"))
    wanted = FeedChange("https://calendar.made-up.example/ada.ics", disconnect=False)
    assert calendar_operations.change(office.services, actor, wanted, utc_now())
    office.services.engine.dispose()
    assert calendars(command, today, database, SECRET_KEY).startswith("1 connected")
    said = calendars(command, today, database)
    assert said.startswith("1 cannot be read")
    assert "set NIHITO_SECRET_KEY" in said


def surveys(command: Command, today: Sandbox, database: str, **settings: str) -> str:
    """What is said of surveys, with its mending."""
    ended = command("doctor", **(reaching(today, database) | settings))
    return "\n".join(ended.out.partition("surveys: ")[2].splitlines()[:2])


def test_without_key_and_address_surveys_are_not_offered_and_that_is_no_fault(
    command: Command, today: Sandbox, database: str
) -> None:
    said = surveys(command, today, database)
    assert "not offered. For surveys, set NIHITO_SECRET_KEY and NIHITO_PUBLIC_URL" in said
    keyed = {"NIHITO_SECRET_KEY": SECRET_KEY}
    said = surveys(command, today, database, **keyed)
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
    command: Command, today: Sandbox, database: str, url: str, said: str
) -> None:
    known = {"NIHITO_SECRET_KEY": SECRET_KEY, "NIHITO_PUBLIC_URL": url}
    assert surveys(command, today, database, **known).startswith(said)


def test_surveys_that_others_could_read_are_a_fault(
    command: Command, today: Sandbox, database: str
) -> None:
    known = {"NIHITO_SECRET_KEY": SECRET_KEY, "NIHITO_PUBLIC_URL": "http://nihito.example.org"}
    ended = command("doctor", **(reaching(today, database) | known))
    assert ended.code == 1
    found, mending = findings(ended)["surveys"]
    assert found == "http://nihito.example.org is not https"
    assert mending.startswith("Set NIHITO_PUBLIC_URL to the https address")
