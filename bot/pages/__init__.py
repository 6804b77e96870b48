"""Pages that people outside of Slack open in a browser."""
