"""Taking a suggestion up: two PMs do not plan a visit with the same customer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.db import customers
from bot.db.engine import Tx
from bot.db.staff import queries as staff
from bot.db.suggestions import claims as taken
from bot.db.visits import queries as visits
from bot.domain.staff.access import Actor
from bot.domain.working_time import local_date
from bot.operations.customers.search import Chosen
from bot.operations.nudges.sent import one_at_a_time, own, shown
from bot.operations.suggestions.choosing import name_another
from bot.services import Services
from bot.views.nudges import message as views

# As long as a form may stay open; whoever books before it ends has the visit itself to show.
HELD_FOR = timedelta(minutes=30)


@dataclass(frozen=True)
class Instead:
    """A customer whom another PM is planning to see: the nudge without them.

    `another` tells whether it names somebody else in their place.
    """

    nudge: views.Nudge
    another: bool
    customer: str
    holder: str


def take(
    services: Services, actor: Actor, nudge_id: int, customer_id: int | None, now: datetime
) -> Chosen | Instead | None:
    """Take up a customer whom the actor's nudge names, for half an hour.

    Gives the customer; or another one, where somebody else was first; or None for whoever names
    the customer later.
    """
    with services.transaction(actor.workspace_id) as tx:
        one_at_a_time(tx, nudge_id)
        nudge = own(tx, actor, nudge_id)
        known = customers.get(tx, customer_id) if customer_id is not None else None
        if known is None:
            return None
        holder = _first(tx, actor, known.id, now)
        if holder is None:
            return known.id, known.name
        changed = name_another(tx, nudge, known.id, actor.zone, now)
        another = len(changed.suggested) == len(nudge.suggested)
        return Instead(shown(tx, changed, now), another, known.name, holder)


def held_by(tx: Tx, actor: Actor, customer_id: int, now: datetime) -> str | None:
    """The name of another PM who is planning to see a customer just now."""
    holder = taken.holder(tx, customer_id, actor.user_id, now)
    return staff.name(tx, holder) if holder else None


def _first(tx: Tx, actor: Actor, customer_id: int, now: datetime) -> str | None:
    """The name of whoever was first, if it was not the actor."""
    booked = visits.coming(tx, customer_id, local_date(now, actor.zone))
    first = next((each.pm_id for each in booked if each.pm_id != actor.user_id), None)
    first = first or taken.take(tx, customer_id, actor.user_id, now, now + HELD_FOR)
    return staff.name(tx, first) if first else None
