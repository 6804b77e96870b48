"""Queries on staff."""
