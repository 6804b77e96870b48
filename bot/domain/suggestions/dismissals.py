"""Passes: why a customer who was suggested is passed over, and for how long."""

from datetime import timedelta
from enum import StrEnum


class Pass(StrEnum):
    """Why a PM passes a customer over who was suggested; values are the codes that travel."""

    NOT_NOW = "not_now"
    ASKED_NOT_TO = "asked_not_to"
    NO_LONGER = "no_longer"
    NOT_MINE = "not_mine"
    KNOWN_WELL = "known_well"


# What lies with the customer holds for all PMs, what lies with the PM for this one.
FOR_ALL = frozenset({Pass.NOT_NOW, Pass.ASKED_NOT_TO, Pass.NO_LONGER})
PASSED_FOR = {
    Pass.NOT_NOW: timedelta(days=30),
    Pass.ASKED_NOT_TO: timedelta(days=180),
    Pass.NO_LONGER: timedelta(days=365),
    Pass.NOT_MINE: timedelta(days=365),
    Pass.KNOWN_WELL: timedelta(days=180),
}
