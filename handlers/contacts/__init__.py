"""Handlers for contacts and flags."""
