"""Composition root: builds the application from the settings; no other module composes."""

from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import dataclass, field
from time import time

from fastapi import FastAPI
from slack_bolt import App
from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.clock import Clock, SystemClock
from bot.db import migrate
from bot.db.engine import LOCK_WAIT_SECONDS, make_engine
from bot.domain.outbox.delivery_policy import DeliveryPolicy
from bot.intake.calendars.fetching import Network
from bot.log import error_location, get_logger
from bot.operations import workspaces
from bot.operations.workspaces import Installation
from bot.platform.executors import PriorityExecutor
from bot.services import Services
from bot.settings import Settings
from bot.slack import deadlines, socket_mode
from bot.slack.client import Slack, make_client
from bot.slack.socket_mode import SocketClient
from bot.web import build_web
from handlers.dispatcher import Dispatcher
from handlers.routes import build_dispatcher, register
from scheduler.jobs import Job, schedule
from scheduler.steady import SteadyScheduler

LOG = get_logger(__name__)

# Requests handled at the same time: more would only wait for each other.
LISTENER_THREADS = 8
# Threads that wait for Slack. A form can be opened for three seconds: with so many threads, 500
# forms at two seconds a call all start in time.
BACKGROUND_THREADS = 256
# Threads that tell people of forms that those cannot open in time; they start when needed.
NOTICE_THREADS = 64
# How long acknowledged requests may take to finish at shutdown.
SHUTDOWN_SECONDS = 5.0


@dataclass
class Application:
    """A running bot: all that was built, and the order in which to stop it."""

    services: Services
    installation: Installation
    dispatcher: Dispatcher
    web: FastAPI
    socket: SocketClient | None
    _exit_stack: ExitStack = field(default_factory=ExitStack)

    def connect(self) -> None:
        """Open the Socket Mode connection, if Slack is reached that way.

        Raises `SlackError` when Slack does not know the app token.
        """
        if self.socket is not None:
            self._exit_stack.callback(self.socket.close)
            self.socket.connect()

    def start_scheduler(self) -> SteadyScheduler:
        """Start the jobs of the clock and return their scheduler."""
        scheduler = schedule(self.services, Job("inbox", 15, self.dispatcher.resume_events))
        scheduler.start()
        self._exit_stack.callback(scheduler.shutdown)
        return scheduler

    def close(self) -> None:
        """Stop all that was started, in reverse order, and close the database connections.

        No new work is accepted; acknowledged requests are finished if they take only a few seconds.
        """
        self.services.shutting_down.set()
        self._exit_stack.close()


def build_services(
    settings: Settings,
    clock: Clock | None = None,
    delivery_policy: DeliveryPolicy | None = None,
    network: Network | None = None,
    lock_wait_seconds: int = LOCK_WAIT_SECONDS,
) -> Services:
    """Build the services that operations are given, without touching the database."""
    # Here, and not in `build`, as a tick of the command line delivers too.
    deadlines.check_sdk()
    client = make_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
    return Services(
        settings,
        make_engine(settings.database_url, lock_wait_seconds),
        clock or SystemClock(),
        Slack(client),
        delivery_policy or DeliveryPolicy(),
        network or Network(),
    )


def build(
    settings: Settings, clock: Clock | None = None, network: Network | None = None
) -> Application:
    """Build the application, after migrating the database and asking Slack who the bot is.

    Raises `SlackError` when Slack does not know the token.
    """
    services = build_services(settings, clock, network=network)
    migrate.upgrade(services.engine)
    installation = workspaces.identify(services, services.clock.now())
    exit_stack = ExitStack()
    exit_stack.callback(services.engine.dispose)
    listeners = PriorityExecutor(LISTENER_THREADS, "listener", SHUTDOWN_SECONDS)
    background = PriorityExecutor(
        BACKGROUND_THREADS, "background", SHUTDOWN_SECONDS, yields_to=listeners
    )
    notices = PriorityExecutor(NOTICE_THREADS, "notice", SHUTDOWN_SECONDS, yields_to=listeners)
    for each in (background, notices, listeners):
        exit_stack.callback(each.shutdown)
    dispatcher = build_dispatcher(
        services, background, listeners.overloaded, background.expected_wait, notices
    )
    bolt = build_bolt(services, installation, listeners, dispatcher)
    socket_client = _build_socket_client(settings, bolt, listeners)
    return Application(
        services=services,
        installation=installation,
        dispatcher=dispatcher,
        web=build_web(services, bolt, socket_client.is_connected if socket_client else None),
        socket=socket_client,
        _exit_stack=exit_stack,
    )


def build_bolt(
    services: Services, installation: Installation, listeners: Executor, dispatcher: Dispatcher
) -> App:
    """Build the Bolt app, which hands every payload to the dispatcher."""
    settings = services.settings
    app = App(
        name="nihito",
        client=make_client(None, settings.slack_api_url),
        signing_secret=settings.slack_signing_secret.get_secret_value() or "unused",
        authorize=_authorize(settings, installation),
        # Without this Bolt polls for the acknowledgement every 10 ms.
        process_before_response=True,
        listener_executor=listeners,
    )
    register(app, dispatcher)
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


def _build_socket_client(settings: Settings, bolt: App, listeners: Executor) -> SocketClient | None:
    if not settings.socket_mode:
        return None
    socket_mode.check_sdk()
    client = SocketClient(settings.slack_app_token.get_secret_value(), settings.slack_api_url)

    def listen(client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        listeners.submit(_handle, bolt, client, request)

    # HTTP and Socket Mode share these threads: the executor can then tell when it is overloaded.
    client.socket_mode_request_listeners.append(listen)
    return client


def _handle(bolt: App, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
    started = time()
    try:
        send_response(client, request, run_bolt_app(bolt, request), started)
    except Exception as error:  # noqa: BLE001 - Slack sends again what was not acknowledged
        LOG.warning("not_acknowledged", error=type(error).__name__, at=error_location(error))
