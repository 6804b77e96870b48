"""Delivery: modules."""
