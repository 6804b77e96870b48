"""Files: readers."""
