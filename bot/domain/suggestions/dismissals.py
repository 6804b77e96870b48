"""Dismissals: why a PM dismisses a suggested customer, and how long that lasts."""

from datetime import timedelta
from enum import StrEnum


class DismissalReason(StrEnum):
    """Why a PM dismisses a suggested customer; values are wire codes."""

    NOT_NOW = "not_now"
    ASKED_NOT_TO = "asked_not_to"
    NO_LONGER = "no_longer"
    NOT_MINE = "not_mine"
    KNOWN_WELL = "known_well"


# Reasons about the customer apply to all PMs, reasons about the PM only to that PM.
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
