"""Suggestions: queries."""
