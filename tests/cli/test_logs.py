"""Logs: one line of JSON per event, and no customer's words, person's name or token in any."""

import io
import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from bot.log import LINES_A_MINUTE, configure, get_logger
from sandbox.person import Person
from scheduler import jobs
from tests.conftest import Nihito
from tests.forms import form_helpers
from tests.times import T

# A word that no code, name or address of ours contains.
CANARY = "Kanarienvogel"
EMAIL = f"{CANARY.lower()}@customer.example"
EVERYWHERE = pytest.mark.parametrize(
    ("transport", "database"),
    [("http", "sqlite"), ("socket", "sqlite"), ("http", "postgresql")],
    indirect=True,
)


class Log:
    """What was logged: the bot's own text, as it would be on standard error."""

    def __init__(self) -> None:
        self.written = io.StringIO()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.written.getvalue().splitlines()]

    def of(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == event]


@pytest.fixture
def log() -> Iterator[Log]:
    """Log everything at the most verbose level."""
    kept = Log()
    configure("debug")
    (handler,) = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(kept.written)
    yield kept
    configure("error")


def assert_quiet(log: Log, nihito: Nihito) -> None:
    """Assert that nothing people typed and nothing secret is in any line."""
    known = nihito.services.settings
    secrets = (known.slack_bot_token, known.slack_app_token, known.slack_signing_secret)
    words = [CANARY, *(each.get_secret_value() for each in secrets if each.get_secret_value())]
    for line in log.written.getvalue().splitlines():
        assert not [word for word in words if word.lower() in line.lower()], line


def joined(nihito: Nihito) -> Person:
    """Join a PM whose name and address must not be logged either."""
    ada = nihito.slack.add_user(f"Ada {CANARY}", tz="Europe/Berlin", email=EMAIL)
    stories = nihito.slack.add_channel("stories", members=[ada])
    nihito.join(ada, channel=stories.id)
    return ada


def write(nihito: Nihito, ada: Person) -> dict[str, str]:
    """Submit a debrief with the word in every field; return the errors of its form."""
    view = nihito.open_form(ada, "/debrief", CANARY)
    form_helpers.unfold(nihito, ada, view, "score", "pain", "promise", "answer", "deal")
    fields = ("story", "quote", "surprise", "workaround", "workaround_why", "nps_why")
    fields += ("pain", "promise", "answer", "answer_said", "competitor")
    typed = dict.fromkeys(fields, f"{CANARY} says so, {EMAIL}")
    errors: dict[str, str] = ada.submit(typed | {"customer": f"new:{CANARY}"}).errors
    return errors


def talk(nihito: Nihito, ada: Person) -> None:
    """Use every command and form with the word in every text."""
    assert write(nihito, ada) == {}
    nihito.slack.expect_message(to=ada, containing="is kept")
    view = nihito.open_form(ada, "/contact", CANARY)
    assert view is not None
    person = ada.options("contact.person", CANARY)[-1]
    ada.submit({"person": person, "channel": "mail", "subject": CANARY})
    nihito.slack.expect_message(to=ada, containing="Noted")
    ada.run("/visit", CANARY)
    ada.run("/customer", CANARY)
    nihito.open_form(ada, "/debrief")
    ada.options("customer.find", CANARY)
    ada.open_home()
    nihito.tick_at(T(days=4, hours=2))
    nihito.slack.expect_message(to=nihito.slack.workspace.channels[story_channel(nihito)])


def story_channel(nihito: Nihito) -> str:
    channel: str = form_helpers.table_rows(nihito, "teams")[0]["channel_id"]
    return channel


@EVERYWHERE
def test_the_whole_loop_logs_no_word_that_was_typed(log: Log, nihito: Nihito) -> None:
    talk(nihito, joined(nihito))
    assert log.of("request")
    assert log.of("delivery")
    assert_quiet(log, nihito)


@EVERYWHERE
def test_a_delivery_is_one_line_with_its_figures(log: Log, nihito: Nihito) -> None:
    ada = joined(nihito)
    nihito.tick_at(T(days=14))
    nihito.slack.expect_message(to=ada)
    (line,) = log.of("delivery")
    known = {"kind": "nudge", "status": "sent", "attempts": 1, "workspace": nihito.workspace_id}
    assert known.items() <= line.items()
    assert {"id", "reason", "late_s", "took_ms"} <= set(line)


@EVERYWHERE
@pytest.mark.parametrize("how", ["500 before", "502 page", "reset after", "invalid_blocks"])
def test_slacks_failures_are_logged_without_what_was_sent(
    log: Log, nihito: Nihito, how: str
) -> None:
    ada = joined(nihito)
    assert write(nihito, ada) == {}
    nihito.slack.expect_message(to=ada, containing="is kept")
    nihito.slack.fail("*", how, 6)
    ada.run("/visit", "next")
    for minutes in range(3):
        nihito.tick_at(T(days=4, hours=2, minutes=minutes))
    nihito.slack.clear_faults()
    nihito.tick_at(T(days=4, hours=3))
    for post in nihito.slack.workspace.posts:
        post.expected = True
    assert_quiet(log, nihito)


@contextmanager
def without(nihito: Nihito, table: str) -> Iterator[None]:
    """Drop a table from the database while the block runs."""
    engine = create_engine(nihito.services.engine.url.set())
    with engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO lost"))
    yield
    with engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE lost RENAME TO {table}"))
    engine.dispose()


@EVERYWHERE
def test_errors_of_the_database_are_logged_without_what_was_to_be_kept(
    log: Log, nihito: Nihito
) -> None:
    ada = joined(nihito)
    with without(nihito, "debriefs"):
        assert write(nihito, ada) != {}
    (line,) = log.of("request_failed")
    assert line["exception"][0]["type"] in ("OperationalError", "ProgrammingError")
    assert line["exception"][-1]["code"] in ("SQLITE_ERROR", "42P01")
    assert any("bot/db/debriefs/queries.py" in each for each in line["exception"][0]["frames"])
    assert_quiet(log, nihito)


def test_a_locked_database_is_logged_without_what_was_to_be_kept(log: Log, nihito: Nihito) -> None:
    ada = joined(nihito)
    with closing(sqlite3.connect(nihito.services.engine.url.database, isolation_level=None)) as it:
        view = nihito.open_form(ada, "/debrief", CANARY)
        assert view is not None
        it.execute("BEGIN EXCLUSIVE")
        ada.submit({"customer": f"new:{CANARY}", "story": f"{CANARY} says so every day."})
        it.execute("ROLLBACK")
    assert_quiet(log, nihito)


@pytest.mark.parametrize("name", ["slack_bolt.App", "slack_sdk.web", "nihito", "asyncio"])
def test_a_librarys_line_ends_where_it_would_say_what_it_was_given(log: Log, name: str) -> None:
    logging.getLogger(name).warning("It failed (%s): %r", CANARY, {"token": CANARY})
    logging.getLogger(name).info(CANARY)
    (line,) = log.lines
    assert line["event"] == "It failed"
    assert line["at"].startswith("test_logs.py:")


def test_lines_that_others_cause_are_limited_by_their_kind(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seconds, refused = [0.0], "socket.accept() out of system resource"
    configure("debug", lambda: seconds[0])
    logger = logging.getLogger("asyncio")
    for _ in range(LINES_A_MINUTE + 50):
        logger.error(refused)
    logger.error("Fatal error")
    seconds[0] = 60.0
    logger.error(refused)
    logger.error(refused)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    configure("error")
    kinds = [line["event"] for line in lines]
    assert kinds == [*["socket.accept"] * LINES_A_MINUTE, "Fatal error", *["socket.accept"] * 2]
    assert [line.get("left_out") for line in lines[-2:]] == [50, None]


def test_what_the_bot_did_and_what_has_a_reference_is_always_logged(log: Log) -> None:
    logger, count = get_logger("bot.test"), 2 * LINES_A_MINUTE
    for number in range(count):
        logger.info("delivery", id=number)
        logger.error("request_failed", reference=str(number))
        logger.warning("not_answered")
    kinds = ("delivery", "request_failed", "not_answered")
    assert [len(log.of(each)) for each in kinds] == [count, count, LINES_A_MINUTE]


def test_an_error_is_logged_by_its_type_and_place_and_not_by_its_words(log: Log) -> None:
    try:
        raise ValueError(CANARY) from KeyError(CANARY)
    except ValueError:
        get_logger("bot.test").exception("failed")
    (line,) = log.lines
    assert [each["type"] for each in line["exception"]] == ["ValueError", "KeyError"]
    assert CANARY not in log.written.getvalue()


def test_a_job_that_did_something_is_one_line(log: Log, nihito: Nihito) -> None:
    ada = joined(nihito)
    nihito.clock.at = T(days=14)
    (job,) = (each for each in jobs.JOBS if each.name == "nudges")
    jobs._run(nihito.services, job)
    (line,) = log.of("job")
    assert line["job"] == "nudges"
    assert list(line["outcomes"].values()) == [1]
    assert ada.id not in json.dumps(line)
