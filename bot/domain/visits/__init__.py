"""Rules for visits."""
