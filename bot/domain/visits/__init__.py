"""Visits: rules."""
