"""The door for the clock: it ticks, reads the time once and calls one operation."""
