"""Hypotheses: views."""
