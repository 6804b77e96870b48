"""Kinds of outbox messages."""

from enum import StrEnum


class MessageKind(StrEnum):
    """The kind of an outbox message; it decides how the message is rendered."""

    NUDGE = "nudge"
    NUDGE_CHANGED = "nudge_changed"
    FLAG = "flag"
    FLAG_CLEARED = "flag_gone"
    DIGEST = "digest"
    DIGEST_CHANGED = "digest_changed"
    CHANNEL_UNAVAILABLE = "channel_lost"
    BRIEF = "brief"
    DEBRIEF_PROMPT = "prompt"
    DEBRIEF_PROMPT_CHANGED = "prompt_changed"
    AGENDA_REQUEST = "agenda_asked"
    AGENDA_REPLY = "agenda_talk"
    CALENDAR_UNAVAILABLE = "calendar_lost"
    NOTE = "note"
    PROMISE_REMINDER = "promise"
    PROMISE_GIVEN = "promise_given"
    SURVEY_ANSWERED = "survey_answered"
    FIX_NOTICE = "fixed"
    FIX_NOTICE_CHANGED = "fixed_changed"
    FIX_REMINDER = "fixed_late"
    FIX_REMINDER_CHANGED = "fixed_late_changed"
