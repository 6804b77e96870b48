"""Render flags for the PM who is told of them, and those that no longer hold."""

from datetime import datetime
from random import Random

from bot.db import customers
from bot.db.contacts import flags
from bot.db.contacts.flags import StoredFlag
from bot.db.engine import Tx
from bot.db.outbox import audit
from bot.db.outbox.queries import ClaimedMessage, MessageKind
from bot.db.staff import pms
from bot.db.suggestions import queries as suggestions
from bot.domain.contacts.flags import EvidenceLine, FlagFacts, FlagState
from bot.domain.customers import Stage
from bot.domain.working_time import local_date, next_contact_time
from bot.operations.customers.search import customer_name
from bot.operations.nudges import away
from bot.operations.outbox.message_type import LONG_LOOK_BACK, Audit, MessageType
from bot.operations.outbox.rendered import Postpone, Rendered, Withdraw
from bot.views.contacts import flag_message as views

MAX_PROSPECTS = 2


def render(tx: Tx, message: ClaimedMessage, now: datetime) -> Rendered:
    """Render a flag that is raised; a posted one that was cleared says so."""
    stored = flags.get(tx, int(message.subject))
    if message.message_ref:
        return _render_cleared(tx, stored)
    if stored is None or stored.flag.state is not FlagState.RAISED:
        return Withdraw("gone")
    pm = pms.get(tx, stored.pm_id)
    if pm is None:
        return Withdraw("left")
    at = away.find_absence_end(tx, pm.user_id, now) or next_contact_time(now, pm.settings.hours)
    return Postpone(at) if at > now else views.render_message(_facts(tx, stored, now))


def _render_cleared(tx: Tx, stored: StoredFlag | None) -> Rendered:
    if stored is None or stored.flag.state is not FlagState.CLEARED:
        return Withdraw("back")
    return views.ended_message(customer_name(tx, stored.flag.customer_id))


def _clear_notified(tx: Tx, message: ClaimedMessage) -> None:
    """Clear the notification, which no one got: the next review looks for someone who can."""
    flags.clear_notified(tx, int(message.subject))


def _facts(tx: Tx, stored: StoredFlag, now: datetime) -> FlagFacts:
    names = customers.get_person_names(tx, [each.person_id for each in stored.flag.evidence])
    lines = [
        EvidenceLine(names.get(each.person_id, ""), each.trait, each.counts)
        for each in stored.flag.evidence
    ]
    return FlagFacts(
        id=stored.id,
        customer_id=stored.flag.customer_id,
        customer=customer_name(tx, stored.flag.customer_id),
        evidence=tuple(lines),
        prospects=_find_prospects(tx, stored, now),
    )


def _find_prospects(tx: Tx, stored: StoredFlag, now: datetime) -> tuple[str, ...]:
    pm = pms.get(tx, stored.pm_id)
    today = local_date(now, pm.settings.hours.zone if pm else "UTC")
    free = [
        each
        for each in suggestions.list_candidates(tx, stored.pm_id, today, stored.flag.customer_id)
        if each.stage is Stage.PROSPECT and not each.great and not each.booked
    ]
    # Different prospects for each flag: otherwise every PM would be sent to the same two.
    mixed = Random(stored.flag.customer_id).sample(free, len(free))
    longest = sorted(mixed, key=lambda each: str(each.last_visit_on or ""))
    return tuple(each.name for each in longest[:MAX_PROSPECTS])


def _about(tx: Tx, message: ClaimedMessage) -> str:
    """Return the customer's name: on which day it is noticed depends on when it is looked for."""
    stored = flags.get(tx, int(message.subject))
    return customer_name(tx, stored.flag.customer_id) if stored else ""


MESSAGES = (
    MessageType(
        MessageKind.FLAG,
        "a customer contacts staff all day",
        render,
        Audit("flag_missing", "a PM was told of a flag", audit.missing_flags, LONG_LOOK_BACK),
        about=_about,
        on_dead=_clear_notified,
    ),
)
