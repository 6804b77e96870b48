"""Rules for suggestions."""
