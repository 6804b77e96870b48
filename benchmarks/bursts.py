"""Measure 500 commands at once while each Slack call takes two seconds: all acked in time."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from datetime import time as wall
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from slack_sdk.signature import SignatureVerifier

from bot.db import workspaces
from bot.db.engine import make_engine, transaction
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.db.staff.queries import Staff
from bot.domain.nudges.rules import NudgeSettings, NudgeStep, PlannedNudge, Strength
from bot.domain.staff.access import Membership
from bot.domain.staff.pms import Pm
from bot.domain.working_time import WorkingHours
from bot.views.staff.refusals import failure_text
from sandbox.delivery import payloads
from sandbox.server import Sandbox
from tests.support.databases import SqliteFiles, postgres_server

ROOT = Path(__file__).parent.parent
MANIFEST = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))
COUNT, SLOW_SECONDS, LONGEST_SECONDS, TIMEOUT_SECONDS = 500, 2.0, 1.0, 30.0
Form = Mapping[str, Any]
# A response with the apology counts as unanswered, however fast it is.
APOLOGY = failure_text("").partition(",")[0].encode()


def main(count: int = COUNT) -> int:
    """Print a line per database and kind of people; return 1 if an ack was late or missing."""
    late = False
    with tempfile.TemporaryDirectory() as folder, postgres_server() as postgres:
        files = SqliteFiles(Path(folder))
        for name, source in (("SQLite", files), ("PostgreSQL", postgres)):
            for who in ("known", "unknown"):
                took, computed = _burst(source.new_database(), count, known=who == "known")
                late |= _late(took, count)
                sys.stdout.write(_line(name, who, took, count) + f", {computed:.2f} s computed\n")
                sys.stdout.flush()
    return int(late)


def _line(name: str, who: str, took: Sequence[float], count: int) -> str:
    slowest, middle = (max(took), median(took)) if took else (0.0, 0.0)
    return (
        f"{name}: {count} commands at once by {who} people, Slack takes {SLOW_SECONDS:.0f} s: "
        f"{len(took)} acked, slowest {slowest * 1000:.0f} ms, median {middle * 1000:.0f} ms"
    )


def _late(took: Sequence[float], count: int) -> bool:
    return len(took) < count or max(took) > LONGEST_SECONDS


def _burst(address: str, count: int, *, known: bool) -> tuple[list[float], float]:
    """Return the seconds to each ack, and the CPU seconds that the bot used until the last one.

    The CPU seconds say more on a machine that others use too.
    """
    with _slack(count) as slack:
        told = slack.recv()
        if known:
            _add_staff(address, told["team"], told["people"])
        with _bot(address, told) as (port, bot):
            _warm_up(slack, port, told["secret"])
            slack.send(("forms", count))
            forms = slack.recv()
            before = _computed(bot)
            return asyncio.run(_send_all(port, told["secret"], forms)), _computed(bot) - before


@contextmanager
def _slack(people: int) -> Iterator[Connection]:
    """Run the sandbox in its own process; it first sends its URL, tokens and people."""
    here, there = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_serve_slack, args=(there, people), daemon=True)
    process.start()
    try:
        yield here
    finally:
        here.send(("end", 0))
        process.join(TIMEOUT_SECONDS)


def _serve_slack(pipe: Connection, count: int) -> None:
    with Sandbox(manifest=MANIFEST) as sandbox:
        people = [sandbox.add_user(f"Person {number}") for number in range(count)]
        sandbox.faults.hang_seconds = SLOW_SECONDS
        pipe.send(
            {
                "url": sandbox.api_url,
                "bot": sandbox.bot_token,
                "secret": sandbox.signing_secret,
                "team": sandbox.team_id,
                "people": [each.id for each in people],
            }
        )
        while (asked := pipe.recv())[0] != "end":
            if asked[1] > 1:
                sandbox.fail("*", "hang", times=None)
            pipe.send([_form(sandbox, person.id) for person in people[: asked[1]]])


def _form(sandbox: Sandbox, user_id: str) -> Form:
    person = sandbox.person(user_id)
    return payloads.command_form(sandbox.workspace, person.user, person.dm, "/debrief", "")


def _add_staff(address: str, team: str, people: Sequence[str]) -> None:
    engine, now = make_engine(address), datetime.now(UTC)
    planned = PlannedNudge(NudgeStep.DUE, now.date(), now.replace(year=now.year + 1), 1)
    rhythm = NudgeSettings(14, Strength.STANDARD, WorkingHours("Europe/London", wall(9, 30)))
    with transaction(engine, team) as tx:
        workspaces.save(tx, "Benchmark", "U0", now)
        for each in people:
            staff.save(tx, Staff(each, each, "Europe/London", Membership.MEMBER, now))
            pms.save(tx, Pm(each, None, now, rhythm, now.date(), planned))
    engine.dispose()


@contextmanager
def _bot(address: str, told: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """Run the bot in its own process; yield its port and process id once it is ready."""
    port = _free_port()
    settings = {
        "DATABASE_URL": address,
        "SLACK_API_URL": told["url"],
        "SLACK_BOT_TOKEN": told["bot"],
        "SLACK_APP_TOKEN": "",
        "SLACK_SIGNING_SECRET": told["secret"],
        "PORT": str(port),
        "NIHITO_LOG": "error",
    }
    command = (sys.executable, "-m", "bot", "run")
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings}) as process:
        try:
            _wait_until_ready(f"http://127.0.0.1:{port}/readyz")
            yield port, process.pid
        finally:
            process.send_signal(signal.SIGTERM)


def _computed(process_id: int) -> float:
    """Return the CPU seconds that a process has used."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        try:
            with urlopen(url, timeout=TIMEOUT_SECONDS):
                return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError("the bot did not start")


def _warm_up(slack: Connection, port: int, secret: str) -> None:
    """Send one command first, which loads what all others share."""
    slack.send(("forms", 1))
    asyncio.run(_send_all(port, secret, slack.recv()))


async def _send_all(port: int, secret: str, forms: Sequence[Form]) -> list[float]:
    requests = [_request(form, secret) for form in forms]
    found = await asyncio.gather(
        *(_seconds_to_answer(port, each) for each in requests), return_exceptions=True
    )
    return [each for each in found if isinstance(each, float)]


def _request(form: Form, secret: str) -> bytes:
    body, stamp = urlencode(form), str(int(time.time()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
    lines = (
        "POST /slack/events HTTP/1.1",
        "Host: bot",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        f"X-Slack-Request-Timestamp: {stamp}",
        f"X-Slack-Signature: {signature}",
        "Connection: close",
    )
    return "\r\n".join((*lines, "", body)).encode()


async def _seconds_to_answer(port: int, request: bytes) -> float | None:
    """Return the seconds from the request to the full response; None if it wasn't a real ack."""
    started = time.perf_counter()
    async with asyncio.timeout(TIMEOUT_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        answer = await reader.read()
    writer.close()
    acked = answer.startswith(b"HTTP/1.1 200") and APOLOGY not in answer
    return time.perf_counter() - started if acked else None


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
