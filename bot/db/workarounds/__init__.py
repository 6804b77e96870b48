"""Queries on workarounds."""
