"""Calendars: queries."""
