"""Entry point for Slack: a handler reads a request, calls one operation and shows the result."""
