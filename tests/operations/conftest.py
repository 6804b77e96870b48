"""Fixtures for the tests of operations."""

from collections.abc import Iterator

import pytest

from sandbox.server import Sandbox
from tests.conftest import ManualClock
from tests.operations.operations_fixture import BotWorkspace, open_workspace


@pytest.fixture
def workspace(slack: Sandbox, clock: ManualClock, database: str) -> Iterator[BotWorkspace]:
    """Yield a fresh workspace; afterwards no message may be left that the test didn't expect."""
    opened = open_workspace(slack, clock, database)
    yield opened
    opened.services.engine.dispose()
    slack.assert_nothing_else()
