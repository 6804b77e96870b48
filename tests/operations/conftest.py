"""What the tests of operations start from."""

from collections.abc import Iterator

import pytest

from sandbox.server import Sandbox
from tests.conftest import ManualClock
from tests.operations.operations_fixture import BotWorkspace, open_workspace


@pytest.fixture
def workspace(slack: Sandbox, clock: ManualClock, database: str) -> Iterator[BotWorkspace]:
    """A fresh workspace; in the end the bot has said what the test expected and nothing else."""
    opened = open_workspace(slack, clock, database)
    yield opened
    opened.services.engine.dispose()
    slack.assert_nothing_else()
