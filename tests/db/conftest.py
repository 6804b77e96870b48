"""What the tests of the database start from."""

from tests.operations.conftest import workspace

__all__ = ["workspace"]
