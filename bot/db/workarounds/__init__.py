"""Workarounds: queries."""
