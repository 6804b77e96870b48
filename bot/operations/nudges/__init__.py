"""Nudges: operations."""
