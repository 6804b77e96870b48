"""Render the message that a calendar can't be read."""

from datetime import datetime

from bot.db.calendars import feeds as queries
from bot.db.engine import Tx
from bot.db.outbox.queries import ClaimedMessage, MessageKind
from bot.db.staff import pms
from bot.domain.working_time import next_contact_time
from bot.operations.calendars.feeds import failing_since
from bot.operations.nudges import away
from bot.operations.outbox.message_type import MessageType
from bot.operations.outbox.rendered import Postpone, Rendered, Withdraw
from bot.views import calendars as views


def render(tx: Tx, message: ClaimedMessage, now: datetime) -> Rendered:
    """Render the message that a PM's calendar can't be read, if that is still so."""
    feed, pm = queries.get(tx, message.subject), pms.get(tx, message.subject)
    if pm is None:
        return Withdraw("left")
    if feed is None or feed.fault is None or failing_since(feed) != message.period:
        return Withdraw("back")
    at = away.find_absence_end(tx, pm.user_id, now) or next_contact_time(now, pm.settings.hours)
    return Postpone(at) if at > now else views.unreadable_message(feed.host, feed.fault)


def _about(_tx: Tx, message: ClaimedMessage) -> str:
    """Return whose calendar it is: since when it can't be read is known only roughly."""
    return message.subject


MESSAGES = (
    MessageType(
        MessageKind.CALENDAR_UNAVAILABLE, "a PM's calendar can't be read", render, about=_about
    ),
)
