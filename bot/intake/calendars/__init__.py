"""Calendars: readers."""
