"""Handle a message that Slack refuses: what it means, and what to do about it, once."""

from datetime import datetime, timedelta

from bot.db import workspaces
from bot.db.engine import Tx
from bot.db.outbox import rates
from bot.db.outbox.queries import ClaimedMessage, OutboxState
from bot.db.staff import queries as staff
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
    if is_departed(message, error):
        # Until Slack describes them otherwise, they aren't messaged again.
        staff.mark_deactivated(tx, message.destination)
    message_type.on_dead(tx, message)
    fault = _channel_fault(error)
    if message_type.to_channel and fault:
        message_type.on_channel_lost(tx, message, fault, now)


def final_state(message: ClaimedMessage, error: SlackRefused | ChannelRefused) -> OutboxState:
    """Return the state of a refused message: dead, unless its person has left.

    No one could do anything about a dead letter to someone who has left.
    """
    if not is_departed(message, error):
        return OutboxState.DEAD
    return OutboxState.SENT if message.message_ref else OutboxState.DROPPED


def is_departed(message: ClaimedMessage, error: SlackRefused | ChannelRefused) -> bool:
    """Return whether Slack refuses a message because its person has left."""
    unreachable = isinstance(error, SlackRefused) and error.code in error_codes.UNREACHABLE_USER
    return unreachable and not MESSAGE_TYPES[message.kind].to_channel


def _channel_fault(error: SlackRefused | ChannelRefused) -> ChannelFault | None:
    if isinstance(error, ChannelRefused):
        return error.fault
    if error.code not in error_codes.UNWRITABLE_CHANNEL:
        return None
    return ChannelFault.ARCHIVED if error.code == "is_archived" else ChannelFault.NOT_INVITED
