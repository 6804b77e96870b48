"""What the tests of operations start from."""

from collections.abc import Iterator

import pytest

from sandbox.server import Sandbox
from tests.conftest import HandClock
from tests.operations.operations_fixture import Office, open_office


@pytest.fixture
def office(slack: Sandbox, clock: HandClock, database: str) -> Iterator[Office]:
    """A fresh workspace; in the end the bot has said what the test expected and nothing else."""
    opened = open_office(slack, clock, database)
    yield opened
    opened.services.engine.dispose()
    slack.assert_nothing_else()
