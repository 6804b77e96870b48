"""A small, strict Slack workspace on this machine, for tests, the demo and benchmarks."""
