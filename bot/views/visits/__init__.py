"""Visits: views."""
