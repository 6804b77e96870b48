"""`explain` with a log: from the reference that someone was shown to what failed, and for whom."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from bot import explain as explaining
from bot.errors import NothingToExplain
from bot.log import configure
from bot.operations.doctor import log_lines
from bot.views.explanations import MOST_LINES
from tests.cli.conftest import Command, settings_for
from tests.conftest import Nihito
from tests.operations.operations_fixture import BotWorkspace
from tests.times import T

AT = T(days=14)
REFERENCE = "3f9a0c12"


def line(event: str, *, after: float = 0, logger: str = "bot.test", **fields: Any) -> str:
    stamp = (AT + timedelta(seconds=after)).isoformat().replace("+00:00", "Z")
    return json.dumps({"event": event, "logger": logger, "timestamp": stamp, **fields})


def failure(user: str = "U0000001", **fields: Any) -> str:
    error = {
        "type": "OperationalError",
        "code": "SQLITE_BUSY",
        "frames": ["bot/db/engine.py:9 run"],
    }
    known = {"kind": "submission", "name": "debrief.save", "user": user, "exception": [error]}
    return line("request_failed", reference=REFERENCE, **(known | fields))


def found(*lines: str) -> tuple[log_lines.LogLine, list[str]]:
    failed, around = log_lines.find_failure(lines, REFERENCE)
    return failed, [each.event for each in around]


@pytest.fixture
def log_of_a_failure(nihito: Nihito) -> Iterator[tuple[str, str, list[str]]]:
    """Let a command fail on the database; yield who, what they read, and the bot's log."""
    written = io.StringIO()
    configure("info")
    (handler,) = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    ada = nihito.slack.add_user("Ada Fenn", tz="Europe/Berlin")
    nihito.join(ada, channel=nihito.slack.add_channel("stories", members=[ada]).id)
    engine = create_engine(nihito.services.engine.url.set())
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE visits RENAME TO lost"))
    read = ada.run("/visit", "next").text
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE lost RENAME TO visits"))
    engine.dispose()
    yield ada.id, read, written.getvalue().splitlines()
    configure("error")


def test_the_reference_that_someone_read_leads_to_what_failed_and_to_their_day(
    nihito: Nihito, log_of_a_failure: tuple[str, str, list[str]]
) -> None:
    ada, read, lines = log_of_a_failure
    reference = read.partition("give ")[2].split()[0]
    said, facts = explaining.explain(nihito.services, reference, None, lines, T())
    assert said[0].startswith(f"{reference}: command /visit failed at ")
    assert said[0].endswith(f"by {ada}")
    assert "at bot/db/engine.py" in said[1]
    assert ", from bot/db/visits/queries.py" in said[1]
    assert "OperationalError SQLITE_ERROR, at " in said[2]
    assert "To do: The database did not do it" in "\n".join(said)
    assert f"{ada} in {nihito.workspace_id}, " in "\n".join(said)
    assert facts["day"]["user_id"] == ada
    assert "Fenn" not in "\n".join(said) + json.dumps(facts, default=str)


def test_lines_of_the_same_person_within_a_minute_belong_to_a_failure() -> None:
    failed, around = found(
        line("request", after=-61, user="U0000001"),
        line("request", after=-60, user="U0000001"),
        line("other", after=-1, user="U0000002"),
        line("job_failed", after=-1, job="nudges"),
        failure(),
        line("delivery_failed", after=60, id="a"),
        line("followup_failed", after=61, user="U0000001"),
    )
    assert around == ["request", "job_failed", "delivery_failed"]
    assert failed.at == AT


def test_what_is_no_line_of_ours_is_passed_over() -> None:
    noise = ["", "{", "[]", "null", "-- Logs begin --", json.dumps({"reference": REFERENCE})]
    noise += [line("x", logger="library", reference=REFERENCE), "[" * 100_000]
    noise += [json.dumps({"event": "x", "logger": "bot", "timestamp": "2026-03-16T12:00:00"})]
    failed, around = found(*noise, failure(), *noise)
    assert (failed.event, around) == ("request_failed", [])


def test_fields_that_the_bot_does_not_log_are_left_out() -> None:
    failed, _ = found(failure(text="A customer's words", name="x\x1b[2J"))
    assert "text" not in failed.fields
    assert failed.fields["name"] == "x[2J"
    assert failed.errors == ["OperationalError SQLITE_BUSY, at bot/db/engine.py:9 run"]


def test_a_reference_of_before_people_were_logged_is_explained_without_them() -> None:
    failed, around = found(line("request", user="U0000001"), line("job"), failure(user=""))
    assert ("user" in failed.fields, around) == (False, [])


def test_a_reference_that_is_not_in_the_log_is_said() -> None:
    with pytest.raises(NothingToExplain, match="older than what the log keeps"):
        found(line("request"))


def test_a_failure_is_explained_while_the_database_is_away(command: Command, folder: Path) -> None:
    (folder / "log").write_text(failure() + "\n")
    away = {"DATABASE_URL": "sqlite:////nowhere/nihito.db"}
    ended = command("explain", REFERENCE, "--log", "log", **away)
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0] == (
        f"{REFERENCE}: submission debrief.save failed at 2026-03-16 12:00:00 UTC, by U0000001"
    )
    assert lines[-1] == "Their day isn't known: OperationalError."


def test_a_log_may_come_from_standard_input(
    command: Command, monkeypatch: pytest.MonkeyPatch, workspace: BotWorkspace, database: str
) -> None:
    with closing(io.TextIOWrapper(io.BytesIO(f"{failure()}\n\xff\n".encode("latin-1")))) as given:
        monkeypatch.setattr("sys.stdin", given)
        ended = command(
            "explain", REFERENCE.upper(), "--log", "-", **settings_for(workspace.slack, database)
        )
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[-1] == "Their day isn't known: NothingToExplain."


def test_the_log_adds_what_a_person_did_that_day_and_what_became_of_messages(
    command: Command, workspace: BotWorkspace, database: str, folder: Path
) -> None:
    ada = workspace.add_pm("Ada")
    workspace.tick_at(AT)
    workspace.slack.expect_message(to=ada)
    settings = settings_for(workspace.slack, database)
    day = json.loads(command("explain", ada.id, str(AT.date()), "--json", **settings).out)["day"]
    outbox_id = day["nudge"]["id"]
    lines = [
        line("request", user=ada.id, name="/visit"),
        line("request", after=86_400, user=ada.id, name="/late"),
        line("request", user="U0009999", name="/other"),
        line("delivery", after=90_000, id=outbox_id, status="sent"),
    ]
    (folder / "log").write_text("\n".join(lines))
    said = command("explain", ada.id, str(AT.date()), "--log", "log", **settings).out
    assert f"03-16 12:00:00 request name=/visit user={ada.id}" in said
    assert f"03-17 13:00:00 delivery id={outbox_id} status=sent" in said
    assert "/late" not in said
    assert "/other" not in said
    alone = command("explain", outbox_id, "--log", "log", **settings).out
    assert "delivery id=" in alone
    assert "request" not in alone


def test_of_many_lines_the_last_are_shown(
    command: Command, workspace: BotWorkspace, database: str, folder: Path
) -> None:
    ada = workspace.add_pm("Ada")
    lines = [line("request", after=count, user=ada.id) for count in range(MOST_LINES + 2)]
    (folder / "log").write_text("\n".join(lines))
    said = command(
        *("explain", ada.id, str(AT.date()), "--log", "log"),
        **settings_for(workspace.slack, database),
    ).out
    assert f"In the log (UTC), the last {MOST_LINES} of {MOST_LINES + 2}:" in said
    assert "12:00:01 request" not in said
    assert "12:00:09 request" in said


def test_only_so_many_lines_before_a_failure_are_remembered() -> None:
    earlier = (line("request", user="U0000001") for _ in range(log_lines.REMEMBERED + 10))
    _, around = log_lines.find_failure([*earlier, failure()], REFERENCE)
    assert len(around) == log_lines.REMEMBERED
    assert isinstance(around[0].at, datetime)
