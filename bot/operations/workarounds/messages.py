"""Render what a PM is asked to tell customers of a fix, and the one reminder."""

from datetime import datetime, timedelta

from bot.db.engine import Tx
from bot.db.outbox import audit
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import OPEN_STATES, ClaimedMessage, MessageKind
from bot.db.staff import pms
from bot.db.workarounds import notices, queries
from bot.db.workarounds.notices import FixNotice
from bot.domain import workarounds as rules
from bot.domain.staff.pms import Pm
from bot.domain.working_time import next_contact_time
from bot.operations.nudges import away
from bot.operations.outbox.message_type import LONG_LOOK_BACK, Audit, MessageType
from bot.operations.outbox.rendered import Postpone, Rendered, Withdraw
from bot.operations.workarounds import fix_notices
from bot.views.workarounds import fix_notice as views

# How long a reminder waits before it looks again for its message, which was still on its way.
RETRY_AFTER = timedelta(seconds=5)


def render(tx: Tx, message: ClaimedMessage, now: datetime) -> Rendered:
    """Render what a PM is asked to tell, as long as there is something."""
    fix_notice = notices.get_fix_notice(tx, int(message.subject))
    if message.message_ref:
        return _render_posted(tx, fix_notice, now)
    pm = pms.get(tx, message.destination)
    return _render(tx, fix_notice, pm, now) if fix_notice and pm else Withdraw("left")


def render_reminder(tx: Tx, message: ClaimedMessage, now: datetime) -> Rendered:
    """Render the one reminder, a week after the message, to a PM with customers left to tell."""
    fix_notice = notices.get_fix_notice(tx, int(message.subject))
    if message.message_ref:
        return _render_posted(tx, fix_notice, now, late=True)
    pm = pms.get(tx, message.destination)
    if fix_notice is None or pm is None:
        return Withdraw("left")
    wait = _wait_for_message(tx, fix_notice, now)
    return wait or _render(tx, fix_notice, pm, now, late=True)


def _render_posted(
    tx: Tx, fix_notice: FixNotice | None, now: datetime, *, late: bool = False
) -> Rendered:
    if fix_notice is None:
        return Withdraw("gone")
    pm = pms.get(tx, fix_notice.pm_id)
    zone = pm.settings.hours.zone if pm else "UTC"
    return views.render_message(fix_notices.get_facts(tx, fix_notice, zone, now), late=late)


def _wait_for_message(tx: Tx, fix_notice: FixNotice, now: datetime) -> Withdraw | Postpone | None:
    """Return until when a reminder waits: a week after its message was posted."""
    status = outbox.get_status(tx, MessageKind.FIX_NOTICE, fix_notice.id, str(fix_notice.fix))
    if status and status.sent_at:
        due_at = max(fix_notice.due_at, rules.notice_due_at(status.sent_at))
        return Postpone(due_at, "not_yet") if due_at > now else None
    if status is None or status.state not in OPEN_STATES:
        return Withdraw("never_sent")
    return Postpone(max(status.next_at, fix_notice.due_at, now) + RETRY_AFTER, "on_its_way")


def _render(
    tx: Tx, fix_notice: FixNotice, pm: Pm, now: datetime, *, late: bool = False
) -> Rendered:
    hours = pm.settings.hours
    fix = fix_notices.get_facts(tx, fix_notice, hours.zone, now)
    if fix.reopened or not fix.to_tell:
        return Withdraw("taken_back" if fix.reopened else "told")
    at = away.find_absence_end(tx, pm.user_id, now) or next_contact_time(now, hours)
    return Postpone(at) if at > now else views.render_message(fix, late=late)


def _about(tx: Tx, message: ClaimedMessage) -> str:
    """Return the workaround's oldest words, which of its fixes it is, and which part of the PMs."""
    fix_notice = notices.get_fix_notice(tx, int(message.subject))
    if fix_notice is None:
        return ""
    seen = queries.list_by_workaround(tx, fix_notice.workaround_id)
    words = seen[-1].what if seen else ""
    return f"{words} {fix_notice.fix} {fix_notice.part}"


MESSAGES = (
    MessageType(
        MessageKind.FIX_NOTICE,
        "a PM is asked to tell customers of a fix",
        render,
        Audit(
            "fix_missing",
            "a PM was asked to tell customers of a fix",
            audit.missing_fix_notices,
            LONG_LOOK_BACK,
        ),
        about=_about,
    ),
    MessageType(
        MessageKind.FIX_REMINDER,
        "customers are still to be told of a fix, a week later",
        render_reminder,
        Audit(
            "reminder_missing",
            "a PM was due to be reminded of customers to tell",
            audit.missing_fix_reminders,
            LONG_LOOK_BACK,
        ),
        about=_about,
    ),
)
