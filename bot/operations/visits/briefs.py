"""Briefs: what is known of a customer, for a PM who is about to see them."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from bot.db import customers, hypotheses, surveys
from bot.db.contacts import queries as contacts
from bot.db.debriefs import promises
from bot.db.debriefs import queries as debriefs
from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import Kind, Letter, Parcel
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.db.visits import ground_rules, plans
from bot.db.visits import queries as visits
from bot.domain.customers import Customer, name_key
from bot.domain.debriefs.rules import Debrief, Sharing
from bot.domain.hypotheses import Hypothesis
from bot.domain.staff.access import Actor
from bot.domain.staff.pms import Pm
from bot.domain.visits.caps import QUARTER, free_on
from bot.domain.visits.rules import USUAL, Visit, VisitState
from bot.domain.working_time import local_date, open_hour, slot, working_day_before
from bot.operations.nudges import away
from bot.operations.outbox.rendered import Later, Withdrawn
from bot.operations.workarounds import changes as workarounds
from bot.services import Services
from bot.views.block_kit import Message
from bot.views.debriefs.promises import to_them
from bot.views.visits.brief import SHOWN, Brief, Coming, Heard, Told, ahead
from bot.views.visits.ground_rules import still_open

LOAD = timedelta(days=28)
# Of these the open workarounds are read too.
READ = 20
# Names shown where several could be meant.
NAMED = 6


def brief(
    services: Services, actor: Actor, words: str, now: datetime
) -> Brief | Sequence[tuple[str, str]]:
    """The customer meant by some words: of that domain or name, or the only one that holds them.

    Names with their hints where several could be meant; none where nobody is. A name with its hint
    in brackets means that one.
    """
    with services.reading(actor.workspace_id) as tx:
        found = _found(tx, words)
        if len(found) == 1:
            return _brief(tx, actor.user_id, actor.zone, found[0], now)
        return [(each.name, _hint(each, found)) for each in found[:NAMED]]


def _found(tx: Tx, words: str) -> Sequence[Customer]:
    if not name_key(words):
        return []
    by_domain = customers.by_domain(tx, words)
    if by_domain:
        return [by_domain]
    found = customers.named(tx, words) or customers.search(tx, words, NAMED)
    return found or _hinted(tx, words)


def _hinted(tx: Tx, words: str) -> Sequence[Customer]:
    name, _, hint = words.removesuffix(")").rpartition("(")
    same = customers.named(tx, name) if name_key(name) else []
    return [each for each in same if name_key(_hint(each, same)) == name_key(hint)]


def _hint(customer: Customer, among: Sequence[Customer]) -> str:
    """What tells a customer from others of the same name."""
    alone = sum(name_key(each.name) == name_key(customer.name) for each in among) == 1
    return customer.domain or customer.region or ("" if alone else f"no. {customer.id}")


def queue(tx: Tx, pm: Pm, visit: Visit, now: datetime) -> None:
    """Leave the brief of a booked visit for the working day before, if that still lies ahead.

    The brief for another date, on which it was booked before, is withdrawn when it is drawn.
    """
    hours = pm.rhythm.hours
    due_at = slot(working_day_before(visit.on, hours), hours)
    visits.brief(tx, visit.id, due_at if due_at > now else None)
    if due_at > now:
        letter = Letter(str(visit.id), str(visit.on), pm.user_id, due_at)
        outbox.put_again(tx, Kind.BRIEF, letter, now)


def compose(tx: Tx, parcel: Parcel, now: datetime) -> Message | Withdrawn | Later:
    """The brief of a booked visit, in time before it or not at all."""
    visit, pm = visits.get(tx, int(parcel.subject)), pms.get(tx, parcel.destination)
    if parcel.due_at > now:
        return Later(parcel.due_at, "not_yet")
    if pm is None:
        return Withdrawn("left")
    if visit is None or visit.state is not VisitState.BOOKED or parcel.period != str(visit.on):
        return Withdrawn("visited")
    hours = pm.rhythm.hours
    at = away.waits_until(tx, pm.user_id, now) or open_hour(now, hours)
    if local_date(at, hours.zone) > visit.on:
        return Withdrawn("too_late")
    if at > now:
        return Later(at)
    customer = customers.get(tx, visit.customer_id)
    if customer is None:
        return Withdrawn("gone")
    known = _brief(tx, pm.user_id, hours.zone, customer, now)
    rules = "" if visit.kind.indirect else still_open(ground_rules.get(tx, visit.id))
    return ahead(known, visit.on, visit.goal, rules, _tested(tx, visit))


def _tested(tx: Tx, visit: Visit) -> Hypothesis | None:
    """The hypothesis that a visit is to test."""
    hypothesis_id = plans.get(tx, visit.id).hypothesis_id
    return hypotheses.get(tx, hypothesis_id) if hypothesis_id is not None else None


def _coming(tx: Tx, user_id: str, visit: Visit) -> Coming:
    tested = _tested(tx, visit)
    who = None if visit.pm_id == user_id else staff.name(tx, visit.pm_id)
    return Coming(who, visit.on, tested.belief if tested else "")


def _brief(tx: Tx, user_id: str, zone: str, customer: Customer, now: datetime) -> Brief:
    today = local_date(now, zone)
    near = visits.near(tx, customer.id, today - QUARTER, date.max, today)
    told = debriefs.of_customer(tx, customer.id, READ)
    shared = [each for each in told if _may_read(user_id, each)]
    around = workarounds.of_customer(tx, user_id, customer.id, READ)
    return Brief(
        today=today,
        customer=customer,
        owner=staff.name(tx, customer.owner_id) if customer.owner_id else "",
        free_on=free_on(today, [each.burden for each in near], USUAL),
        booked=tuple(_coming(tx, user_id, each) for each in visits.coming(tx, customer.id, today)),
        heard=tuple(_heard(tx, each) for each in shared[:SHOWN]),
        workarounds=tuple(around)[:SHOWN],
        people=tuple(
            (each.name, each.role or "") for each in customers.people_of(tx, customer.id)[:SHOWN]
        ),
        contacts=contacts.count(tx, customer.id, now - LOAD),
        deal=customers.last_deal(tx, customer.id),
        mood=next(((each.mood, each.on) for each in shared if each.mood), None),
        score=_score(tx, customer.id, shared, zone),
        closed_by=staff.name(tx, customer.closed_by) if customer.closed_by else "",
        owed=tuple(
            to_them(each, "" if each.owner_id == user_id else staff.name(tx, each.owner_id), today)
            for each in promises.owed_to(tx, customer.id, user_id, SHOWN)
        ),
        answers=tuple(_answers(tx, shared))[:SHOWN],
    )


def _score(
    tx: Tx, customer_id: int, shared: Sequence[Debrief], zone: str
) -> tuple[int, date, str] | None:
    """The newest score: of a debrief, or of a survey."""
    found = [(each.nps, each.on, each.nps_why) for each in shared if each.nps is not None][:1]
    survey = surveys.last_answered(tx, customer_id)
    if survey and survey.answer and survey.answered_at:
        on = local_date(survey.answered_at, zone)
        found = [(survey.answer.score, on, survey.answer.why), *found]
    return max(found, key=lambda each: each[1], default=None)


def _heard(tx: Tx, debrief: Debrief) -> Heard:
    return Heard(debrief.on, staff.name(tx, debrief.author_id), debrief.kind, debrief.story)


def _answers(tx: Tx, shared: Sequence[Debrief]) -> Iterator[Told]:
    """What they were told, the newest first, so that the next answer is the same one (F4)."""
    for debrief in shared:
        for each in debrief.answers:
            yield Told(each.subject, each.said, staff.name(tx, debrief.author_id), debrief.on)


def _may_read(user_id: str, debrief: Debrief) -> bool:
    """Without the name a story may be told, and here it would stand under the name.

    Nor is it said that there is one: date and author would name the customer of a digest's story.
    """
    return debrief.sharing is Sharing.SHARE or debrief.author_id == user_id
