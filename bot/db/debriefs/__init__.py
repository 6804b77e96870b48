"""Debriefs: queries."""
