"""Offer notes that ask for nothing, once a month, and record what a PM does with one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.db import customers, notes
from bot.db.engine import Tx
from bot.db.notes import DueNote, Note
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import MessageKind, OutboxMessage
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.domain import notes as rules
from bot.domain.notes import (
    NoteAnswer,
    NoteCandidate,
    NoteFacts,
    NoteOffer,
    NoteOfferFacts,
    SentNote,
)
from bot.domain.outbox.outcomes import DeliveryStatus, Outcome
from bot.domain.staff.access import Actor
from bot.domain.working_time import (
    local_date,
)
from bot.errors import NoSuchNote, NotJoined, NotYours
from bot.log import error_location, get_logger
from bot.operations.customers.search import customer_name
from bot.services import Services

# SQLite lets no one else write while a batch is written.
BATCH = 200
RETRY_AFTER = timedelta(hours=1)
LOG = get_logger(__name__)

_OfferDecision = tuple[NoteOffer | None, NoteOffer]


def offer(services: Services, workspace_id: str, now: datetime) -> Sequence[Outcome]:
    """Offer a note to every PM whose day of the month has come (`product.md` C5).

    A PM whose row can't be decided on is delayed as "failed" and looked at again an hour later.
    """
    outcomes: list[Outcome] = []
    more = True
    while more and not services.shutting_down.is_set():
        count, batch_outcomes = _offer_batch(services, workspace_id, now)
        outcomes += batch_outcomes
        more = count == BATCH and services.writes_enabled
    return outcomes


def mark_sent(services: Services, actor: Actor, note_id: int, now: datetime) -> NoteFacts:
    """Record that the PM has sent the note, once; returns what it then shows."""
    with services.transaction(actor.workspace_id) as tx:
        note = _get_own(tx, actor, note_id)
        if note.answer is None:
            notes.set_answer(tx, note_id, NoteAnswer.SENT, local_date(now, actor.zone))
        return get_facts(tx, _get_own(tx, actor, note_id), actor.zone, now)


def choose_another_customer(
    services: Services, actor: Actor, note_id: int, customer_id: int, now: datetime
) -> NoteFacts:
    """Offer the note for a customer other than `customer_id`, the one shown so far.

    A late press gets the note as it is; so does a press with no other customer left, and it says
    so.
    """
    with services.transaction(actor.workspace_id) as tx:
        note = _get_own(tx, actor, note_id)
        if note.answer is not None or note.customer_id != customer_id:
            return get_facts(tx, note, actor.zone, now)
        tx.advisory_lock("notes")
        other = choose_recipient(tx, note, actor.zone, now)
        if other is None:
            return get_facts(tx, note, actor.zone, now, last=True)
        notes.set_recipient(tx, note, other.customer_id, [*note.passed, customer_id])
        return get_facts(tx, _get_own(tx, actor, note_id), actor.zone, now)


def stop(services: Services, actor: Actor, note_id: int, now: datetime) -> None:
    """Stop offering notes until the PM wants them again."""
    with services.transaction(actor.workspace_id) as tx:
        note = _get_own(tx, actor, note_id)
        if note.answer is None:
            notes.set_answer(tx, note_id, NoteAnswer.STOPPED, local_date(now, actor.zone))
        notes.set_next_offer(tx, actor.user_id, None)


def is_enabled(services: Services, actor: Actor) -> bool:
    """Return whether the actor wants to be offered notes."""
    with services.reading(actor.workspace_id) as tx:
        return notes.get_next_offer_date(tx, actor.user_id) is not None


def enable(services: Services, actor: Actor, now: datetime) -> bool:
    """Offer notes to the actor again, from the next offer on; False if they are offered already."""
    with services.transaction(actor.workspace_id) as tx:
        pm = pms.get_for_update(tx, actor.user_id)
        if pm is None:
            raise NotJoined
        if notes.get_next_offer_date(tx, pm.user_id) is not None:
            return False
        hours = pm.settings.hours
        notes.set_next_offer(
            tx, pm.user_id, rules.find_next_offer(max(now, pm.joined_at + rules.A_MONTH), hours)
        )
        return True


def _offer_batch(
    services: Services, workspace_id: str, now: datetime
) -> tuple[int, Sequence[Outcome]]:
    # A dry run rolls back each batch and would meet the same PMs again: it takes all at once.
    limit = BATCH if services.writes_enabled else None
    with services.transaction(workspace_id) as tx:
        decisions = {each.user_id: _decide(each, now) for each in notes.list_due(tx, now, limit)}
        found = {user_id: decision for user_id, decision in decisions.items() if decision}
        due = {user_id: this for user_id, (this, _) in found.items() if this}
        notes.set_next_offers(tx, {user_id: following for user_id, (_, following) in found.items()})
        notes.postpone_all(tx, decisions.keys() - found.keys(), now + RETRY_AFTER)
        notes.add_all(tx, due)
        messages = [OutboxMessage(pm_id, each.month, pm_id, each.at) for pm_id, each in due.items()]
        new = outbox.enqueue_all(tx, MessageKind.NOTE, messages, now)
    queued = [
        Outcome(MessageKind.NOTE, pm_id, DeliveryStatus.QUEUED, "due") for pm_id, _ in sorted(new)
    ]
    failed = [
        Outcome(MessageKind.NOTE, pm_id, DeliveryStatus.DELAYED, "failed")
        for pm_id, decision in decisions.items()
        if not decision
    ]
    return len(decisions), [*queued, *failed]


def _decide(due: DueNote, now: datetime) -> _OfferDecision | None:
    try:
        return rules.find_due_offer(due.on, now, due.hours())
    except Exception as error:  # noqa: BLE001 - one PM must not hold up the others
        LOG.error(
            "look_failed", user=due.user_id, error=type(error).__name__, at=error_location(error)
        )
        return None


def choose_recipient(tx: Tx, note: Note, zone: str, now: datetime) -> NoteCandidate | None:
    """Choose the customer of a note; None when no one is left."""
    today, since = local_date(now, zone), now - rules.HALF_A_YEAR
    known = notes.list_candidates(tx, note.pm_id, today, today - rules.A_YEAR, since)
    return rules.choose_recipient(known, notes.list_dismissed(tx, note.pm_id, since))


def _get_own(tx: Tx, actor: Actor, note_id: int) -> Note:
    """Return the actor's note, locked until the transaction ends."""
    tx.advisory_lock(f"note {note_id}")
    note = notes.get(tx, note_id)
    if note is None:
        raise NoSuchNote
    if note.pm_id != actor.user_id:
        raise NotYours
    return note


def get_facts(tx: Tx, note: Note, zone: str, now: datetime, *, last: bool = False) -> NoteFacts:
    """Return what a note shows in its current state."""
    if note.answer is NoteAnswer.STOPPED:
        return None
    if note.customer_id is None:
        raise NoSuchNote
    if note.answer is NoteAnswer.SENT:
        return SentNote(customer_name(tx, note.customer_id))
    offered = _build_offer(tx, note, note.customer_id, local_date(now, zone))
    return replace(offered, is_last=last)


def _build_offer(tx: Tx, note: Note, customer_id: int, today: date) -> NoteOfferFacts:
    known = notes.get_last_visit(tx, note.pm_id, customer_id)
    if known is None:
        raise NoSuchNote
    people = customers.list_people(tx, customer_id)
    pm = staff.get(tx, note.pm_id)
    return NoteOfferFacts(
        id=note.id,
        customer=customer_name(tx, customer_id),
        candidate=known,
        # With several people, no one knows who was there.
        person=people[0].name if len(people) == 1 else "",
        pm=pm.name if pm else "",
        today=today,
    )
