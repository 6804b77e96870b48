"""Visits: queries."""
