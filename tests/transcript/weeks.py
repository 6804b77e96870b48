"""Seven weeks of a made-up company, from the first join to the last note, step by step."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.domain.outbox.delivery_policy import DeliveryPolicy
from sandbox.server import Sandbox
from sandbox.workspace import interaction_tokens as tickets
from tests.conftest import MANIFEST, ManualClock, Nihito, open_nihito
from tests.operations.operations_fixture import SECRET_KEY
from tests.support.calendar_server import CalendarServer, calendar_server
from tests.support.databases import SqliteFiles
from tests.times import T0
from tests.transcript import first_weeks, later_weeks
from tests.transcript.company import URL
from tests.transcript.helpers import Weeks
from tests.transcript.recorder import Recorder

# A busy machine may be slow to press a button.
PATIENCE = 120.0


def live(lines: list[str]) -> Recorder:
    """Run all the weeks; each event adds to `lines`, also those before a failure."""
    with opened() as (nihito, server):
        recorder = Recorder(nihito, lines)
        weeks = Weeks(nihito, recorder)
        play(weeks, server)
        recorder.database()
        return recorder


def play(weeks: Weeks, server: CalendarServer) -> None:
    """Let all the weeks pass, for people and for the bot."""
    first_weeks.everybody_comes(weeks)
    first_weeks.debriefs(weeks)
    first_weeks.plans(weeks)
    first_weeks.what_they_are_asked(weeks, server)
    later_weeks.nudges(weeks)
    later_weeks.workarounds_and_hypotheses(weeks)
    later_weeks.silence(weeks)
    later_weeks.notes(weeks)


@contextmanager
def opened() -> Iterator[tuple[Nihito, CalendarServer]]:
    """Run a bot with all features, before anyone has joined, and a calendar to read."""
    clock = ManualClock(T0)
    known = {"nihito_secret_key": SecretStr(SECRET_KEY), "nihito_public_url": URL}
    with (
        pytest.MonkeyPatch.context() as patched,
        tempfile.TemporaryDirectory() as folder,
        calendar_server() as server,
        Sandbox(manifest=MANIFEST, now=clock.now) as slack,
    ):
        patched.setattr(tickets, "TRIGGER_SECONDS", PATIENCE)
        slack.delivery.ack_seconds = PATIENCE
        database, network = (
            SqliteFiles(Path(folder)).new_database(),
            server.network(seconds=PATIENCE),
        )
        with open_nihito(slack, clock, database, network=network, **known) as nihito:
            _deliver_in_turn(nihito)
            yield nihito, server


def _deliver_in_turn(nihito: Nihito) -> None:
    """Deliver with one worker only, so rows have the same numbers each time."""
    services = nihito.services
    for name, held in list(vars(services).items()):
        if isinstance(held, DeliveryPolicy):
            object.__setattr__(services, name, replace(held, workers=1))
