"""Outbox: queries."""
