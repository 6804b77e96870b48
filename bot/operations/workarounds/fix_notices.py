"""Ask each PM who saw a workaround to tell the customers that it is fixed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.db import customers
from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import ClaimedMessage, MessageKind, OutboxMessage
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.db.workarounds import notices
from bot.db.workarounds import queries as workarounds
from bot.db.workarounds.notices import CustomerNotice, FixNotice, NoticeState
from bot.domain import workarounds as rules
from bot.domain.outbox.outcomes import Outcome
from bot.domain.staff.access import Actor
from bot.domain.staff.pms import Pm
from bot.domain.workarounds import (
    CustomerToTell,
    FixNoticeFacts,
    PmCustomer,
    Sighting,
    ToldCustomer,
    Workaround,
)
from bot.domain.working_time import local_date, next_contact_time
from bot.errors import NoSuchAsk, NotYours
from bot.operations.nudges import away
from bot.operations.outbox.rendered import Edit, Postpone, Withdraw, wait_until_posted
from bot.services import Services
from bot.slack.posting import MessageRef
from bot.views.block_kit import Message
from bot.views.workarounds import fix_notice as views

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
        facts = _facts(tx, fix_notice, actor.zone, now)
        return ShownFixNotice(facts, late=ts == fix_notice.reminder_ts)


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


def render(tx: Tx, message: ClaimedMessage, now: datetime) -> Message | Withdraw | Postpone:
    """Render what a PM is asked to tell, as long as there is something."""
    fix_notice, pm = (
        notices.get_fix_notice(tx, int(message.subject)),
        pms.get(tx, message.destination),
    )
    return _render(tx, fix_notice, pm, now) if fix_notice and pm else Withdraw("left")


def render_reminder(
    tx: Tx, message: ClaimedMessage, now: datetime
) -> Message | Withdraw | Postpone:
    """Render the one reminder, a week after the message, to a PM with customers left to tell."""
    fix_notice, pm = (
        notices.get_fix_notice(tx, int(message.subject)),
        pms.get(tx, message.destination),
    )
    if fix_notice is None or pm is None:
        return Withdraw("left")
    if fix_notice.message_ts is None:
        known = outbox.get_next_try(tx, MessageKind.FIX_NOTICE, fix_notice.id, str(fix_notice.fix))
        return wait_until_posted(max(known, fix_notice.due_at) if known else None, now)
    due_at = max(fix_notice.due_at, rules.notice_due_at(_posted_at(fix_notice.message_ts)))
    return (
        Postpone(due_at, "not_yet") if due_at > now else _render(tx, fix_notice, pm, now, late=True)
    )


def on_posted(tx: Tx, message: ClaimedMessage, message_ref: MessageRef) -> None:
    """Record where a message was posted."""
    notices.save_message_ref(tx, int(message.subject), message_ref.channel, message_ref.ts)


def on_reminder_posted(tx: Tx, message: ClaimedMessage, message_ref: MessageRef) -> None:
    """Record where a reminder was posted."""
    notices.save_reminder_ref(tx, int(message.subject), message_ref.channel, message_ref.ts)


def render_change(tx: Tx, message: ClaimedMessage, now: datetime) -> Edit | Withdraw | Postpone:
    """Render the edit of a message as of now."""
    fix_notice = notices.get_fix_notice(tx, int(message.subject))
    if fix_notice is None:
        return Withdraw("gone")
    if fix_notice.message_channel is None or fix_notice.message_ts is None:
        return wait_until_posted(
            outbox.get_next_try(tx, MessageKind.FIX_NOTICE, fix_notice.id, str(fix_notice.fix)), now
        )
    message_ref = MessageRef(fix_notice.message_channel, fix_notice.message_ts)
    return Edit(
        views.render_message(_facts(tx, fix_notice, _zone_of(tx, fix_notice), now)), message_ref
    )


def render_reminder_change(
    tx: Tx, message: ClaimedMessage, now: datetime
) -> Edit | Withdraw | Postpone:
    """Render the edit of a reminder as of now."""
    fix_notice = notices.get_fix_notice(tx, int(message.subject))
    if fix_notice is None:
        return Withdraw("gone")
    if fix_notice.reminder_channel is None or fix_notice.reminder_ts is None:
        return wait_until_posted(
            outbox.get_next_try(tx, MessageKind.FIX_REMINDER, fix_notice.id, str(fix_notice.fix)),
            now,
        )
    message_ref = MessageRef(fix_notice.reminder_channel, fix_notice.reminder_ts)
    return Edit(
        views.render_message(_facts(tx, fix_notice, _zone_of(tx, fix_notice), now), late=True),
        message_ref,
    )


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
        fix_notice = next((each for each in theirs if each.message_ts is None), None)
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
    """Enqueue updates of a fix notice's messages, but for the one with timestamp `except_ts`."""
    fix_notice = notices.get_fix_notice(tx, fix_notice_id)
    if fix_notice is None:
        return
    # A message that still waits is rendered on delivery.
    is_pending = fix_notice.message_ts is None and outbox.enqueue_or_requeue(
        tx, MessageKind.FIX_NOTICE, _outbox_message(fix_notice, fix_notice.asked_at), now
    )
    if not is_pending and fix_notice.message_ts != except_ts:
        destination = fix_notice.message_channel or fix_notice.pm_id
        outbox.enqueue_edit(tx, MessageKind.FIX_NOTICE_CHANGED, fix_notice.id, destination, now)
    # Before it is due, no reminder can be posted or on its way.
    if fix_notice.due_at <= now and fix_notice.reminder_ts != except_ts:
        destination = fix_notice.reminder_channel or fix_notice.pm_id
        outbox.enqueue_edit(tx, MessageKind.FIX_REMINDER_CHANGED, fix_notice.id, destination, now)


def _outbox_message(fix_notice: FixNotice, due_at: datetime) -> OutboxMessage:
    return OutboxMessage(str(fix_notice.id), str(fix_notice.fix), fix_notice.pm_id, due_at)


def _render(
    tx: Tx, fix_notice: FixNotice, pm: Pm, now: datetime, *, late: bool = False
) -> Message | Withdraw | Postpone:
    hours = pm.settings.hours
    fix = _facts(tx, fix_notice, hours.zone, now)
    if fix.reopened or not fix.to_tell:
        return Withdraw("taken_back" if fix.reopened else "told")
    at = away.find_absence_end(tx, pm.user_id, now) or next_contact_time(now, hours)
    return Postpone(at) if at > now else views.render_message(fix, late=late)


def _facts(tx: Tx, fix_notice: FixNotice, zone: str, now: datetime) -> FixNoticeFacts:
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


def _zone_of(tx: Tx, fix_notice: FixNotice) -> str:
    pm = pms.get(tx, fix_notice.pm_id)
    return pm.settings.hours.zone if pm else "UTC"


def _posted_at(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC)
