"""Rules for surveys."""
