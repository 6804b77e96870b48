"""Contacts: rules."""
