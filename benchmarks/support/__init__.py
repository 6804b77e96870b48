"""Support: modules."""
