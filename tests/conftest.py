"""The whole bot against the sandbox: real Bolt, real slack_sdk, real sockets and databases."""

import gc
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, event

from bot.app import Application, build
from bot.domain.outbox.outcomes import Outcome
from bot.intake.calendars.fetching import Network
from bot.log import configure
from bot.settings import Settings
from sandbox.person import Person
from sandbox.server import Sandbox
from sandbox.server_thread import ServerThread
from sandbox.workspace.state import View
from tests.support.databases import (
    PostgresServer,
    SqliteFiles,
    postgres_server,
    quick_folder,
    share_compiled_statements,
)
from tests.ticks import tick
from tests.times import T0

# The same examples each time, unless pytest is given `--hypothesis-profile random`.
# A busy machine is slow at times, which is no failure.
DEFAULTS = settings.get_profile("default")
settings.register_profile("repeatable", DEFAULTS, derandomize=True, deadline=None)
settings.register_profile("random", DEFAULTS, derandomize=False, deadline=None, print_blob=True)
settings.load_profile("repeatable")

MANIFEST = json.loads((Path(__file__).parent.parent / "manifest.json").read_text())


class ManualClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@dataclass
class Nihito:
    """A running bot and its Slack; `url` is the address of its web server."""

    slack: Sandbox
    application: Application
    clock: ManualClock
    url: str

    @property
    def services(self):
        return self.application.services

    @property
    def workspace_id(self) -> str:
        return self.application.installation.workspace_id

    def wait_until_idle(self) -> None:
        """Wait until all work after acknowledgements is finished."""
        assert self.application.dispatcher.background.wait_until_idle(10)

    def tick_at(self, at: datetime, *, audited: bool = False) -> list[Outcome]:
        """Move the clock and run everything that is due then."""
        self.clock.at = at
        return tick(self.services, at, audited=audited)

    def join(self, person: Person, **choices: object) -> None:
        """Join a person as a PM, with the form's defaults unless chosen otherwise."""
        person.run("/visit", "join")
        person.wait_for_view()
        person.submit(choices)
        self.slack.expect_message(to=person, containing="Welcome")

    def open_form(self, person: Person, command: str, text: str = "") -> View:
        """Run a command and return the form it opens."""
        person.run(command, text)
        return person.wait_for_view()


def pytest_collection_finish() -> None:
    """Run the garbage collector rarely, and not on what lives to the end, such as all the tests.

    It would take a twelfth of the whole time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _quiet() -> None:
    configure("error")


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> None:
    share_compiled_statements()


@pytest.fixture(scope="session", autouse=True)
def _reading_only() -> None:
    """Fail whatever writes in a transaction that only reads: SQLite would let it."""

    @event.listens_for(Engine, "before_cursor_execute")
    def _(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            assert not connection.get_execution_options().get("reading"), statement


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(T0)


@pytest.fixture
def slack(clock: ManualClock) -> Iterator[Sandbox]:
    with Sandbox(manifest=MANIFEST, now=clock.now) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def sqlite_files() -> Iterator[SqliteFiles]:
    with quick_folder("nihito") as folder:
        yield SqliteFiles(folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server(in_memory=True) as server:
        yield server


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield the address of an empty database: SQLite, unless a test is parametrized otherwise."""
    kind = getattr(request, "param", "sqlite")
    name = {"sqlite": "sqlite_files", "postgresql": "postgres"}[kind]
    with request.getfixturevalue(name).temporary() as address:
        yield address


@pytest.fixture
def transport(request: pytest.FixtureRequest) -> str:
    """Return how Slack reaches the bot: signed HTTP, unless a test is parametrized otherwise.

    Socket Mode takes half a second to connect and to disconnect.
    """
    return getattr(request, "param", "http")


@pytest.fixture
def nihito(slack: Sandbox, clock: ManualClock, database: str, transport: str) -> Iterator[Nihito]:
    """Yield a running bot; afterwards no message may be left that the test didn't expect."""
    with open_nihito(slack, clock, database, transport) as opened:
        yield opened
    slack.assert_nothing_else()


def _close(application: Application, slack: Sandbox) -> None:
    # Calls that still hang would be waited for.
    slack.clear_faults()
    application.close()


@contextmanager
def open_nihito(
    slack: Sandbox,
    clock: ManualClock,
    database: str,
    transport: str = "http",
    network: Network | None = None,
    **more: Any,
) -> Iterator[Nihito]:
    """Run the bot with `more` settings; it fetches calendars through `network`."""
    settings = Settings(
        database_url=database,
        slack_bot_token=SecretStr(slack.bot_token),
        slack_app_token=SecretStr(slack.app_token if transport == "socket" else ""),
        slack_signing_secret=SecretStr(slack.signing_secret),
        slack_api_url=slack.api_url,
        **more,
    )
    with ExitStack() as cleanup:
        application = build(settings, clock, network)
        cleanup.callback(_close, application, slack)
        runner = ServerThread(application.web, 0)
        runner.start()
        cleanup.callback(runner.stop)
        url = f"http://127.0.0.1:{runner.port}"
        if transport == "http":
            slack.deliver_over_http(f"{url}/slack/events")
        else:
            application.connect()
            slack.wait_for_connection()
        yield Nihito(slack, application, clock, url)
    # Using the database after close leaves a connection for the garbage collector to find.
    pool = application.services.engine.pool
    assert (pool.checkedin(), pool.checkedout()) == (0, 0)  # type: ignore[attr-defined]
