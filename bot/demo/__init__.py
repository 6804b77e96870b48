"""The demo: sandbox, bot, clock and a made-up company in one process."""

import json
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

from cryptography.fernet import Fernet
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.middleware.trustedhost import TrustedHostMiddleware

from bot.app import build
from bot.demo.clock import MovingClock
from bot.demo.company import load, newcomer_first, place_company, scheduled_actions
from bot.errors import SettingsError
from bot.intake.calendars.fetching import Network
from bot.pages.surveys import add_survey_routes
from bot.settings import Settings
from sandbox.company import build_company
from sandbox.company.model import Company
from sandbox.routes import LOCAL_HOSTS
from sandbox.server import Sandbox
from sandbox.server_thread import ServerThread

MANIFEST = Path(__file__).parents[2] / "manifest.json"


def serve(port: int, say: Callable[[str], object]) -> None:
    """Serve the demo until it is interrupted.

    Raises `SettingsError` when the port is taken.
    """
    # Also during the start, which takes a while and may be interrupted.
    with suppress(KeyboardInterrupt):
        say("\n  A made-up company moves in ...")
        with run_demo(port) as sandbox:
            ended = Event()
            # From here on Ctrl-C sets the event and interrupts nothing half-way, not even a print.
            signal.signal(signal.SIGINT, lambda *_: ended.set())
            for line in _welcome(sandbox):
                say(line)
            ended.wait()
    say("\n  Bye.")


@contextmanager
def run_demo(port: int, today: datetime | None = None) -> Iterator[Sandbox]:
    """Run the demo and yield its sandbox; `today` is where its clock starts (default: now)."""
    clock = MovingClock(today or datetime.now(UTC))
    with ExitStack() as exit_stack:
        folder = Path(exit_stack.enter_context(tempfile.TemporaryDirectory()))
        sandbox = exit_stack.enter_context(_sandbox(clock, port))
        company = build_company(clock.now().date())
        sandbox.name = company.name
        placed = place_company(sandbox, company)
        pages = FastAPI(openapi_url=None)
        pages.add_middleware(TrustedHostMiddleware, allowed_hosts=LOCAL_HOSTS)
        served = ServerThread(pages, 0)
        # Nothing leaves this machine, so no calendar is fetched.
        offline = Network(resolve=lambda *_: [])
        application = build(_settings(sandbox, folder, served.port), clock, offline)
        exit_stack.callback(application.close)
        add_survey_routes(pages, application.services)
        served.start()
        exit_stack.callback(served.stop)
        actors = load(application, company, placed, clock.now())
        exit_stack.callback(clock.stop)
        clock.start(application, scheduled_actions(application, company, actors))
        application.connect()
        application.start_scheduler()
        sandbox.workspace.hints = _hints(company)
        yield sandbox


@contextmanager
def _sandbox(clock: MovingClock, port: int) -> Iterator[Sandbox]:
    sandbox = Sandbox(manifest=_manifest(), clock=clock, port=port)
    try:
        sandbox.start()
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise SettingsError(f"Port {port}: {why}. Another one is chosen with --port.") from error
    try:
        yield sandbox
    finally:
        sandbox.stop()


def _settings(sandbox: Sandbox, folder: Path, pages: int) -> Settings:
    """Build the settings of the bot; its survey pages have a port of their own."""
    return Settings(
        database_url=f"sqlite:///{folder}/demo.db",
        slack_bot_token=SecretStr(sandbox.bot_token),
        slack_app_token=SecretStr(sandbox.app_token),
        slack_api_url=sandbox.api_url,
        nihito_log="warning",
        nihito_secret_key=SecretStr(Fernet.generate_key().decode()),
        nihito_public_url=f"http://127.0.0.1:{pages}",
    )


def _manifest() -> Mapping[str, Any]:
    read: dict[str, Any] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return read


def _hints(company: Company) -> list[str]:
    newcomer = newcomer_first(company)[0]
    team = next(each for each in company.teams if newcomer.key in each.pms)
    great = [each for each in company.customers if each.name in company.great]
    customer = next(each for each in great if each.owner in team.pms)
    owner = company.staff_member(customer.owner)
    return [
        f"Be *{newcomer.name}*, who is new. In the conversation with Nihito type `/visit join`, "
        f"and choose #{team.channel} at the end of the form.",
        "At the top press *To the next thing due*: your nudge comes. *Snooze* it until tomorrow.",
        "Press it again, and the nudge is back. Press *I have been* and write down what you heard.",
        "Look at *Nihito Home*: the due date has moved.",
        f"Press it once more: on Friday your story is in #{team.channel}.",
        f"Be *{owner.name}*. {customer.name} is in touch a great deal, and Nihito says so to "
        "nobody but its PM, on a working day from 09:30.",
    ]


def _welcome(sandbox: Sandbox) -> list[str]:
    return [
        f"  Nihito is at [bold]{sandbox.url}[/bold]",
        "",
        f"  There you are one of the people of {sandbox.name}, in a Slack of their own.",
        "  The page says what to try. Nothing leaves this machine, and nothing is kept.",
        "  Ctrl-C ends it.",
        "",
    ]
