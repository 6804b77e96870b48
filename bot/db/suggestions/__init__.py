"""Queries on suggestions."""
