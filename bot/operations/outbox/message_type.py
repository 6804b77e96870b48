"""What is declared of a kind of outbox message, in `operations/<noun>/messages.py`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from bot.db.engine import Tx
from bot.db.outbox.audit import AuditWindow
from bot.db.outbox.queries import ClaimedMessage, MessageKind, OutboxMessage
from bot.domain.outbox.message_ref import MessageRef
from bot.domain.stories import ChannelFault
from bot.operations.outbox.rendered import Rendered

T = TypeVar("T")

LOOK_BACK = timedelta(days=3)
# What is rare: a long weekend must not hide a lost one.
LONG_LOOK_BACK = timedelta(days=14)
RESTORED = "The running bot puts it back within a minute and logs it; if not, read its log."


def _do_nothing(*_: object) -> None:
    """Do nothing, for a kind that has nothing to record."""


def _key(_tx: Tx, message: ClaimedMessage) -> str:
    """Return the key of a message, for a kind that is keyed by a Slack user and a date."""
    return f"{message.subject} {message.period}"


@dataclass(frozen=True)
class Audit:
    """How the audit finds messages of a kind that should have been enqueued and weren't.

    `finding` is its code in logs and metrics, `sign` says in the operator's docs what is then the
    case, and `remedy` what to do, in `doctor`.
    """

    finding: str
    sign: str
    find: Callable[[Tx, AuditWindow], Sequence[OutboxMessage]]
    look_back: timedelta = LOOK_BACK
    remedy: str = RESTORED


@dataclass(frozen=True)
class Choice(Generic[T]):
    """What is chosen for a message before its first attempt, and saved for good with that.

    `choose` reads at length, and returns None when there is nothing to save. `save` checks that
    what was chosen may still be shown and saves it, within the time that a write may take; False
    if it may not, and then it's chosen again.
    """

    choose: Callable[[Tx, ClaimedMessage, datetime], T | None]
    save: Callable[[Tx, ClaimedMessage, T, datetime], bool]


@dataclass(frozen=True)
class MessageType:
    """A kind of outbox message: who gets it, what it shows, and how the audit misses it.

    `about` returns what a message is about, in words that are the same in a database restored from
    a backup: names and dates, no row's id and no instant at which something was noticed.

    `render` only reads, and returns what it shows as of now. A posted message, one with a
    `message_ref`, is edited to that; before, it may be withdrawn or postponed. `choice` makes and
    saves what has to be settled first. `on_posted` is called once, and so is `on_withdrawn`.
    `on_dead` undoes what was done for a message that won't be posted, and `on_requeued` redoes it
    for one that is tried after all. `on_channel_lost` gets the fault of a channel that can't be
    posted to. Without an `audit` it answers something a person did, and isn't missed.
    """

    kind: MessageKind
    summary: str
    render: Callable[[Tx, ClaimedMessage, datetime], Rendered]
    audit: Audit | None = None
    choice: Choice[Any] | None = None
    about: Callable[[Tx, ClaimedMessage], str] = _key
    on_posted: Callable[[Tx, ClaimedMessage, MessageRef], None] = _do_nothing
    on_withdrawn: Callable[[Tx, ClaimedMessage, datetime], None] = _do_nothing
    on_dead: Callable[[Tx, ClaimedMessage], None] = _do_nothing
    on_requeued: Callable[[Tx, ClaimedMessage], None] = _do_nothing
    on_channel_lost: Callable[[Tx, ClaimedMessage, ChannelFault, datetime], None] = _do_nothing
    to_channel: bool = False
