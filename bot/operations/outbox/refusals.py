"""Refusals: what it means when Slack does not take a message, and what is done about it, once."""

from datetime import datetime, timedelta

from bot.db import workspaces
from bot.db.engine import Tx
from bot.db.outbox import rates
from bot.db.outbox.queries import Parcel
from bot.db.staff import pms
from bot.domain.stories import ChannelFault
from bot.errors import ChannelRefused, SlackHalted, SlackRefused, SlackUnavailable
from bot.log import logger
from bot.operations import messages, stories
from bot.operations.messages import DELIVERIES
from bot.slack import error_codes as codes

LOG = logger(__name__)

# What the app lacks, somebody has to give it.
LACKING_WAIT = timedelta(minutes=15)


def wait(error: SlackUnavailable) -> timedelta | None:
    """How long Slack, or what is lacking, asks us to wait; None when neither says so."""
    if error.retry_after is not None:
        return timedelta(seconds=error.retry_after)
    return LACKING_WAIT if error.code in codes.LACKING else None


def hold(tx: Tx, error: SlackUnavailable, now: datetime) -> None:
    """Keep every copy of the process from asking again before it may."""
    if isinstance(error, SlackHalted):
        if workspaces.halt(tx, error.code, now):
            LOG.error("workspace_halted", workspace=tx.workspace_id, code=error.code)
        return
    asked = wait(error)
    if asked and error.method:
        rates.hold(tx, error.method, now + asked, now)


def follow(tx: Tx, parcel: Parcel, error: SlackRefused | ChannelRefused, now: datetime) -> None:
    """What a refusal for good leads to, in the transaction that notes it."""
    messages.died(tx, parcel)
    if DELIVERIES[parcel.kind].to_channel:
        stories.lose_channel(tx, int(parcel.subject), _fault(error), now)
    elif isinstance(error, SlackRefused) and error.code in codes.PERSON_GONE:
        # Whoever has left the company is not to be written to again.
        pms.remove(tx, parcel.destination)


def _fault(error: SlackRefused | ChannelRefused) -> ChannelFault | None:
    if isinstance(error, ChannelRefused):
        return error.fault
    if error.code not in codes.CHANNEL_LOST:
        return None
    return ChannelFault.ARCHIVED if error.code == "is_archived" else ChannelFault.NOT_INVITED
