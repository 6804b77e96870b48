"""Pages that people outside Slack open in a browser."""
