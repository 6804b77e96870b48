"""Outbox: operations."""
