"""Seeded workspaces: a shared one, which no test may change, and others to change."""

from collections.abc import Iterator

import pytest

from tests.requests.seeded_workspace import SeededWorkspace, open_seeded_workspace
from tests.support.databases import SqliteFiles


@pytest.fixture(scope="session")
def seeded_workspace(sqlite_files: SqliteFiles) -> Iterator[SeededWorkspace]:
    """Yield the shared workspace; after the last test no unexpected message may be left in it."""
    with open_seeded_workspace(sqlite_files.new_database()) as opened:
        yield opened
        opened.slack.assert_nothing_else()


@pytest.fixture(scope="module", params=["socket", "http"])
def writable_workspace(
    sqlite_files: SqliteFiles, request: pytest.FixtureRequest
) -> Iterator[SeededWorkspace]:
    """Yield a seeded workspace that tests may change, one for each transport."""
    with open_seeded_workspace(sqlite_files.new_database()) as opened:
        opened.transport = request.param
        yield opened
