"""Customers: operations."""
