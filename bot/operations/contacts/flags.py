"""Contacts: recorded once each, and what they add up to."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.db import customers, workspaces
from bot.db.contacts import flags
from bot.db.contacts import queries as contacts
from bot.db.contacts.flags import KeptFlag
from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import Kind
from bot.db.staff import pms
from bot.db.visits import queries as visits
from bot.domain.contacts import flags as rules
from bot.domain.contacts.events import ContactEvent
from bot.domain.contacts.flags import Decision, Flag, Move
from bot.domain.contacts.traits import WINDOW, BetaSignUp, Evidence, Thresholds, traits
from bot.domain.outbox.outcomes import Fate, Outcome
from bot.domain.staff.access import Actor
from bot.domain.staff.pms import Pm
from bot.errors import NoSuchFlag, NotYours
from bot.operations.contacts import record as intake
from bot.operations.customers.search import customer, customer_name
from bot.services import Services
from bot.views.contacts.form import ContactDraft

SOURCE = "slack"
REVIEW_EVERY = timedelta(hours=1)
SignUps = tuple[BetaSignUp, ...]


def record(
    services: Services, actor: Actor, draft: ContactDraft, key: str, at: datetime, now: datetime
) -> tuple[str, str] | None:
    """Log a contact, once for each `key`; gives the person's and the customer's name.

    None when it was logged before.
    """
    with services.transaction(actor.workspace_id) as tx:
        tx.one_at_a_time(key)
        if contacts.is_known(tx, SOURCE, key):
            return None
        person_id = _person(tx, draft)
        event = ContactEvent(
            source=SOURCE,
            source_id=key,
            at=at,
            channel=draft.channel,
            person_id=person_id,
            staff_id=draft.staff_id,
            subject=draft.subject,
        )
        customer_id, _ = intake.keep(tx, event)
        review(tx, customer_id, now)
        person = customers.person(tx, person_id)
        return (person.name if person else ""), customer_name(tx, customer_id)


def review_all(services: Services, workspace_id: str, now: datetime) -> Sequence[Outcome]:
    """Look at every customer in touch or under a flag, once an hour."""
    with services.transaction(workspace_id) as tx:
        if not workspaces.take_review(tx, now, now + REVIEW_EVERY):
            return []
        flagged = [kept.flag.customer_id for kept in flags.standing(tx)]
        looked_at = sorted({*contacts.customers_in_touch(tx, now - WINDOW), *flagged})
        sign_ups = _sign_ups(tx, now)
        decided = [_review(tx, each, sign_ups, now) for each in looked_at]
        return [_outcome(each) for each in decided if each.move is not Move.NOTHING]


def review(tx: Tx, customer_id: int, now: datetime) -> Decision:
    """Raise, keep or clear a customer's flag, and leave its message for delivery."""
    return _review(tx, customer_id, _sign_ups(tx, now), now)


def evidence(tx: Tx, customer_id: int, now: datetime) -> Sequence[Evidence]:
    """The traits of a customer's people."""
    return _evidence(tx, customer_id, _sign_ups(tx, now), now)


def _review(tx: Tx, customer_id: int, sign_ups: SignUps, now: datetime) -> Decision:
    kept = flags.of_customer(tx, customer_id)
    found = _evidence(tx, customer_id, sign_ups, now)
    decision = rules.review(customer_id, kept.flag if kept else None, found, now)
    if decision.flag is None or decision.move is Move.NOTHING:
        return decision
    if decision.tells:
        return _tell(tx, decision, decision.flag, now)
    # The buttons go on working for whoever was told, whoever owns the customer by now.
    flag_id = flags.keep(tx, kept.pm_id if kept else "", decision.flag)
    if decision.move is Move.CLEAR and kept and kept.message_channel:
        period = now.date().isoformat()
        outbox.put(tx, Kind.FLAG_GONE, flag_id, period, kept.message_channel, now)
    return decision


def _tell(tx: Tx, decision: Decision, flag: Flag, now: datetime) -> Decision:
    pm = _told(tx, flag.customer_id)
    if pm is None:
        flags.keep(tx, "", flag)
        return replace(decision, move=Move.HOLD, reason=rules.Reason.NOBODY_TO_TELL)
    flag_id = flags.keep(tx, pm.user_id, rules.told(flag, now))
    # Delivery waits for the PM's open hours.
    outbox.put(tx, Kind.FLAG, flag_id, now.date().isoformat(), pm.user_id, now)
    return decision


def _evidence(tx: Tx, customer_id: int, sign_ups: SignUps, now: datetime) -> Sequence[Evidence]:
    people = customers.people_of(tx, customer_id)
    ids = [person.id for person in people]
    events = [
        *contacts.of_people(tx, ids, now - WINDOW, now),
        *contacts.threads_before(tx, ids, now - WINDOW),
    ]
    return [
        each
        for person in people
        for each in traits(person.id, person.has_cell, events, sign_ups, now, Thresholds())
    ]


def acknowledge(services: Services, actor: Actor, flag_id: int) -> str:
    """The PM knows; gives the customer's name."""
    return _answer(services, actor, flag_id, rules.acknowledge)[0]


def refute(services: Services, actor: Actor, flag_id: int) -> str:
    """The PM says "not so"; gives the customer's name."""
    return _answer(services, actor, flag_id, rules.refute)[0]


def snooze(
    services: Services, actor: Actor, flag_id: int, span: timedelta, now: datetime
) -> tuple[str, datetime]:
    """Put a flag off; gives the customer's name and the instant from which it can be back."""
    name, flag = _answer(
        services, actor, flag_id, lambda flag: rules.snooze(flag, now + span, "not now")
    )
    return name, flag.snoozed_until or now + span


def _answer(
    services: Services, actor: Actor, flag_id: int, change: Callable[[Flag], Flag]
) -> tuple[str, Flag]:
    with services.transaction(actor.workspace_id) as tx:
        kept = own(tx, actor, flag_id)
        changed = change(kept.flag)
        flags.keep(tx, kept.pm_id, changed)
        return customer_name(tx, changed.customer_id), changed


def own(tx: Tx, actor: Actor, flag_id: int) -> KeptFlag:
    """The flag, if the actor is the one who is told of it."""
    kept = flags.get(tx, flag_id)
    if kept is None:
        raise NoSuchFlag
    if kept.pm_id != actor.user_id:
        raise NotYours
    return kept


def _person(tx: Tx, draft: ContactDraft) -> int:
    if draft.person_id is not None:
        return draft.person_id
    whose = customer(tx, draft.customer_id, draft.new_customer)
    known = intake.person_named(tx, whose, draft.new_person)
    return known.id if known else customers.add_person(tx, whose, draft.new_person)


def _told(tx: Tx, customer_id: int) -> Pm | None:
    """The PM who owns the customer, else the one who was there last, else nobody."""
    known = customers.get(tx, customer_id)
    owner = known.owner_id if known else None
    choices = [owner, visits.last_pm(tx, customer_id)]
    enrolled = (pms.get(tx, each) for each in choices if each)
    return next((each for each in enrolled if each), None)


def _sign_ups(tx: Tx, now: datetime) -> SignUps:
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
        for beta_id, rows in contacts.latest_sign_ups(tx, now).items()
        for position, row in enumerate(rows, start=1)
    )


def _outcome(decision: Decision) -> Outcome:
    subject = str(decision.flag.customer_id) if decision.flag else ""
    return Outcome("flag", subject, Fate.QUEUED if decision.tells else Fate.HELD, decision.reason)
