"""Foreign formats, made into typed values: files, mails, calendars, webhooks."""
