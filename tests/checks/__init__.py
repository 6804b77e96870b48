"""Checks that `make check` runs, and tools that prove a rename mechanical."""
