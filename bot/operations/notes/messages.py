"""Render the note that a PM is offered once a month."""

from datetime import datetime, time

from bot.db import notes
from bot.db.engine import Tx
from bot.db.notes import Note
from bot.db.outbox import audit
from bot.db.outbox.queries import ClaimedMessage, MessageKind
from bot.db.staff import pms
from bot.domain import notes as rules
from bot.domain.staff.pms import Pm
from bot.domain.working_time import (
    ONE_DAY,
    contact_start,
    local_date,
    next_contact_date,
    next_contact_time,
    to_instant,
)
from bot.operations.notes import offers
from bot.operations.nudges import away
from bot.operations.outbox.message_type import LONG_LOOK_BACK, Audit, Choice, MessageType
from bot.operations.outbox.rendered import Postpone, Rendered, Withdraw
from bot.views import notes as views


def render(tx: Tx, message: ClaimedMessage, now: datetime) -> Rendered:
    """Render the note of a month, within that month or not at all."""
    pm, note = pms.get(tx, message.subject), notes.get_by_month(tx, message.subject, message.period)
    if pm is None or note is None:
        return Withdraw("left")
    zone = pm.settings.hours.zone
    return _find_obstacle(tx, pm, message, now) or _render(tx, note, zone, now)


def _find_obstacle(
    tx: Tx, pm: Pm, message: ClaimedMessage, now: datetime
) -> Withdraw | Postpone | None:
    if notes.get_next_offer_date(tx, pm.user_id) is None:
        return Withdraw("no_more")
    if now < pm.joined_at + rules.A_MONTH:
        return Withdraw("joined_lately")
    hours = pm.settings.hours
    at = away.find_absence_end(tx, pm.user_id, now) or next_contact_time(now, hours)
    at = max(at, _delay_if_busy_today(tx, pm, now) or at)
    if rules.month_key(local_date(at, hours.zone)) != message.period:
        return Withdraw("too_late")
    return Postpone(at) if at > now else None


def _delay_if_busy_today(tx: Tx, pm: Pm, now: datetime) -> datetime | None:
    """Return when (UTC) to message a PM who has a nudge or a prompt today; None without one."""
    hours = pm.settings.hours
    today = local_date(now, hours.zone)
    begins, ends = (to_instant(each, time(), hours.zone) for each in (today, today + ONE_DAY))
    # A nudge that no tick has looked at yet also comes today.
    if pm.next_nudge.at < ends or notes.has_other_message(tx, pm.user_id, begins, ends):
        return contact_start(next_contact_date(now, hours), hours)
    return None


def _choose(tx: Tx, message: ClaimedMessage, now: datetime) -> int | None:
    """Choose the customer of a note that may be delivered and has none."""
    pm, note = pms.get(tx, message.subject), notes.get_by_month(tx, message.subject, message.period)
    if pm is None or note is None or _find_obstacle(tx, pm, message, now):
        return None
    if _has_recipient(tx, note):
        return None
    chosen = offers.choose_recipient(tx, note, pm.settings.hours.zone, now)
    return chosen.customer_id if chosen else None


def _save(tx: Tx, message: ClaimedMessage, customer_id: int, now: datetime) -> bool:
    # Two PMs who write to one customer on one day would be one too many.
    tx.advisory_lock("notes")
    if _choose(tx, message, now) != customer_id:
        return False
    note = notes.get_by_month(tx, message.subject, message.period)
    if note:
        notes.set_recipient(tx, note, customer_id)
    return note is not None


def _has_recipient(tx: Tx, note: Note) -> bool:
    return note.customer_id is not None and bool(
        notes.get_last_visit(tx, note.pm_id, note.customer_id)
    )


def _render(tx: Tx, note: Note, zone: str, now: datetime) -> Rendered:
    if not _has_recipient(tx, note):
        return Withdraw("nobody")
    return views.render_message(offers.get_facts(tx, note, zone, now))


MESSAGES = (
    MessageType(
        MessageKind.NOTE,
        "a PM may write a customer a note that asks for nothing",
        render,
        Audit("note_missing", "a PM was offered a note", audit.missing_notes, LONG_LOOK_BACK),
        choice=Choice(_choose, _save),
    ),
)
