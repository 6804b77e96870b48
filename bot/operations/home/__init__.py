"""Home: operations."""
