"""The workspace's state, and the rules by which it changes."""
