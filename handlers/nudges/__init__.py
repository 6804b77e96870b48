"""Handlers for nudges."""
