"""Fixes: each PM who saw a workaround is asked to tell the customers that it is fixed."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.db import customers
from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import Kind, Letter, Parcel
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.db.workarounds import notices as asks
from bot.db.workarounds import queries as workarounds
from bot.db.workarounds.notices import Ask, AskState, Errand
from bot.domain import workarounds as rules
from bot.domain.outbox.outcomes import Outcome
from bot.domain.staff.access import Actor
from bot.domain.staff.pms import Pm
from bot.domain.workarounds import Pair, Seen, Whole
from bot.domain.working_time import local_date, open_hour
from bot.errors import NoSuchAsk, NotYours
from bot.operations.nudges import away
from bot.operations.outbox.rendered import Edit, Later, Withdrawn, once_it_stands
from bot.services import Services
from bot.slack.posting import Place
from bot.views.block_kit import Message
from bot.views.workarounds import fix_notice as views

# Whoever changes anything about workarounds waits for whoever does so already.
TURN = "workarounds"


def settle(tx: Tx, whole_id: int, now: datetime, *, redraw: bool = False) -> None:
    """Bring what PMs are asked to tell in line with what is true of a workaround now.

    What is to be told anew is asked for, what need not be told any more is withdrawn, and the
    messages that stand in Slack say so; with `redraw` all of them do.
    """
    tx.one_at_a_time(TURN)
    whole = workarounds.whole(tx, whole_id)
    if whole is None:
        return
    live = asks.live(tx, whole.id)
    wanted = _wanted(tx, whole, live)
    kept = [each for each in live if whole.done and _holds(each, wanted)]
    dropped = [each for each in live if each not in kept]
    asks.withdraw(tx, [each.id for each in dropped])
    _ask(tx, whole, wanted - {each.pair for each in kept}, now)
    for errand_id in sorted({each.errand_id for each in (live if redraw else dropped)}):
        _draw_anew(tx, errand_id, now)
    if whole.done:
        told = [each.state is AskState.TOLD for each in asks.live(tx, whole.id)]
        workarounds.keep(tx, replace(whole, state=rules.telling(told)))


def told(services: Services, actor: Actor, ask_id: int, ts: str, now: datetime) -> Message:
    """The actor has told a customer; gives what stands in the place of the message pressed.

    `ts` is that message's timestamp. Raises `NoSuchAsk` and `NotYours`.
    """
    with services.transaction(actor.workspace_id) as tx:
        tx.one_at_a_time(TURN)
        ask = asks.get(tx, ask_id)
        errand = asks.errand(tx, ask.errand_id) if ask else None
        if ask is None or errand is None:
            raise NoSuchAsk
        if errand.pm_id != actor.user_id:
            raise NotYours
        if ask.state is AskState.OPEN:
            asks.tell(tx, ask.id, now)
            settle(tx, errand.whole_id, now)
            _draw_anew(tx, errand.id, now, but=ts)
        return views.message(_facts(tx, errand, actor.zone, now), late=ts == errand.late_ts)


def hand_over(services: Services, workspace_id: str, now: datetime) -> Sequence[Outcome]:
    """What somebody who has left was to tell goes to whoever looks after the customer.

    And nobody is asked any more to tell a customer who was closed meanwhile.
    """
    with services.reading(workspace_id) as tx:
        found = asks.astray(tx)
    for whole_id in found:
        with services.transaction(workspace_id) as tx:
            settle(tx, whole_id, now)
    return []


def compose(tx: Tx, parcel: Parcel, now: datetime) -> Message | Withdrawn | Later:
    """What a PM is asked to tell, as long as there is something."""
    errand, pm = asks.errand(tx, int(parcel.subject)), pms.get(tx, parcel.destination)
    return _composed(tx, errand, pm, now) if errand and pm else Withdrawn("left")


def compose_late(tx: Tx, parcel: Parcel, now: datetime) -> Message | Withdrawn | Later:
    """The one reminder, a week after the message, to whoever has somebody left to tell."""
    errand, pm = asks.errand(tx, int(parcel.subject)), pms.get(tx, parcel.destination)
    if errand is None or pm is None:
        return Withdrawn("left")
    if errand.message_ts is None:
        known = outbox.awaited(tx, Kind.FIXED, errand.id, str(errand.fix))
        return once_it_stands(max(known, errand.due_at) if known else None, now)
    due_at = max(errand.due_at, rules.due(_posted_at(errand.message_ts)))
    return Later(due_at, "not_yet") if due_at > now else _composed(tx, errand, pm, now, late=True)


def posted(tx: Tx, parcel: Parcel, place: Place) -> None:
    """Note where a message stands."""
    asks.posted(tx, int(parcel.subject), place.channel, place.ts)


def reminded(tx: Tx, parcel: Parcel, place: Place) -> None:
    """Note where a reminder stands."""
    asks.reminded(tx, int(parcel.subject), place.channel, place.ts)


def changed(tx: Tx, parcel: Parcel, now: datetime) -> Edit | Withdrawn | Later:
    """What stands in a message's place now."""
    errand = asks.errand(tx, int(parcel.subject))
    if errand is None:
        return Withdrawn("gone")
    if errand.message_channel is None or errand.message_ts is None:
        return once_it_stands(outbox.awaited(tx, Kind.FIXED, errand.id, str(errand.fix)), now)
    place = Place(errand.message_channel, errand.message_ts)
    return Edit(views.message(_facts(tx, errand, _zone(tx, errand), now)), place)


def late_changed(tx: Tx, parcel: Parcel, now: datetime) -> Edit | Withdrawn | Later:
    """What stands in a reminder's place now."""
    errand = asks.errand(tx, int(parcel.subject))
    if errand is None:
        return Withdrawn("gone")
    if errand.late_channel is None or errand.late_ts is None:
        return once_it_stands(outbox.awaited(tx, Kind.FIXED_LATE, errand.id, str(errand.fix)), now)
    place = Place(errand.late_channel, errand.late_ts)
    return Edit(views.message(_facts(tx, errand, _zone(tx, errand), now), late=True), place)


def _wanted(tx: Tx, whole: Whole, live: Collection[Ask]) -> frozenset[Pair]:
    if not whole.done:
        return frozenset()
    seen = workarounds.of_whole(tx, whole.id)
    known = {each.customer_id for each in live if each.state is AskState.TOLD}
    return rules.asked(seen, asked_pms(tx, seen), known)


def asked_pms(tx: Tx, seen: Collection[Seen]) -> Collection[str]:
    """Those of all who could be asked who are PMs."""
    people = {each.author_id for each in seen} | {each.owner_id for each in seen if each.owner_id}
    return workarounds.pms_among(tx, people)


def _holds(ask: Ask, wanted: Collection[Pair]) -> bool:
    return ask.state is AskState.TOLD or ask.pair in wanted


def _ask(tx: Tx, whole: Whole, pairs: Collection[Pair], now: datetime) -> None:
    """One message to each PM; where theirs is posted already, they get another."""
    known = asks.errands_of(tx, whole.id, whole.fix) if pairs else []
    for pm_id in sorted({pm_id for pm_id, _ in pairs}):
        theirs = [each for each in known if each.pm_id == pm_id]
        errand = next((each for each in theirs if each.message_ts is None), None)
        if errand is None:
            due_at = rules.due(now)
            errand = asks.add_errand(tx, whole.id, whole.fix, pm_id, len(theirs), now, due_at)
        customer_ids = {customer_id for owner, customer_id in pairs if owner == pm_id}
        asks.add(tx, errand.id, customer_ids, now, rules.due(now))
        outbox.put_again(tx, Kind.FIXED_LATE, _letter(errand, errand.due_at), now)
        _draw_anew(tx, errand.id, now)


def _draw_anew(tx: Tx, errand_id: int, now: datetime, but: str = "") -> None:
    """Have an errand's messages say what is true now, but for the one with that timestamp."""
    errand = asks.errand(tx, errand_id)
    if errand is None:
        return
    # What still waits is drawn when it leaves.
    waits = errand.message_ts is None and outbox.put_again(
        tx, Kind.FIXED, _letter(errand, errand.asked_at), now
    )
    if not waits and errand.message_ts != but:
        where = errand.message_channel or errand.pm_id
        outbox.revise(tx, Kind.FIXED_CHANGED, errand.id, where, now)
    # Before it is due, no reminder can stand anywhere, nor be on its way.
    if errand.due_at <= now and errand.late_ts != but:
        where = errand.late_channel or errand.pm_id
        outbox.revise(tx, Kind.FIXED_LATE_CHANGED, errand.id, where, now)


def _letter(errand: Errand, due_at: datetime) -> Letter:
    return Letter(str(errand.id), str(errand.fix), errand.pm_id, due_at)


def _composed(
    tx: Tx, errand: Errand, pm: Pm, now: datetime, *, late: bool = False
) -> Message | Withdrawn | Later:
    hours = pm.rhythm.hours
    fix = _facts(tx, errand, hours.zone, now)
    if fix.back or not fix.untold:
        return Withdrawn("taken_back" if fix.back else "told")
    at = away.waits_until(tx, pm.user_id, now) or open_hour(now, hours)
    return Later(at) if at > now else views.message(fix, late=late)


def _facts(tx: Tx, errand: Errand, zone: str, now: datetime) -> views.Fix:
    whole = workarounds.whole(tx, errand.whole_id)
    seen = workarounds.of_whole(tx, errand.whole_id)
    found = asks.of_errand(tx, errand.id)
    pm = staff.get(tx, errand.pm_id)
    here = [_at(seen, each) for each in found]
    mine = [each.what for each in (*here, *seen) if each and each.named_to(errand.pm_id)]
    told_ones = [(each.customer, each.told_at) for each in found if each.told_at]
    return views.Fix(
        what=next(iter(mine), ""),
        release=whole.release if whole else "",
        pm=pm.name if pm else "",
        today=local_date(now, zone),
        due_on=local_date(errand.due_at, zone),
        untold=tuple(
            _untold(tx, ask, at)
            for ask, at in zip(found, here, strict=True)
            if at and ask.state is AskState.OPEN
        ),
        told=tuple(views.Told(name, local_date(at, zone)) for name, at in told_ones),
        back=whole is None or not whole.done or whole.fix != errand.fix,
    )


def _at(seen: Sequence[Seen], ask: Ask) -> Seen | None:
    """What was seen at the customer of an ask: by the PM who is asked, or else by a colleague."""
    there = [each for each in seen if each.customer_id == ask.customer_id]
    mine = [each for each in there if each.named_to(ask.pm_id)]
    return min(mine, key=lambda each: each.author_id != ask.pm_id, default=None)


def _untold(tx: Tx, ask: Ask, seen: Seen) -> views.Untold:
    people = customers.people_of(tx, ask.customer_id)
    return views.Untold(
        ask_id=ask.id,
        customer=ask.customer,
        what=seen.what,
        on=seen.on,
        kind=seen.kind,
        # Of several nobody knows who was there.
        person=people[0].name if len(people) == 1 else "",
        by="" if seen.author_id == ask.pm_id else staff.name(tx, seen.author_id),
    )


def _zone(tx: Tx, errand: Errand) -> str:
    pm = pms.get(tx, errand.pm_id)
    return pm.rhythm.hours.zone if pm else "UTC"


def _posted_at(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC)
