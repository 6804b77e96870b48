"""Rules for staff."""
