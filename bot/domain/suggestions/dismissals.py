"""Passes: why a customer who was suggested is passed over, and for how long."""

from datetime import timedelta
from enum import StrEnum


class DismissalReason(StrEnum):
    """Why a PM passes a customer over who was suggested; values are the codes that travel."""

    NOT_NOW = "not_now"
    ASKED_NOT_TO = "asked_not_to"
    NO_LONGER = "no_longer"
    NOT_MINE = "not_mine"
    KNOWN_WELL = "known_well"


# What lies with the customer holds for all PMs, what lies with the PM for this one.
REASONS_FOR_ALL = frozenset(
    {DismissalReason.NOT_NOW, DismissalReason.ASKED_NOT_TO, DismissalReason.NO_LONGER}
)
DISMISSED_FOR = {
    DismissalReason.NOT_NOW: timedelta(days=30),
    DismissalReason.ASKED_NOT_TO: timedelta(days=180),
    DismissalReason.NO_LONGER: timedelta(days=365),
    DismissalReason.NOT_MINE: timedelta(days=365),
    DismissalReason.KNOWN_WELL: timedelta(days=180),
}
