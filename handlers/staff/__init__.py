"""Staff: handlers."""
