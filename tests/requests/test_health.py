"""What else the web server serves: health, metrics, and nothing on any other path."""

import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import create_engine, event, text

from bot.db import workspaces
from bot.domain.outbox.outcomes import DeliveryStatus, Outcome
from bot.operations.doctor.clock import check_clock
from bot.platform.health_endpoints import NO_ANSWER, Connected, add_health_endpoints
from bot.platform.metrics import Metrics
from bot.services import Services
from sandbox.server_thread import ServerThread
from scheduler.jobs import schedule
from tests.conftest import Nihito
from tests.operations.conftest import workspace
from tests.operations.operations_fixture import BotWorkspace
from tests.requests.raw_http import PATH, ask
from tests.requests.seeded_workspace import SeededWorkspace
from tests.times import T0, T

__all__ = ["workspace"]

ON_POSTGRESQL = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
def test_slack_events_are_only_posted(seeded_workspace: SeededWorkspace, method: str) -> None:
    assert ask(seeded_workspace.url, method, PATH)[0] == 405


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_health_is_only_read(seeded_workspace: SeededWorkspace, method: str, path: str) -> None:
    assert ask(seeded_workspace.url, method, path, b"{}")[0] == 405


@pytest.mark.parametrize(
    "path",
    ["/", "/slack", "/slack/event", "/slack/events/x", "/.env", "/..%2f..%2fetc", "/%00", "//x"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_any_other_path_is_unknown(
    seeded_workspace: SeededWorkspace, method: str, path: str
) -> None:
    assert ask(seeded_workspace.url, method, path)[0] == 404


def readiness(url: str) -> tuple[int, dict[str, str]]:
    status, body = ask(url, "GET", "/readyz")
    return status, json.loads(body)


def test_a_running_server_is_up_and_ready(seeded_workspace: SeededWorkspace) -> None:
    seeded_workspace.start_clock()
    status, body = ask(seeded_workspace.url, "GET", "/healthz")
    assert (status, json.loads(body)) == (200, {"status": "up"})
    status, found = readiness(seeded_workspace.url)
    assert status == 200
    assert found == {"status": "ready", "database": "ok", "workspace": "ok", "clock": "ok"}


def test_readiness_is_a_line_for_each_thing(seeded_workspace: SeededWorkspace) -> None:
    seeded_workspace.start_clock()
    lines = ask(seeded_workspace.url, "GET", "/readyz")[1].decode().splitlines()
    assert lines[1:3] == ['"status": "ready",', '"database": "ok",']


def assert_not_ready(nihito: Nihito, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "uvicorn.error")
    status, found = readiness(nihito.url)
    assert (status, found["status"]) == (503, "not ready")
    away = ("OperationalError", "DatabaseError", "at revision none", NO_ANSWER)
    assert found["database"].startswith(away)
    assert ask(nihito.url, "GET", "/healthz")[0] == 200
    assert "nihito_database_up 0.0" in ask(nihito.url, "GET", "/metrics")[1].decode()
    assert [each for each in caplog.records if each.exc_info] == []


def test_without_its_file_it_is_up_and_not_ready(
    nihito: Nihito, caplog: pytest.LogCaptureFixture
) -> None:
    path = Path(nihito.services.engine.url.database or "")
    nihito.services.engine.dispose()
    path.unlink()
    assert_not_ready(nihito, caplog)


def test_with_a_file_that_is_no_database_it_is_not_ready(
    nihito: Nihito, caplog: pytest.LogCaptureFixture
) -> None:
    nihito.services.engine.dispose()
    Path(nihito.services.engine.url.database or "").write_text("This was a database. " * 200)
    assert_not_ready(nihito, caplog)


def test_over_a_database_that_cannot_be_written_it_is_not_ready(workspace: BotWorkspace) -> None:
    engine = workspace.services.engine

    def refuse_writes(connection: Any, *_: Any) -> None:
        connection.execute("PRAGMA query_only=ON")

    engine.dispose()
    event.listen(engine, "connect", refuse_writes)
    with serve_health(workspace.services) as (url, _):
        status, found = readiness(url)
        assert (status, found["database"]) == (503, "can't be written: read-only")
    event.remove(engine, "connect", refuse_writes)
    engine.dispose()
    with serve_health(workspace.services) as (url, _):
        assert readiness(url)[1]["database"] == "ok"


@ON_POSTGRESQL
def test_while_the_server_takes_no_connections_it_is_not_ready(
    nihito: Nihito, caplog: pytest.LogCaptureFixture
) -> None:
    with DatabaseDown(nihito):
        assert_not_ready(nihito, caplog)
    assert readiness(nihito.url)[0] == 200


class DatabaseDown:
    """A PostgreSQL database that drops and refuses connections meanwhile."""

    def __init__(self, nihito: Nihito) -> None:
        url = nihito.services.engine.url
        self._name = url.database
        address = url.set(database="postgres", drivername="postgresql+psycopg")
        self._engine = create_engine(address, isolation_level="AUTOCOMMIT")

    def __enter__(self) -> None:
        self._run(f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS false")
        self._run(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self._name}'"
        )

    def __exit__(self, *_: object) -> None:
        self._run(f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS true")
        self._engine.dispose()

    def _run(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.execute(text(statement))


@contextmanager
def serve_health(
    services: Services, connected: Connected | None = None
) -> Iterator[tuple[str, FastAPI]]:
    """Run a server with the health endpoints alone; yield its address and its app."""
    web = FastAPI(openapi_url=None)
    add_health_endpoints(web, services, connected)
    runner = ServerThread(web, 0)
    runner.start()
    try:
        yield f"http://127.0.0.1:{runner.port}", web
    finally:
        runner.stop()


@dataclass
class ManualSeconds:
    """A monotonic clock that a test moves."""

    at: float = 0.0

    def __call__(self) -> float:
        return self.at


def test_a_clock_that_stands_still_for_two_minutes_asks_for_a_restart(
    workspace: BotWorkspace,
) -> None:
    seconds = ManualSeconds()
    services = replace(workspace.services, metrics=Metrics(seconds))
    with serve_health(services) as (url, _):
        seconds.at = 1000
        assert ask(url, "GET", "/healthz")[0] == 200  # its clock runs elsewhere
        schedule(services)
        seconds.at += 119
        assert ask(url, "GET", "/healthz")[0] == 200
        seconds.at += 1
        status, body = ask(url, "GET", "/healthz")
        assert (status, json.loads(body)) == (503, {"status": "no job has run for 120 s"})
        assert readiness(url)[1]["clock"] == "no job has run for 120 s"
        services.metrics.count_job("delivery", 0.1, failed=True)
        assert ask(url, "GET", "/healthz")[0] == 200


def test_health_is_answered_while_every_thread_of_the_server_is_busy(
    workspace: BotWorkspace,
) -> None:
    free = Event()
    with serve_health(workspace.services) as (url, web), ThreadPoolExecutor(60) as clients:
        web.get("/busy")(lambda: {"free": free.wait(20)})
        waiting = [clients.submit(ask, url, "GET", "/busy") for _ in range(60)]
        try:
            for path in ("/healthz", "/readyz", "/metrics"):
                assert ask(url, "GET", path)[0] == 200
            assert not any(each.done() for each in waiting)
        finally:
            free.set()
        assert {each.result()[0] for each in waiting} == {200}


def test_a_database_that_hangs_is_not_waited_for(workspace: BotWorkspace) -> None:
    free = Event()

    def hang(*_: Any) -> None:
        free.wait(20)

    event.listen(workspace.services.engine, "before_cursor_execute", hang)
    with serve_health(workspace.services) as (url, _):
        started = monotonic()
        status, found = readiness(url)
        assert (status, found["database"]) == (503, NO_ANSWER)
        assert "nihito_database_up 0.0" in ask(url, "GET", "/metrics")[1].decode()
        assert ask(url, "GET", "/healthz")[0] == 200
        assert 4 < monotonic() - started < 6
        free.set()
        assert wait_until(lambda: readiness(url)[0] == 200)


def wait_until(is_so: Callable[[], bool]) -> bool:
    """Return whether something becomes true within a few seconds."""
    until = monotonic() + 5
    while monotonic() < until:
        if is_so():
            return True
    return False


def test_without_its_socket_it_is_not_ready(workspace: BotWorkspace) -> None:
    connected = Event()
    with serve_health(workspace.services, connected.is_set) as (url, _):
        status, found = readiness(url)
        assert (status, found["socket mode"]) == (503, "not connected")
        connected.set()
        status, found = readiness(url)
        assert (status, found["socket mode"]) == (200, "ok")


def test_in_a_workspace_that_slack_no_longer_knows_it_is_not_ready(workspace: BotWorkspace) -> None:
    with workspace.services.transaction(workspace.workspace_id) as tx:
        workspaces.halt(tx, "token_revoked", T0)
    with serve_health(workspace.services) as (url, _):
        status, found = readiness(url)
    assert (status, found["workspace"]) == (503, "halted: token_revoked")


def test_over_a_database_of_another_version_it_is_not_ready(workspace: BotWorkspace) -> None:
    with workspace.services.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with serve_health(workspace.services) as (url, _):
        status, found = readiness(url)
    assert status == 503
    assert found["database"].startswith("at revision 0000, the code expects ")


def read_metrics(url: str) -> dict[str, float]:
    """Return every metric by its name and labels."""
    page = ask(url, "GET", "/metrics")[1].decode()
    lines = (line for line in page.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_figures_tell_what_became_of_messages_and_how_late_they_were(
    workspace: BotWorkspace,
) -> None:
    metrics = workspace.services.metrics
    late = timedelta(seconds=4)
    metrics.count_outcome(Outcome("nudge", "U0000001", DeliveryStatus.SENT, "delivered", late))
    metrics.count_outcome(Outcome("nudge", "U0000001", DeliveryStatus.DELAYED, "visit_booked"))
    metrics.count_outcome(
        Outcome("digest", "C0000001", DeliveryStatus.QUEUED, "3 stories of Brightwater Mill")
    )
    with serve_health(workspace.services) as (url, _):
        found = read_metrics(url)
    assert found['nihito_messages_total{kind="nudge",reason="delivered",status="sent"}'] == 1
    assert found['nihito_messages_total{kind="nudge",reason="visit_booked",status="held"}'] == 1
    assert found['nihito_messages_total{kind="digest",reason="other",status="queued"}'] == 1
    assert found['nihito_late_seconds_bucket{kind="nudge",le="2.0"}'] == 0
    assert found['nihito_late_seconds_bucket{kind="nudge",le="5.0"}'] == 1
    assert found['nihito_late_seconds_bucket{kind="nudge",le="86400.0"}'] == 1


def test_figures_tell_of_requests_and_jobs(workspace: BotWorkspace) -> None:
    metrics = workspace.services.metrics
    metrics.count_request("command", 0.02)
    metrics.count_job("nudges", 0.2, failed=False)
    metrics.count_job("nudges", 0.2, failed=True)
    with serve_health(workspace.services) as (url, _):
        found = read_metrics(url)
    assert found['nihito_request_seconds_bucket{kind="command",le="0.025"}'] == 1
    assert found['nihito_job_seconds_count{job="nudges"}'] == 2
    assert found['nihito_job_failures_total{job="nudges"}'] == 1


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_figures_tell_what_waits_and_what_is_dead(workspace: BotWorkspace) -> None:
    for minutes in (3, 1):
        workspace.add_outbox_message("nudge", "pending", "ratelimited", minutes)
    workspace.add_outbox_message("flag", "pending", None, -60)
    workspace.add_outbox_message("digest", "sending", None, 1)
    workspace.add_outbox_message("nudge", "dead", "user_disabled", 9)
    workspace.add_outbox_message("nudge", "dead", "messages_tab_disabled", 9)
    workspace.add_outbox_message("nudge", "sent", None, 9)
    with serve_health(workspace.services) as (url, _):
        found = read_metrics(url)
    assert found["nihito_database_up"] == 1
    waiting = {name: value for name, value in found.items() if name.startswith("nihito_waiting{")}
    assert waiting == {
        'nihito_waiting{kind="nudge",reason="ratelimited",state="pending"}': 2,
        'nihito_waiting{kind="flag",reason="none",state="pending"}': 1,
        'nihito_waiting{kind="digest",reason="none",state="sending"}': 1,
    }
    assert found['nihito_dead{kind="nudge"}'] == 2
    assert found["nihito_due"] == 2
    assert found["nihito_oldest_waiting_seconds"] == 180


def test_the_metrics_of_two_processes_are_their_own() -> None:
    one, other = Metrics(), Metrics()
    one.count_request("command", 0.1)
    assert b'kind="command"' in one.render(None)
    assert b'kind="command"' not in other.render(None)


@pytest.mark.parametrize("path", ["/docs", "/docs/oauth2-redirect", "/openapi.json", "/healthz/"])
def test_there_are_no_pages_about_the_server_and_no_redirects(nihito: Nihito, path: str) -> None:
    assert ask(nihito.url, "GET", path)[0] == 404


def test_figures_name_nobody(nihito: Nihito) -> None:
    ada = nihito.slack.add_user("Ada Archer", tz="Europe/Berlin")
    nihito.join(ada)
    nihito.tick_at(T0 + timedelta(days=14))
    nihito.slack.expect_message(to=ada)
    page = ask(nihito.url, "GET", "/metrics")[1].decode()
    assert 'nihito_messages_total{kind="nudge",reason="delivered",status="sent"}' in page
    for private in (ada.id, "Ada", nihito.workspace_id, nihito.slack.bot_token):
        assert private not in page


def test_a_clock_that_was_set_back_is_mentioned_and_no_reason_to_stop_serving(
    workspace: BotWorkspace,
) -> None:
    workspace.clock.at = T(hours=1)
    check_clock(workspace.services, workspace.workspace_id, T(hours=1))
    workspace.clock.at = T()
    check_clock(workspace.services, workspace.workspace_id, T())
    with serve_health(workspace.services) as (url, _):
        status, found = readiness(url)
    assert (status, found["time"]) == (200, "ok: set back by 1 h at 02 March 12:00 UTC")
