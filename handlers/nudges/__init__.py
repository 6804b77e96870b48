"""Nudges: handlers."""
