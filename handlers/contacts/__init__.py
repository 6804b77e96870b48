"""Contacts: handlers."""
