"""Visits: handlers."""
