"""Block Kit by noun: pure builders of views and messages, their ids and the readers of forms."""
