"""Handlers for visits."""
