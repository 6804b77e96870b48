"""Surveys: views."""
