"""Rules for the outbox."""
