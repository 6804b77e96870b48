"""Remedies for each of Slack's error codes, and for each finding of an audit."""

from collections.abc import Iterable, Mapping

from bot.db.outbox.dead_letters import MAYBE_POSTED
from bot.domain.stories import ChannelFault
from bot.operations.doctor.audit import OverdueKind
from bot.operations.messages import MESSAGE_TYPES
from bot.slack import error_codes

_TOKEN = (
    "Install the app to the workspace again, put its Bot User OAuth Token (xoxb-) into "
    "SLACK_BOT_TOKEN and start the bot anew."
)
_SCOPES = "Update the app from manifest.json and install it to the workspace again."
_PERSON_LEFT = "Nothing: they have left Slack and get no more messages until they come back."
_INVITE = "Invite the bot to the channel, or let a PM of the team choose another in its settings."
_ARCHIVED = (
    "Unarchive the channel and invite the bot again, or let a PM of the team choose another."
)
_SHARED = "Stories stay in the company: let a PM of the team choose a channel that is not shared."
_ADMINS = "Ask an admin of the workspace to let the app post there."
_PAYLOAD = "Slack does not take the message as it is drawn: update Nihito, or report the code."
_EDIT_FAILED = (
    "Nothing: the message that was to change is no longer there, or can no longer change."
)
_LOOK = (
    "The database was restored, and the lost one may have sent these: look in Slack. If they are "
    "there, give them up: `python -m bot redrive --reason maybe_posted --drop`."
)
_UNKNOWN = "Look the code up in Slack's documentation of chat.postMessage."


def _for_each(found: Iterable[str], sentence: str) -> Mapping[str, str]:
    return dict.fromkeys(found, sentence)


# Later entries override earlier ones.
REMEDIES: Mapping[str, str] = {
    **_for_each(error_codes.UNEDITABLE_MESSAGE, _EDIT_FAILED),
    **_for_each(error_codes.HALTING, _TOKEN),
    **_for_each(error_codes.MISSING_SCOPE, _SCOPES),
    **_for_each(error_codes.UNREACHABLE_USER, _PERSON_LEFT),
    **_for_each(error_codes.INVALID_PAYLOAD, _PAYLOAD),
    **_for_each(("no_text", "metadata_too_large", "invalid_metadata_format"), _PAYLOAD),
    **_for_each(error_codes.UNWRITABLE_CHANNEL, _ADMINS),
    **_for_each(("channel_not_found", "not_in_channel", ChannelFault.NOT_INVITED), _INVITE),
    **_for_each(("is_archived", ChannelFault.ARCHIVED), _ARCHIVED),
    ChannelFault.SHARED: _SHARED,
    MAYBE_POSTED: _LOOK,
    "messages_tab_disabled": "Switch on the Messages tab of the app's Home, as in manifest.json.",
}

START_BOT = "Start the bot. If it runs, read its log for `job_failed`."

AUDIT_REMEDIES: Mapping[str, str] = {
    **{each.audit.finding: each.audit.remedy for each in MESSAGE_TYPES.values() if each.audit},
    **_for_each(OverdueKind, START_BOT),
}


def get_remedy(code: str) -> str:
    """Return what to do about a code."""
    return REMEDIES.get(code, _UNKNOWN)
