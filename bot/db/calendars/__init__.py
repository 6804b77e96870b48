"""Queries on calendars."""
