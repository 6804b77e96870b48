"""Nudges: rules."""
