"""Kinds of outbox messages."""

from enum import StrEnum


class MessageKind(StrEnum):
    """The kind of an outbox message; it decides how the message is rendered."""

    NUDGE = "nudge"
    FLAG = "flag"
    DIGEST = "digest"
    CHANNEL_UNAVAILABLE = "channel_lost"
    BRIEF = "brief"
    DEBRIEF_PROMPT = "prompt"
    AGENDA_REQUEST = "agenda_asked"
    AGENDA_REPLY = "agenda_talk"
    CALENDAR_UNAVAILABLE = "calendar_lost"
    NOTE = "note"
    PROMISE_REMINDER = "promise"
    PROMISE_GIVEN = "promise_given"
    SURVEY_ANSWERED = "survey_answered"
    FIX_NOTICE = "fixed"
    FIX_REMINDER = "fixed_late"
