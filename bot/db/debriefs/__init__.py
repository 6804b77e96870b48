"""Queries on debriefs."""
