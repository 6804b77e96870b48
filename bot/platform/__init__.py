"""Shared machinery that no feature's reader has to open."""
