"""The door for people: what comes from Slack is translated, given to one operation and shown."""
