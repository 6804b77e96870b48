"""Doctor: operations."""
