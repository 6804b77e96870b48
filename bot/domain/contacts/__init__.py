"""Rules for contacts."""
