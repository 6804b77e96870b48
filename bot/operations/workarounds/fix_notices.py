"""Ask each PM who saw a workaround to tell the customers that it is fixed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.db import customers
from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import MessageKind, OutboxMessage
from bot.db.staff import queries as staff
from bot.db.workarounds import notices
from bot.db.workarounds import queries as workarounds
from bot.db.workarounds.notices import CustomerNotice, FixNotice, NoticeState
from bot.domain import workarounds as rules
from bot.domain.outbox.outcomes import Outcome
from bot.domain.staff.access import Actor
from bot.domain.workarounds import (
    CustomerToTell,
    FixNoticeFacts,
    PmCustomer,
    Sighting,
    ToldCustomer,
    Workaround,
)
from bot.domain.working_time import local_date
from bot.errors import NoSuchAsk, NotYours
from bot.services import Services

# A change of anything about workarounds waits for any other that is under way.
LOCK_NAME = "workarounds"


@dataclass(frozen=True)
class ShownFixNotice:
    """What a message about a fix shows; `late` for the reminder."""

    facts: FixNoticeFacts
    late: bool


def reconcile(tx: Tx, workaround_id: int, now: datetime, *, update_all: bool = False) -> None:
    """Bring what PMs are asked to tell in line with what is true of a workaround now.

    New notices are added, those no longer needed are withdrawn, and their posted messages are
    edited; with `update_all` all of them are.
    """
    tx.advisory_lock(LOCK_NAME)
    workaround = workarounds.get_workaround(tx, workaround_id)
    if workaround is None:
        return
    live = notices.list_active(tx, workaround.id)
    wanted = _wanted_pairs(tx, workaround, live)
    valid = [each for each in live if workaround.is_fixed and _is_valid(each, wanted)]
    withdrawn = [each for each in live if each not in valid]
    notices.withdraw(tx, [each.id for each in withdrawn])
    _add_notices(tx, workaround, wanted - {each.pm_and_customer for each in valid}, now)
    for fix_notice_id in sorted(
        {each.fix_notice_id for each in (live if update_all else withdrawn)}
    ):
        _enqueue_edit(tx, fix_notice_id, now)
    if workaround.is_fixed:
        told = [each.state is NoticeState.TOLD for each in notices.list_active(tx, workaround.id)]
        workarounds.save(tx, replace(workaround, state=rules.find_fixed_state(told)))


def mark_told(
    services: Services, actor: Actor, customer_notice_id: int, ts: str, now: datetime
) -> ShownFixNotice:
    """Record that the actor has told a customer; returns what the message pressed then shows.

    `ts` is that message's timestamp. Raises `NoSuchAsk` and `NotYours`.
    """
    with services.transaction(actor.workspace_id) as tx:
        tx.advisory_lock(LOCK_NAME)
        customer_notice = notices.get(tx, customer_notice_id)
        fix_notice = (
            notices.get_fix_notice(tx, customer_notice.fix_notice_id) if customer_notice else None
        )
        if customer_notice is None or fix_notice is None:
            raise NoSuchAsk
        if fix_notice.pm_id != actor.user_id:
            raise NotYours
        if customer_notice.state is NoticeState.OPEN:
            notices.mark_told(tx, customer_notice.id, now)
            reconcile(tx, fix_notice.workaround_id, now)
            _enqueue_edit(tx, fix_notice.id, now, except_ts=ts)
        facts = get_facts(tx, fix_notice, actor.zone, now)
        return ShownFixNotice(facts, late=_is_reminder(tx, fix_notice, ts))


def hand_over(services: Services, workspace_id: str, now: datetime) -> Sequence[Outcome]:
    """Hand over notices of people who have left to the PM who owns the customer.

    Notices about customers who were closed meanwhile are withdrawn.
    """
    with services.reading(workspace_id) as tx:
        found = notices.list_misassigned(tx)
    for workaround_id in found:
        with services.transaction(workspace_id) as tx:
            reconcile(tx, workaround_id, now)
    return []


def _wanted_pairs(
    tx: Tx, workaround: Workaround, live: Collection[CustomerNotice]
) -> frozenset[PmCustomer]:
    if not workaround.is_fixed:
        return frozenset()
    sightings = workarounds.list_by_workaround(tx, workaround.id)
    known = {each.customer_id for each in live if each.state is NoticeState.TOLD}
    return rules.find_notice_pairs(sightings, pms_to_ask(tx, sightings), known)


def pms_to_ask(tx: Tx, sightings: Collection[Sighting]) -> Collection[str]:
    """Return those who are PMs of all who could be asked."""
    people = {each.author_id for each in sightings} | {
        each.owner_id for each in sightings if each.owner_id
    }
    return workarounds.list_pms_among(tx, people)


def _is_valid(customer_notice: CustomerNotice, wanted: Collection[PmCustomer]) -> bool:
    return customer_notice.state is NoticeState.TOLD or customer_notice.pm_and_customer in wanted


def _add_notices(
    tx: Tx, workaround: Workaround, pairs: Collection[PmCustomer], now: datetime
) -> None:
    """Add one message for each PM; a PM whose message is posted already gets another.

    `workaround.fix` counts how often it was fixed: it may come back, and be fixed again.
    """
    known = notices.list_fix_notices(tx, workaround.id, workaround.fix) if pairs else []
    for pm_id in sorted({pm_id for pm_id, _ in pairs}):
        theirs = [each for each in known if each.pm_id == pm_id]
        fix_notice = next((each for each in theirs if not _is_posted(tx, each)), None)
        if fix_notice is None:
            due_at = rules.notice_due_at(now)
            fix_notice = notices.add_fix_notice(
                tx, workaround.id, workaround.fix, pm_id, len(theirs), now, due_at
            )
        customer_ids = {customer_id for owner, customer_id in pairs if owner == pm_id}
        notices.add(tx, fix_notice.id, customer_ids, now, rules.notice_due_at(now))
        outbox.enqueue_or_requeue(
            tx, MessageKind.FIX_REMINDER, _outbox_message(fix_notice, fix_notice.due_at), now
        )
        _enqueue_edit(tx, fix_notice.id, now)


def _enqueue_edit(tx: Tx, fix_notice_id: int, now: datetime, except_ts: str = "") -> None:
    """Enqueue a fix notice's message, or edits of what is posted, but for timestamp `except_ts`."""
    fix_notice = notices.get_fix_notice(tx, fix_notice_id)
    if fix_notice is None:
        return
    outbox.enqueue_or_requeue(
        tx, MessageKind.FIX_NOTICE, _outbox_message(fix_notice, fix_notice.asked_at), now
    )
    for kind in (MessageKind.FIX_NOTICE, MessageKind.FIX_REMINDER):
        outbox.enqueue_edit(tx, kind, fix_notice.id, str(fix_notice.fix), now, except_ts)


def _is_reminder(tx: Tx, fix_notice: FixNotice, ts: str) -> bool:
    place = outbox.get_message_ref(tx, MessageKind.FIX_REMINDER, fix_notice.id, str(fix_notice.fix))
    return place is not None and place.ts == ts


def _is_posted(tx: Tx, fix_notice: FixNotice) -> bool:
    place = outbox.get_message_ref(tx, MessageKind.FIX_NOTICE, fix_notice.id, str(fix_notice.fix))
    return place is not None


def _outbox_message(fix_notice: FixNotice, due_at: datetime) -> OutboxMessage:
    return OutboxMessage(str(fix_notice.id), str(fix_notice.fix), fix_notice.pm_id, due_at)


def get_facts(tx: Tx, fix_notice: FixNotice, zone: str, now: datetime) -> FixNoticeFacts:
    """Return what a fix notice shows, from what is true now."""
    workaround = workarounds.get_workaround(tx, fix_notice.workaround_id)
    sightings = workarounds.list_by_workaround(tx, fix_notice.workaround_id)
    found = notices.list_by_fix_notice(tx, fix_notice.id)
    pm = staff.get(tx, fix_notice.pm_id)
    matching = [_find_sighting(sightings, each) for each in found]
    named_sightings = [
        each.what
        for each in (*matching, *sightings)
        if each and each.may_read_customer(fix_notice.pm_id)
    ]
    told_notices = [(each.customer, each.told_at) for each in found if each.told_at]
    return FixNoticeFacts(
        what=next(iter(named_sightings), ""),
        release=workaround.release if workaround else "",
        pm=pm.name if pm else "",
        today=local_date(now, zone),
        due_on=local_date(fix_notice.due_at, zone),
        to_tell=tuple(
            _untold_customer(tx, customer_notice, at)
            for customer_notice, at in zip(found, matching, strict=True)
            if at and customer_notice.state is NoticeState.OPEN
        ),
        told=tuple(ToldCustomer(name, local_date(at, zone)) for name, at in told_notices),
        reopened=workaround is None or not workaround.is_fixed or workaround.fix != fix_notice.fix,
    )


def _find_sighting(
    sightings: Sequence[Sighting], customer_notice: CustomerNotice
) -> Sighting | None:
    """Return what was seen at a notice's customer, by the PM who is asked or else a colleague."""
    there = [each for each in sightings if each.customer_id == customer_notice.customer_id]
    mine = [each for each in there if each.may_read_customer(customer_notice.pm_id)]
    return min(mine, key=lambda each: each.author_id != customer_notice.pm_id, default=None)


def _untold_customer(tx: Tx, customer_notice: CustomerNotice, sighting: Sighting) -> CustomerToTell:
    people = customers.list_people(tx, customer_notice.customer_id)
    return CustomerToTell(
        notice_id=customer_notice.id,
        customer=customer_notice.customer,
        what=sighting.what,
        on=sighting.on,
        kind=sighting.kind,
        # With several people, no one knows who was there.
        person=people[0].name if len(people) == 1 else "",
        colleague=""
        if sighting.author_id == customer_notice.pm_id
        else staff.get_name(tx, sighting.author_id),
    )
