"""Imports: operations."""
