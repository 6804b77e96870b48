"""Suggestions: views."""
