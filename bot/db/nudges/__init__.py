"""Nudges: queries."""
