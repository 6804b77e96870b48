"""Forms: modules."""
