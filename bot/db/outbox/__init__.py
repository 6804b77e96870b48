"""Queries on the outbox."""
