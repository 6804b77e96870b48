"""Kinds of messages that nobody asked for."""

from enum import StrEnum


class Kind(StrEnum):
    """What a message is."""

    NUDGE = "nudge"
    NUDGE_CHANGED = "nudge_changed"
    FLAG = "flag"
    FLAG_GONE = "flag_gone"
    DIGEST = "digest"
    DIGEST_CHANGED = "digest_changed"
    CHANNEL_LOST = "channel_lost"
    BRIEF = "brief"
    PROMPT = "prompt"
    PROMPT_CHANGED = "prompt_changed"
    AGENDA_ASKED = "agenda_asked"
    AGENDA_TALK = "agenda_talk"
    CALENDAR_LOST = "calendar_lost"
    NOTE = "note"
    PROMISE = "promise"
    PROMISE_GIVEN = "promise_given"
    SURVEY_ANSWERED = "survey_answered"
    FIXED = "fixed"
    FIXED_CHANGED = "fixed_changed"
    FIXED_LATE = "fixed_late"
    FIXED_LATE_CHANGED = "fixed_late_changed"
