"""Queries on visits."""
