"""Answers to a nudge: what a PM did with it. A barrier that they name is an answer, too."""

from enum import StrEnum


class NudgeAnswer(StrEnum):
    """What a PM did with a nudge; values are stored codes."""

    VISITED = "been"
    PLANNED = "planned"
    SNOOZED = "snoozed"
    KEEP_GOING = "keep_going"
    LESS_OFTEN = "less_often"
    STOPPED = "stopped"
