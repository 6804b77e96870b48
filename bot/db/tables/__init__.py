"""The tables, by noun, and nothing else."""
