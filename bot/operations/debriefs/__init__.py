"""Debriefs: operations."""
