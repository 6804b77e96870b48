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
from bot.operations.outbox.message_type import LONG_LOOK_BACK, Audit, MessageType
from bot.operations.outbox.rendered import Postpone, Rendered, Withdraw
from bot.views import notes as views


def render(tx: Tx, message: ClaimedMessage, now: datetime) -> Rendered:
    """Render the note of a month, within that month or not at all."""
    pm, note = pms.get(tx, message.subject), notes.get_by_month(tx, message.subject, message.period)
    if pm is None or note is None:
        return Withdraw("left")
    if notes.get_next_offer_date(tx, pm.user_id) is None:
        return Withdraw("no_more")
    if now < pm.joined_at + rules.A_MONTH:
        return Withdraw("joined_lately")
    hours = pm.settings.hours
    at = away.find_absence_end(tx, pm.user_id, now) or next_contact_time(now, hours)
    at = max(at, _delay_if_busy_today(tx, pm, now) or at)
    if rules.month_key(local_date(at, hours.zone)) != message.period:
        return Withdraw("too_late")
    return Postpone(at) if at > now else _render(tx, note, hours.zone, now)


def _delay_if_busy_today(tx: Tx, pm: Pm, now: datetime) -> datetime | None:
    """Return when (UTC) to message a PM who has a nudge or a prompt today; None without one."""
    hours = pm.settings.hours
    today = local_date(now, hours.zone)
    begins, ends = (to_instant(each, time(), hours.zone) for each in (today, today + ONE_DAY))
    # A nudge that no tick has looked at yet also comes today.
    if pm.next_nudge.at < ends or notes.has_other_message(tx, pm.user_id, begins, ends):
        return contact_start(next_contact_date(now, hours), hours)
    return None


def _render(tx: Tx, note: Note, zone: str, now: datetime) -> Rendered:
    """Render the note on delivery; its customer is chosen and saved then."""
    # Two PMs who write to one customer on one day would be one too many.
    tx.advisory_lock("notes")
    if note.customer_id is None or not notes.get_last_visit(tx, note.pm_id, note.customer_id):
        chosen = offers.choose_recipient(tx, note, zone, now)
        if chosen is None:
            return Withdraw("nobody")
        notes.set_recipient(tx, note, chosen.customer_id)
    current = notes.get(tx, note.id)
    if current is None:
        return Withdraw("left")
    return views.render_message(offers.get_facts(tx, current, zone, now))


MESSAGES = (
    MessageType(
        MessageKind.NOTE,
        "a PM may write a customer a note that asks for nothing",
        render,
        Audit("note_missing", "a PM was offered a note", audit.missing_notes, LONG_LOOK_BACK),
    ),
)
