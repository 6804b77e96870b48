"""Debriefs: views."""
