"""Checks of a rename of the whole code base, run by hand."""
