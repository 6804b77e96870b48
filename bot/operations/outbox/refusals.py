"""Handle a message that Slack refuses: what it means, and what to do about it, once."""

from datetime import datetime, timedelta

from bot.db import workspaces
from bot.db.engine import Tx
from bot.db.outbox import rates
from bot.db.outbox.queries import ClaimedMessage
from bot.db.staff import pms
from bot.domain.stories import ChannelFault
from bot.errors import ChannelRefused, SlackHalted, SlackRefused, SlackUnavailable
from bot.log import get_logger
from bot.operations.messages import MESSAGE_TYPES
from bot.slack import error_codes

LOG = get_logger(__name__)

# Someone has to grant the app the scope that it lacks.
MISSING_SCOPE_WAIT = timedelta(minutes=15)


def retry_after(error: SlackUnavailable) -> timedelta | None:
    """Return how long Slack, or a missing scope, asks us to wait; None when neither says so."""
    if error.retry_after is not None:
        return timedelta(seconds=error.retry_after)
    return MISSING_SCOPE_WAIT if error.code in error_codes.MISSING_SCOPE else None


def limit_calls(tx: Tx, error: SlackUnavailable, now: datetime) -> None:
    """Keep every process from calling Slack again before it may."""
    if isinstance(error, SlackHalted):
        if workspaces.halt(tx, error.code, now):
            LOG.error("workspace_halted", workspace=tx.workspace_id, code=error.code)
        return
    delay = retry_after(error)
    if delay and error.method:
        rates.mark_limited(tx, error.method, now + delay, now)


def handle_final_refusal(
    tx: Tx, message: ClaimedMessage, error: SlackRefused | ChannelRefused, now: datetime
) -> None:
    """Apply what a final refusal leads to, in the transaction that records it."""
    message_type = MESSAGE_TYPES[message.kind]
    message_type.on_dead(tx, message)
    fault = _channel_fault(error)
    if message_type.to_channel and fault:
        message_type.on_channel_lost(tx, message, fault, now)
    unreachable = isinstance(error, SlackRefused) and error.code in error_codes.UNREACHABLE_USER
    if unreachable and not message_type.to_channel:
        # Someone who has left the company isn't messaged again.
        pms.remove(tx, message.destination)


def _channel_fault(error: SlackRefused | ChannelRefused) -> ChannelFault | None:
    if isinstance(error, ChannelRefused):
        return error.fault
    if error.code not in error_codes.UNWRITABLE_CHANNEL:
        return None
    return ChannelFault.ARCHIVED if error.code == "is_archived" else ChannelFault.NOT_INVITED
