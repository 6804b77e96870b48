"""Handlers for staff."""
