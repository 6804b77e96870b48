"""Delivery of payloads to the app."""
