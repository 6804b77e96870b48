"""Fixtures for the tests of the database."""

from tests.operations.conftest import workspace

__all__ = ["workspace"]
