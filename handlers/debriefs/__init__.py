"""Debriefs: handlers."""
