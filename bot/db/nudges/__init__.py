"""Queries on nudges."""
