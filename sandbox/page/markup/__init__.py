"""Slack's markup as safe HTML."""
