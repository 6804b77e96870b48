"""Sample views: every message, view and text of the bot, with made-up data."""
