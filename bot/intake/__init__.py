"""Parsers of foreign formats into typed values: files, mails, calendars, webhooks."""
