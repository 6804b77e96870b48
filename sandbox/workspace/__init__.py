"""Workspace: modules."""
