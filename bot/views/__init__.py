"""Block Kit views and messages by noun: pure builders, their ids and the readers of forms."""
