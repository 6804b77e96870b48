"""Nudges: views."""
