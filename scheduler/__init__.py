"""Entry point of the clock: each tick reads the time once and calls one operation."""
