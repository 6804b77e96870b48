"""Customers: views."""
