"""Workarounds: operations."""
