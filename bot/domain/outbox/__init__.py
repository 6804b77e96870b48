"""Outbox: rules."""
