"""Mending: what to do about each code with which Slack refuses, and about what an audit finds."""

from collections.abc import Iterable, Mapping

from bot.domain.stories import ChannelFault
from bot.operations.doctor.audit import Sort
from bot.slack import error_codes as codes

_TOKEN = (
    "Install the app to the workspace again, put its Bot User OAuth Token (xoxb-) into "
    "SLACK_BOT_TOKEN and start the bot anew."
)
_SCOPES = "Update the app from manifest.json and install it to the workspace again."
_GONE = "Nothing: they have left Slack and get no more messages. If they come back, they join."
_INVITE = "Invite the bot to the channel, or let a PM of the team choose another in its settings."
_ARCHIVED = (
    "Unarchive the channel and invite the bot again, or let a PM of the team choose another."
)
_SHARED = "Stories stay in the company: let a PM of the team choose a channel that is not shared."
_ADMINS = "Ask an admin of the workspace to let the app post there."
_DRAWN = "Slack does not take the message as it is drawn: update Nihito, or report the code."
_EDITED = "Nothing: the message that was to change is no longer there, or can no longer change."
_UNKNOWN = "Look the code up in Slack's documentation of chat.postMessage."


def _each(found: Iterable[str], sentence: str) -> Mapping[str, str]:
    return dict.fromkeys(found, sentence)


# Later lines stand over earlier ones.
MENDINGS: Mapping[str, str] = {
    **_each(codes.EDIT_GONE, _EDITED),
    **_each(codes.HALTING, _TOKEN),
    **_each(codes.LACKING, _SCOPES),
    **_each(codes.PERSON_GONE, _GONE),
    **_each(codes.PAYLOAD, _DRAWN),
    **_each(("no_text", "metadata_too_large", "invalid_metadata_format"), _DRAWN),
    **_each(codes.CHANNEL_LOST, _ADMINS),
    **_each(("channel_not_found", "not_in_channel", ChannelFault.NOT_INVITED), _INVITE),
    **_each(("is_archived", ChannelFault.ARCHIVED), _ARCHIVED),
    ChannelFault.SHARED: _SHARED,
    "messages_tab_disabled": "Switch on the Messages tab of the app's Home, as in manifest.json.",
}

_BACK = "The running bot puts it back within a minute and logs it; if not, read its log."
_CLOCK = "Start the bot. If it runs, read its log for `job_failed`."

AUDIT_MENDINGS: Mapping[Sort, str] = {
    Sort.NUDGE_MISSING: _BACK,
    Sort.DIGEST_MISSING: _BACK,
    Sort.FLAG_MISSING: _BACK,
    Sort.BRIEF_MISSING: _BACK,
    Sort.PROMPT_MISSING: _BACK,
    Sort.NOTE_MISSING: _BACK,
    Sort.PROMISE_MISSING: _BACK,
    Sort.SURVEY_MISSING: _BACK,
    Sort.PM_LATE: _CLOCK,
    Sort.TEAM_LATE: _CLOCK,
    Sort.NOTE_LATE: _CLOCK,
    Sort.MESSAGE_LATE: _CLOCK,
    Sort.LEASE_LATE: _CLOCK,
    Sort.EVENT_LATE: _CLOCK,
}


def mending(code: str) -> str:
    """What to do about a code."""
    return MENDINGS.get(code, _UNKNOWN)
