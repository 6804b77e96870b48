"""Slack, outbound: the client, its errors and delivery."""
