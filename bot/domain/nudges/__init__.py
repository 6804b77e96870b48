"""Rules for nudges."""
