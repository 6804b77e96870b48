"""What `python -m benchmarks meanwhile` does while commands are answered, by scenario."""
