"""The composition root: settings to engine, Slack, Bolt, clock and web; nothing else composes."""

import logging
import socket
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field

from apscheduler.schedulers.background import BackgroundScheduler
from fastapi import FastAPI
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError

from bot.clock import Clock, SystemClock
from bot.db import migrate
from bot.db.engine import make_engine
from bot.operations import workspaces
from bot.operations.workspaces import Installation
from bot.services import Services
from bot.settings import Settings
from bot.slack.client import Slack, make_client, translated
from bot.web import build_web
from handlers.routes import register
from scheduler.jobs import schedule

# Bolt's own five threads lose acknowledgements under a burst (measured: 40 of 60).
LISTENERS = 32


@dataclass
class House:
    """Everything that was built, and how to leave it in order."""

    services: Services
    installation: Installation
    bolt: App
    web: FastAPI
    socket: SocketModeHandler | None
    _ending: ExitStack = field(default_factory=ExitStack)

    def connect(self) -> None:
        """Open the Socket Mode connection, if that is how Slack is reached.

        Raises `SlackError` when Slack does not know the app token.
        """
        if self.socket is not None:
            self._ending.callback(_hang_up, self.socket)
            try:
                self.socket.connect()  # type: ignore[no-untyped-call]
            except SlackApiError as error:
                raise translated(error) from error

    def tick_by_itself(self) -> BackgroundScheduler:
        """Start the clock's jobs."""
        scheduler = schedule(self.services)
        scheduler.start()
        self._ending.callback(scheduler.shutdown)
        return scheduler

    def close(self) -> None:
        """Stop what was started, last things first, and let go of the database."""
        self._ending.close()


def build_services(settings: Settings, clock: Clock | None = None) -> Services:
    """What operations are given. The database is not touched yet."""
    client = make_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
    return Services(
        settings, make_engine(settings.database_url), clock or SystemClock(), Slack(client)
    )


def build(settings: Settings, clock: Clock | None = None) -> House:
    """The whole house, with the database migrated and Slack asked who we are.

    Raises `SlackError` when Slack does not know the token.
    """
    services = build_services(settings, clock)
    migrate.upgrade(services.engine)
    installation = workspaces.recognise(services, services.clock.now())
    ending = ExitStack()
    ending.callback(services.engine.dispose)
    listeners, background = _pool(ending, "listener"), _pool(ending, "background")
    bolt = build_bolt(services, installation, listeners, background)
    return House(
        services=services,
        installation=installation,
        bolt=bolt,
        web=build_web(services, bolt),
        socket=_socket(settings, bolt),
        _ending=ending,
    )


def build_bolt(
    services: Services, installation: Installation, listeners: Executor, background: Executor
) -> App:
    """The Bolt app, with every payload on its way to the gate."""
    settings = services.settings
    app = App(
        name="nihito",
        client=make_client(None, settings.slack_api_url),
        signing_secret=settings.slack_signing_secret.get_secret_value() or "unused",
        authorize=_authorize(settings, installation),
        # Without it Bolt polls for the acknowledgement every 10 ms.
        process_before_response=True,
        listener_executor=listeners,
    )
    register(app, services, background)
    return app


def _authorize(settings: Settings, installation: Installation) -> Callable[..., AuthorizeResult]:
    def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=installation.workspace_id,
            bot_user_id=installation.bot_user_id,
            bot_id=installation.bot_id,
            bot_token=settings.slack_bot_token.get_secret_value(),
        )

    return authorize


def _socket(settings: Settings, bolt: App) -> SocketModeHandler | None:
    if not settings.socket_mode:
        return None
    token = settings.slack_app_token.get_secret_value()
    client = make_client(token, settings.slack_api_url)
    return SocketModeHandler(bolt, token, web_client=client)


def _hang_up(handler: SocketModeHandler) -> None:
    # The library reports the end that we ask for as an error.
    quiet = logging.getLogger("nihito.hanging_up")
    quiet.setLevel(logging.CRITICAL)
    handler.client.logger = quiet
    handler.client.auto_reconnect_enabled = False
    session = handler.client.current_session
    if session is not None and session.sock is not None:
        session.logger = quiet
        # Its reader would wait three seconds for the next frame.
        with suppress(OSError):
            session.sock.shutdown(socket.SHUT_RDWR)
    handler.close()  # type: ignore[no-untyped-call]


def _pool(ending: ExitStack, name: str) -> ThreadPoolExecutor:
    pool = ThreadPoolExecutor(LISTENERS, thread_name_prefix=name)
    ending.callback(pool.shutdown)
    return pool
