"""Handlers for debriefs, saved drafts and promises."""
