"""Rules: plain functions over frozen values, standard library only."""
