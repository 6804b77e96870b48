"""Surveys: rules."""
