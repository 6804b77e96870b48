"""Calendars: operations."""
