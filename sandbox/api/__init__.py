"""The Web API, by noun."""
