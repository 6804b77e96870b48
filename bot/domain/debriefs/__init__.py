"""Debriefs: rules."""
