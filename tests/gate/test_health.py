"""What else the web server answers: its health, and nothing on any other path."""

import json
import logging
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.conftest import Nihito
from tests.gate.scene import Scene
from tests.gate.wire import PATH, ask

ON_POSTGRESQL = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
def test_slack_events_are_only_posted(scene: Scene, method: str) -> None:
    assert ask(scene.url, method, PATH)[0] == 405


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_only_read(scene: Scene, method: str, path: str) -> None:
    assert ask(scene.url, method, path, b"{}")[0] == 405


@pytest.mark.parametrize(
    "path",
    ["/", "/slack", "/slack/event", "/slack/events/x", "/.env", "/..%2f..%2fetc", "/%00", "//x"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_any_other_path_is_unknown(scene: Scene, method: str, path: str) -> None:
    assert ask(scene.url, method, path)[0] == 404


def test_a_running_server_is_up_and_ready(scene: Scene) -> None:
    assert ask(scene.url, "GET", "/healthz") == (200, b'{"status":"up"}')
    assert ask(scene.url, "GET", "/readyz") == (200, b'{"status":"ready"}')


def assert_not_ready(nihito: Nihito, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "uvicorn.error")
    status, body = ask(nihito.url, "GET", "/readyz")
    assert (status, json.loads(body)) == (503, {"status": "database away"})
    assert ask(nihito.url, "GET", "/healthz")[0] == 200
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


@ON_POSTGRESQL
def test_while_the_server_takes_no_connections_it_is_not_ready(
    nihito: Nihito, caplog: pytest.LogCaptureFixture
) -> None:
    with Shut(nihito):
        assert_not_ready(nihito, caplog)
    assert ask(nihito.url, "GET", "/readyz")[0] == 200


class Shut:
    """A PostgreSQL database that ends and refuses connections meanwhile."""

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
