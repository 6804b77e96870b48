"""Staff: views."""
