"""Record contacts, once each, and review the flags they add up to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.db import customers, workspaces
from bot.db.contacts import flags
from bot.db.contacts import queries as contacts
from bot.db.contacts.flags import StoredFlag
from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import MessageKind, OutboxMessage
from bot.db.staff import pms
from bot.db.visits import queries as visits
from bot.domain.contacts import flags as rules
from bot.domain.contacts.events import ContactDraft, ContactEvent
from bot.domain.contacts.flags import Flag, FlagAction, FlagDecision, FlagReason
from bot.domain.contacts.traits import WINDOW
from bot.domain.outbox.outcomes import DeliveryStatus, Outcome
from bot.domain.staff.access import Actor
from bot.errors import NoSuchFlag, NotYours
from bot.operations.contacts import record as contact_record
from bot.operations.contacts.evidence import list_evidence
from bot.operations.customers.search import customer_name, get_or_add_customer
from bot.services import Services

SOURCE = "slack"
REVIEW_EVERY = timedelta(hours=1)
# A process that has not finished a review by then has died.
LEASE = timedelta(minutes=10)
# SQLite lets no one else write while flags are written.
READ_BATCH, WRITE_BATCH = 500, 50
# One transaction at a time reads flags and writes what becomes of them.
FLAGS_LOCK = "flags"


@dataclass(frozen=True)
class _Change:
    """A decision that changes a flag: the flag as it becomes, and as it is stored."""

    decision: FlagDecision
    flag: Flag
    stored: StoredFlag | None

    def addressed(self, notified: Mapping[int, str], now: datetime) -> tuple[str, Flag]:
        """Return the flag to save, and the PM it is addressed to: the one who is notified now.

        The buttons keep working for the one who was, even if another owns the customer now.
        """
        if self.flag.customer_id in notified:
            return notified[self.flag.customer_id], rules.mark_notified(self.flag, now)
        known = self.stored.pm_id if self.stored and not self.decision.notifies else ""
        return known, self.flag

    def decided(self, notified: Mapping[int, str]) -> FlagDecision:
        """Return the decision; it is held if there is no one to notify."""
        if not self.decision.notifies or self.flag.customer_id in notified:
            return self.decision
        return replace(self.decision, action=FlagAction.HOLD, reason=FlagReason.NOBODY_TO_NOTIFY)


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
    """Review every customer with recent contacts or a flag, once an hour, some at a time.

    One process does so. What it leaves half-way is begun again: at once when it was stopped, after
    `LEASE` when it died. A customer reviewed twice is as one reviewed once.
    """
    with services.transaction(workspace_id) as tx:
        if not workspaces.claim_review(tx, now, now + LEASE):
            return []
    with services.reading(workspace_id) as tx:
        active = contacts.list_active_customers(tx, now - WINDOW)
        looked_at = sorted({*active, *flags.list_flagged_customers(tx)})
    began, decided, done = services.clock.now(), list[FlagDecision](), 0
    while done < len(looked_at) and not services.shutting_down.is_set():
        batch = looked_at[done : done + READ_BATCH]
        decided += _review_batch(
            services, workspace_id, batch, lambda: now + (services.clock.now() - began)
        )
        done += len(batch)
    with services.transaction(workspace_id) as tx:
        workspaces.set_next_review(tx, now + REVIEW_EVERY if done == len(looked_at) else now)
    return [_outcome(each) for each in decided]


def review(tx: Tx, customer_id: int, now: datetime) -> None:
    """Raise, keep or clear a customer's flag, and enqueue its message."""
    tx.advisory_lock(FLAGS_LOCK)
    _save_changes(tx, [customer_id], now)


def _review_batch(
    services: Services, workspace_id: str, customer_ids: Sequence[int], now: Callable[[], datetime]
) -> Sequence[FlagDecision]:
    """Review some customers: what changes is found by reading alone, and then written in parts.

    Each part is read again as it is written, at the time it is then, and while no one else changes
    a flag: what was recorded or answered in between counts.
    """
    with services.reading(workspace_id) as tx:
        changing = list(_find_changes(tx, customer_ids, now()))
    saved: list[FlagDecision] = []
    for start in range(0, len(changing), WRITE_BATCH):
        with services.transaction(workspace_id) as tx:
            tx.advisory_lock(FLAGS_LOCK)
            saved += _save_changes(tx, changing[start : start + WRITE_BATCH], now())
    return saved


def _find_changes(tx: Tx, customer_ids: Sequence[int], now: datetime) -> Mapping[int, _Change]:
    """Return the decisions that change a flag, by customer."""
    stored = flags.get_by_customers(tx, customer_ids)
    evidence = list_evidence(tx, customer_ids, now)
    found = {}
    for customer_id in customer_ids:
        known = stored.get(customer_id)
        flag = known.flag if known else None
        decision = rules.review(customer_id, flag, evidence.get(customer_id, ()), now)
        if decision.flag and decision.action is not FlagAction.NOTHING:
            found[customer_id] = _Change(decision, decision.flag, known)
    return found


def _save_changes(tx: Tx, customer_ids: Sequence[int], now: datetime) -> Sequence[FlagDecision]:
    changes = _find_changes(tx, customer_ids, now)
    notified = _find_recipients(
        tx, [each for each, change in changes.items() if change.decision.notifies]
    )
    cleared = [
        each.stored.id
        for each in changes.values()
        if each.stored and each.decision.action is FlagAction.CLEAR
    ]
    # Before the flags, as in delivery: two transactions that lock them in turn would deadlock.
    outbox.enqueue_latest_edits(tx, MessageKind.FLAG, cleared, now)
    flag_ids = flags.save_all(tx, [each.addressed(notified, now) for each in changes.values()])
    messages = [
        # Delivery waits for the PM's hours.
        OutboxMessage(str(flag_ids[customer_id]), now.date().isoformat(), pm_id, now)
        for customer_id, pm_id in notified.items()
    ]
    added = outbox.enqueue_all(tx, MessageKind.FLAG, messages, now)
    for each in messages:
        if (each.subject, each.period) not in added:
            # Earlier today it may have been dropped, as the owner of then had left.
            outbox.enqueue_or_requeue(tx, MessageKind.FLAG, each, now)
    return [each.decided(notified) for each in changes.values()]


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
        tx.advisory_lock(FLAGS_LOCK)
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


def _find_recipients(tx: Tx, customer_ids: Sequence[int]) -> Mapping[int, str]:
    """Return the PM who owns each customer, else the one who was there last; some have neither."""
    owners, visitors = customers.get_owners(tx, customer_ids), visits.get_last_pms(tx, customer_ids)
    known = {each for each in (*owners.values(), *visitors.values()) if each}
    enrolled = pms.list_enrolled(tx, known)
    choices = {each: (owners.get(each), visitors.get(each)) for each in customer_ids}
    return {
        customer_id: found
        for customer_id, both in choices.items()
        if (found := next((each for each in both if each in enrolled), None))
    }


def _outcome(decision: FlagDecision) -> Outcome:
    subject = str(decision.flag.customer_id) if decision.flag else ""
    return Outcome(
        "flag",
        subject,
        DeliveryStatus.QUEUED if decision.notifies else DeliveryStatus.DELAYED,
        decision.reason,
    )
