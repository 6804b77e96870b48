"""Rules for debriefs."""
