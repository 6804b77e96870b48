"""Staff: queries."""
