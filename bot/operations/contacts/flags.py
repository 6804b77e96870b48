"""Record contacts, once each, and review the flags they add up to."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.db import customers, workspaces
from bot.db.contacts import flags
from bot.db.contacts import queries as contacts
from bot.db.contacts.flags import StoredFlag
from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import MessageKind
from bot.db.staff import pms
from bot.db.visits import queries as visits
from bot.domain.contacts import flags as rules
from bot.domain.contacts.events import ContactDraft, ContactEvent
from bot.domain.contacts.flags import Flag, FlagAction, FlagDecision
from bot.domain.contacts.traits import WINDOW, BetaSignUp, Thresholds, TraitEvidence, find_traits
from bot.domain.outbox.outcomes import DeliveryStatus, Outcome
from bot.domain.staff.access import Actor
from bot.domain.staff.pms import Pm
from bot.errors import NoSuchFlag, NotYours
from bot.operations.contacts import record as contact_record
from bot.operations.customers.search import customer_name, get_or_add_customer
from bot.services import Services

SOURCE = "slack"
REVIEW_EVERY = timedelta(hours=1)
SignUps = tuple[BetaSignUp, ...]


def record(
    services: Services, actor: Actor, draft: ContactDraft, key: str, at: datetime, now: datetime
) -> tuple[str, str] | None:
    """Record a contact, once for each `key`; returns the person's and the customer's name.

    None when it was recorded before.
    """
    with services.transaction(actor.workspace_id) as tx:
        tx.advisory_lock(key)
        if contacts.is_recorded(tx, SOURCE, key):
            return None
        person_id = _get_or_add_person(tx, draft)
        event = ContactEvent(
            source=SOURCE,
            source_id=key,
            at=at,
            channel=draft.channel,
            person_id=person_id,
            staff_id=draft.staff_id,
            subject=draft.subject,
        )
        customer_id, _ = contact_record.record_contact(tx, event)
        review(tx, customer_id, now)
        person = customers.get_person(tx, person_id)
        return (person.name if person else ""), customer_name(tx, customer_id)


def review_all(services: Services, workspace_id: str, now: datetime) -> Sequence[Outcome]:
    """Review every customer with recent contacts or a flag, once an hour."""
    with services.transaction(workspace_id) as tx:
        if not workspaces.claim_review(tx, now, now + REVIEW_EVERY):
            return []
        flagged = [stored.flag.customer_id for stored in flags.list_active(tx)]
        looked_at = sorted({*contacts.list_active_customers(tx, now - WINDOW), *flagged})
        sign_ups = _list_sign_ups(tx, now)
        decided = [_review(tx, each, sign_ups, now) for each in looked_at]
        return [_outcome(each) for each in decided if each.action is not FlagAction.NOTHING]


def review(tx: Tx, customer_id: int, now: datetime) -> FlagDecision:
    """Raise, keep or clear a customer's flag, and enqueue its message."""
    return _review(tx, customer_id, _list_sign_ups(tx, now), now)


def list_evidence(tx: Tx, customer_id: int, now: datetime) -> Sequence[TraitEvidence]:
    """Return the traits of a customer's people."""
    return _list_evidence(tx, customer_id, _list_sign_ups(tx, now), now)


def _review(tx: Tx, customer_id: int, sign_ups: SignUps, now: datetime) -> FlagDecision:
    stored = flags.get_by_customer(tx, customer_id)
    found = _list_evidence(tx, customer_id, sign_ups, now)
    decision = rules.review(customer_id, stored.flag if stored else None, found, now)
    if decision.flag is None or decision.action is FlagAction.NOTHING:
        return decision
    if decision.notifies:
        return _enqueue_flag(tx, decision, decision.flag, now)
    # The buttons keep working for the PM who was notified, even if another owns the customer now.
    flag_id = flags.save(tx, stored.pm_id if stored else "", decision.flag)
    if decision.action is FlagAction.CLEAR:
        period = outbox.find_latest_period(tx, MessageKind.FLAG, flag_id)
        if period:
            outbox.enqueue_edit(tx, MessageKind.FLAG, flag_id, period, now)
    return decision


def _enqueue_flag(tx: Tx, decision: FlagDecision, flag: Flag, now: datetime) -> FlagDecision:
    pm = _recipient(tx, flag.customer_id)
    if pm is None:
        flags.save(tx, "", flag)
        return replace(decision, action=FlagAction.HOLD, reason=rules.FlagReason.NOBODY_TO_NOTIFY)
    flag_id = flags.save(tx, pm.user_id, rules.mark_notified(flag, now))
    # Delivery waits for the PM's hours.
    outbox.enqueue(tx, MessageKind.FLAG, flag_id, now.date().isoformat(), pm.user_id, now)
    return decision


def _list_evidence(
    tx: Tx, customer_id: int, sign_ups: SignUps, now: datetime
) -> Sequence[TraitEvidence]:
    people = customers.list_people(tx, customer_id)
    ids = [person.id for person in people]
    events = [
        *contacts.list_by_people(tx, ids, now - WINDOW, now),
        *contacts.list_threads_before(tx, ids, now - WINDOW),
    ]
    return [
        each
        for person in people
        for each in find_traits(person.id, person.has_cell, events, sign_ups, now, Thresholds())
    ]


def acknowledge(services: Services, actor: Actor, flag_id: int) -> str:
    """Mark the actor's flag as acknowledged; returns the customer's name."""
    return _answer(services, actor, flag_id, rules.acknowledge)[0]


def refute(services: Services, actor: Actor, flag_id: int) -> str:
    """Mark the actor's flag as wrong; returns the customer's name."""
    return _answer(services, actor, flag_id, rules.refute)[0]


def snooze(
    services: Services, actor: Actor, flag_id: int, span: timedelta, now: datetime
) -> tuple[str, datetime]:
    """Snooze a flag; returns the customer's name and the instant from which it can be back."""
    name, flag = _answer(
        services, actor, flag_id, lambda flag: rules.snooze(flag, now + span, "not now")
    )
    return name, flag.snoozed_until or now + span


def _answer(
    services: Services, actor: Actor, flag_id: int, change: Callable[[Flag], Flag]
) -> tuple[str, Flag]:
    with services.transaction(actor.workspace_id) as tx:
        stored = get_own_flag(tx, actor, flag_id)
        changed = change(stored.flag)
        flags.save(tx, stored.pm_id, changed)
        return customer_name(tx, changed.customer_id), changed


def get_own_flag(tx: Tx, actor: Actor, flag_id: int) -> StoredFlag:
    """Return the flag, if it is addressed to the actor."""
    stored = flags.get(tx, flag_id)
    if stored is None:
        raise NoSuchFlag
    if stored.pm_id != actor.user_id:
        raise NotYours
    return stored


def _get_or_add_person(tx: Tx, draft: ContactDraft) -> int:
    if draft.person_id is not None:
        return draft.person_id
    customer_id = get_or_add_customer(tx, draft.customer_id, draft.new_customer)
    known = contact_record.find_person_named(tx, customer_id, draft.new_person)
    return known.id if known else customers.add_person(tx, customer_id, draft.new_person)


def _recipient(tx: Tx, customer_id: int) -> Pm | None:
    """Return the PM who owns the customer, else the one who was there last, else None."""
    known = customers.get(tx, customer_id)
    owner = known.owner_id if known else None
    choices = [owner, visits.get_last_pm(tx, customer_id)]
    enrolled = (pms.get(tx, each) for each in choices if each)
    return next((each for each in enrolled if each), None)


def _list_sign_ups(tx: Tx, now: datetime) -> SignUps:
    return tuple(
        BetaSignUp(
            beta_id,
            rows[0].signed_up_at,
            row.person_id,
            row.signed_up_at,
            position,
            len(rows),
            row.invited_at,
        )
        for beta_id, rows in contacts.list_sign_ups_by_beta(tx, now).items()
        for position, row in enumerate(rows, start=1)
    )


def _outcome(decision: FlagDecision) -> Outcome:
    subject = str(decision.flag.customer_id) if decision.flag else ""
    return Outcome(
        "flag",
        subject,
        DeliveryStatus.QUEUED if decision.notifies else DeliveryStatus.DELAYED,
        decision.reason,
    )
