"""All kinds of outbox messages, as each noun declares them in its `messages.py`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain

from bot.db.engine import Tx
from bot.db.outbox import dead_letters
from bot.db.outbox.queries import ClaimedMessage, MessageKind
from bot.domain.outbox.delivery_policy import POST_METHOD
from bot.operations.calendars import messages as calendars
from bot.operations.contacts import messages as contacts
from bot.operations.debriefs import messages as debriefs
from bot.operations.notes import messages as notes
from bot.operations.nudges import messages as nudges
from bot.operations.outbox.message_type import MessageType
from bot.operations.stories import messages as stories
from bot.operations.surveys import messages as surveys
from bot.operations.visits import messages as visits
from bot.operations.workarounds import messages as workarounds

EDIT_METHOD = "chat.update"
NOUNS = (
    nudges.MESSAGES,
    stories.MESSAGES,
    contacts.MESSAGES,
    visits.MESSAGES,
    notes.MESSAGES,
    debriefs.MESSAGES,
    surveys.MESSAGES,
    workarounds.MESSAGES,
    calendars.MESSAGES,
)


def requeue_dead(tx: Tx, dead: Sequence[ClaimedMessage], now: datetime) -> Sequence[ClaimedMessage]:
    """Requeue those messages that are still dead; each is rendered again on delivery."""
    requeued = dead_letters.requeue_dead(tx, dead, now)
    for each in requeued:
        if each.message_ref is None:
            MESSAGE_TYPES[each.kind].on_requeued(tx, each)
    return requeued


def delivery_methods(message: ClaimedMessage) -> Sequence[str]:
    """Return the Slack methods that deliver a message, or edit it once it is posted."""
    if message.message_ref:
        return (EDIT_METHOD,)
    return post_methods(message.kind, search_first=message.first_attempt_at is not None)


def post_methods(kind: MessageKind, *, search_first: bool = False) -> Sequence[str]:
    """Return the Slack methods that post a kind.

    `search_first` adds those that look for an earlier attempt.
    """
    to_channel = MESSAGE_TYPES[kind].to_channel
    checked = ("conversations.info",) if to_channel else ()
    opened = () if to_channel else ("conversations.open",)
    looked_up = ("conversations.history", *opened) if search_first else ()
    return (*looked_up, *checked, POST_METHOD)


def _by_kind(message_types: Sequence[MessageType]) -> Mapping[MessageKind, MessageType]:
    """Return the message types by kind. Raises `ValueError` unless each kind has one."""
    kinds = [each.kind for each in message_types]
    if sorted(kinds) != sorted(MessageKind):
        wrong = {*MessageKind}.symmetric_difference(kinds) or kinds
        raise ValueError(f"not declared once each: {', '.join(sorted(wrong))}")
    return {each.kind: each for each in message_types}


MESSAGE_TYPES = _by_kind([*chain.from_iterable(NOUNS)])
