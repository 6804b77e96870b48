"""Readers of calendar feeds."""
