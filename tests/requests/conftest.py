"""The scene that the tests of the gate share: none of them may change it."""

from collections.abc import Iterator

import pytest

from tests.requests.seeded_workspace import Scene, open_scene
from tests.support.databases import SqliteFiles


@pytest.fixture(scope="session")
def scene(sqlite_files: SqliteFiles) -> Iterator[Scene]:
    with open_scene(sqlite_files.fresh()) as opened:
        yield opened
        opened.slack.assert_nothing_else()


@pytest.fixture(scope="module", params=["socket", "http"])
def used_scene(sqlite_files: SqliteFiles, request: pytest.FixtureRequest) -> Iterator[Scene]:
    """A scene for those who may change it, one for each way in."""
    with open_scene(sqlite_files.fresh()) as opened:
        opened.way = request.param
        yield opened
