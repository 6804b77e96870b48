"""Markup: modules."""
