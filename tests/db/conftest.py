"""What the tests of the database start from."""

from tests.operations.conftest import office

__all__ = ["office"]
