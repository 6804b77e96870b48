"""Nihito: a Slack bot that nudges product managers to see customers."""
