"""Render reminders of promises, and tell owners of promises that others made."""

from dataclasses import replace
from datetime import date, datetime

from bot.db.debriefs import promises as queries
from bot.db.engine import Tx
from bot.db.outbox import audit
from bot.db.outbox.queries import ClaimedMessage, MessageKind
from bot.db.staff import queries as staff
from bot.domain.debriefs.promises import OwedPromise
from bot.domain.working_time import local_date, next_contact_time
from bot.operations.debriefs import promises
from bot.operations.nudges import away
from bot.operations.outbox.message_type import Audit, MessageType
from bot.operations.outbox.rendered import Postpone, Rendered, Withdraw
from bot.views.block_kit import Message
from bot.views.debriefs import promises as views


def render_reminder(tx: Tx, message: ClaimedMessage, now: datetime) -> Rendered:
    """Render the reminder of a date, if its promise is still open with that date."""
    owed = queries.get(tx, int(message.subject))
    if owed is None or owed.kept_on:
        return Withdraw("kept")
    if message.period != promises.reminder_period(owed):
        return Withdraw("moved")
    if message.due_at > now:
        return Postpone(message.due_at, "not_yet")
    if not promises.may_be_told(tx, owed):
        return Withdraw("not_a_member")
    return _render_in_hours(tx, owed, now)


def _return_to_author(tx: Tx, message: ClaimedMessage, now: datetime) -> None:
    """Return a promise whose owner may not be told: its author has to see to it."""
    owed = queries.get(tx, int(message.subject))
    if owed is None or owed.kept_on or message.period != promises.reminder_period(owed):
        return
    if not promises.may_be_told(tx, owed):
        queries.return_to_author(tx, owed)
        promises.enqueue_reminder(tx, replace(owed, owner_id=owed.author_id), now)


def render_given(tx: Tx, message: ClaimedMessage, now: datetime) -> Rendered:
    """Render the message to the owner of a promise that someone else made."""
    owed = queries.get(tx, int(message.subject))
    if owed is None or owed.kept_on or owed.owner_id != message.destination:
        return Withdraw("kept")
    if not promises.may_be_told(tx, owed):
        return Withdraw("not_a_member")
    return _render_in_hours(tx, owed, now)


def _render_in_hours(tx: Tx, owed: OwedPromise, now: datetime) -> Rendered:
    hours = promises.get_working_hours(tx, owed.owner_id)
    at = away.find_absence_end(tx, owed.owner_id, now) or next_contact_time(now, hours)
    return Postpone(at) if at > now else _render(tx, owed, local_date(now, hours.zone))


def _render(tx: Tx, owed: OwedPromise, today: date) -> Message:
    if owed.owner_id == owed.author_id:
        return views.reminder_message(owed, today)
    return views.assigned_message(owed, staff.get_name(tx, owed.author_id), today)


def _about_reminder(tx: Tx, message: ClaimedMessage) -> str:
    return f"{_about_promise(tx, message)} {message.period}"


def _about_promise(tx: Tx, message: ClaimedMessage) -> str:
    owed = queries.get(tx, int(message.subject))
    return f"{owed.customer} {owed.what}" if owed else ""


MESSAGES = (
    MessageType(
        MessageKind.PROMISE_REMINDER,
        "a promise is due today",
        render_reminder,
        Audit(
            "promise_missing",
            "a promise's owner was due to be reminded",
            audit.missing_promises,
        ),
        on_withdrawn=_return_to_author,
        about=_about_reminder,
    ),
    MessageType(
        MessageKind.PROMISE_GIVEN,
        "someone has promised a customer something of theirs",
        render_given,
        about=_about_promise,
    ),
)
