"""Measure how long the bot is away when its Socket Mode connection ends, in each way it can end.

The base is slack_sdk's own client, with the same Bolt app against the same sandbox: seconds from
the end of a connection until a command is answered, and lines logged, by level.
"""

import json
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from random import Random
from statistics import median
from time import monotonic, sleep

from pydantic import SecretStr
from slack_sdk.socket_mode.builtin import SocketModeClient

from bot.app import build
from bot.log import configure
from bot.settings import Settings
from bot.slack.client import make_client
from bot.slack.socket_mode import LASTING_SECONDS, PING_SECONDS
from sandbox.person import Person
from sandbox.server import Sandbox
from tests.support.databases import SqliteFiles

MANIFEST = json.loads((Path(__file__).parent.parent / "manifest.json").read_text(encoding="utf-8"))
TRIES, LONGEST_SECONDS, GIVE_UP_SECONDS, START_SECONDS = 5, 5.0, 60.0, 120.0
WAYS: dict[str, Callable[[Sandbox], object]] = {
    "disconnect, then closed": lambda slack: slack.drop_connections(),
    "disconnect, left open": lambda slack: slack.hub.disconnect_all("warning"),
    "close frame": lambda slack: slack.close_connections(with_frame=True),
    "closed, no frame (FIN)": lambda slack: slack.close_connections(with_frame=False),
    "reset (RST)": lambda slack: slack.cut_connections(),
}
CLIENTS = ("Nihito", "slack_sdk")

Measured = tuple[list[float], Counter[str]]


def main(tries: int = TRIES) -> int:
    """Print a line for each way and client; return 1 if Nihito was away for longer than 5 s."""
    runs = [(way, client) for way in WAYS for client in CLIENTS]
    context = get_context("spawn")
    barrier = context.Barrier(len(runs))
    with context.Pool(len(runs), _set_barrier, (barrier,)) as pool:
        found = dict(
            zip(runs, pool.starmap(_measure, [(*run, tries) for run in runs], 1), strict=True)
        )
    for way in WAYS:
        base = median(found[way, "slack_sdk"][0])
        for client in CLIENTS:
            sys.stdout.write(_line(way, client, found[way, client], base))
    return int(any(max(found[way, "Nihito"][0]) > LONGEST_SECONDS for way in WAYS))


def _line(way: str, client: str, measured: Measured, base: float) -> str:
    away, lines = measured
    logged = ", ".join(f"{count} {level}" for level, count in sorted(lines.items())) or "nothing"
    return (
        f"{way:24} {client:10} median {median(away):6.2f} s, worst {max(away):6.2f} s, "
        f"{median(away) / base:5.2f} of the base; logged in {len(away)} tries: {logged}\n"
    )


def _set_barrier(barrier: Barrier) -> None:
    globals()["_barrier"] = barrier


def _measure(way: str, client: str, tries: int) -> Measured:
    lines: Counter[str] = Counter()
    random = Random(f"{way} {client}")
    away = []
    with _connected_bot(client) as (slack, person):
        globals()["_barrier"].wait(START_SECONDS)
        with _counted(lines):
            for _ in range(tries):
                # Long enough to be no failed attempt, and at any moment between two pings.
                sleep(LASTING_SECONDS + random.uniform(0, PING_SECONDS))
                ended_at = monotonic()
                WAYS[way](slack)
                away.append(_seconds_until_answered(person, ended_at))
    return away, lines


def _seconds_until_answered(person: Person, since: float) -> float:
    while monotonic() - since < GIVE_UP_SECONDS:
        if person.run("/visit", "help").acked:
            return monotonic() - since
        sleep(0.01)
    raise TimeoutError("no command was answered again")


@contextmanager
def _connected_bot(client: str) -> Iterator[tuple[Sandbox, Person]]:
    """Run the bot in this process, over the named Socket Mode client."""
    configure("error")
    with tempfile.TemporaryDirectory() as folder, Sandbox(manifest=MANIFEST) as slack:
        settings = Settings(
            database_url=SqliteFiles(Path(folder)).new_database(),
            slack_bot_token=SecretStr(slack.bot_token),
            slack_app_token=SecretStr(slack.app_token),
            slack_api_url=slack.api_url,
        )
        application = build(settings)
        assert application.socket is not None
        socket: SocketModeClient = application.socket
        if client == "slack_sdk":
            web_client = make_client(slack.app_token, slack.api_url)
            socket = SocketModeClient(
                slack.app_token, web_client=web_client, ping_interval=PING_SECONDS
            )
            socket.socket_mode_request_listeners = application.socket.socket_mode_request_listeners
        socket.connect()
        slack.wait_for_connection()
        person = slack.add_user("Ada")
        _seconds_until_answered(person, monotonic())
        yield slack, person
        configure("critical")
        socket.close()
        application.close()


@contextmanager
def _counted(lines: Counter[str]) -> Iterator[None]:
    """Count the lines that an operator would read, from warnings on."""

    class Counting(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines[record.levelname.lower()] += 1

    handler = Counting(logging.WARNING)
    root = logging.getLogger()
    root.setLevel(logging.WARNING)
    root.handlers = [handler]
    yield


def _tries(arguments: Sequence[str]) -> int:
    return 2 if "--quick" in arguments else TRIES


if __name__ == "__main__":
    sys.exit(main(_tries(sys.argv[1:])))
