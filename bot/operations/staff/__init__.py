"""Staff: operations."""
