"""Inbox: operations."""
