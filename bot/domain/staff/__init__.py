"""Staff: rules."""
