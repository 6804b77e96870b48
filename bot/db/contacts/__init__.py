"""Queries on contacts."""
