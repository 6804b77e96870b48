"""Suggestions: rules."""
