"""Visits: operations."""
