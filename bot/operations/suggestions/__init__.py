"""Suggestions: operations."""
