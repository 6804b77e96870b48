"""Workarounds: views."""
