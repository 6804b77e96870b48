"""Contacts: operations."""
