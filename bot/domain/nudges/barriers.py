"""Barriers: what keeps a PM from customers (text 001)."""

from enum import StrEnum


class Barrier(StrEnum):
    """What a PM says is in the way; values are wire codes, and are counted."""

    NO_TIME = "no_time"
    NO_ACCESS = "no_access"
    COMPLAINTS = "complaints"
    BOSS = "boss"
    TRAVELLING = "travelling"
