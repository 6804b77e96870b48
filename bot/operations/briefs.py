"""Briefs: what is known of a customer, for a PM who is about to see them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.db import contacts, customers, debriefs, staff, visits
from bot.db.engine import Tx
from bot.domain.access import Actor
from bot.domain.calendar import local_date
from bot.domain.caps import QUARTER, free_on
from bot.domain.customers import Customer
from bot.domain.debriefs import Debrief, Sharing
from bot.services import Services
from bot.views.briefs import SHOWN, Brief, Heard

LOAD = timedelta(days=28)
# Of these the open workarounds are read too.
READ = 20
# Names shown where several could be meant.
NAMED = 6


def brief(
    services: Services, actor: Actor, words: str, now: datetime
) -> Brief | Sequence[tuple[str, str]]:
    """The customer meant by some words: of that domain or name, or the only one that holds them.

    Names with their hints where several could be meant; none where nobody is.
    """
    with services.reading(actor.workspace_id) as tx:
        found = _found(tx, words)
        if len(found) == 1:
            return _brief(tx, actor, found[0], now)
        return [(each.name, each.domain or each.region or "") for each in found]


def _found(tx: Tx, words: str) -> Sequence[Customer]:
    by_domain = customers.by_domain(tx, words)
    if by_domain:
        return [by_domain]
    return customers.named(tx, words) or customers.search(tx, words, NAMED)


def _brief(tx: Tx, actor: Actor, customer: Customer, now: datetime) -> Brief:
    today = local_date(now, actor.zone)
    near = visits.near(tx, customer.id, today - QUARTER, date.max)
    told = debriefs.of_customer(tx, customer.id, READ)
    shared = [each for each in told if _may_read(actor, each)]
    around = dict.fromkeys(each.what for debrief in shared for each in debrief.workarounds)
    return Brief(
        today=today,
        customer=customer,
        owner=_name(tx, customer.owner_id) if customer.owner_id else "",
        free_on=free_on(today, [each.on for each in near]),
        booked=tuple(
            (_name(tx, each.pm_id), each.on) for each in visits.coming(tx, customer.id, today)
        ),
        heard=tuple(_heard(tx, actor, each) for each in told[:SHOWN]),
        workarounds=tuple(around)[:SHOWN],
        people=tuple(
            (each.name, each.role or "") for each in customers.people_of(tx, customer.id)[:SHOWN]
        ),
        contacts=contacts.count(tx, customer.id, now - LOAD),
        deal=customers.last_deal(tx, customer.id),
    )


def _heard(tx: Tx, actor: Actor, debrief: Debrief) -> Heard:
    story = debrief.story if _may_read(actor, debrief) else ""
    return Heard(debrief.on, _name(tx, debrief.author_id), debrief.kind, story)


def _may_read(actor: Actor, debrief: Debrief) -> bool:
    """Without the name a story may be told, and here it would stand under the name."""
    return debrief.sharing is Sharing.SHARE or debrief.author_id == actor.user_id


def _name(tx: Tx, user_id: str) -> str:
    member = staff.get(tx, user_id)
    return member.name if member else ""
