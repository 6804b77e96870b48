"""Slack, outbound: the client, its errors and posting."""
