"""Claim suggested customers: two PMs don't plan a visit with the same one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.db import customers
from bot.db.engine import Tx
from bot.db.staff import queries as staff
from bot.db.suggestions import claims
from bot.db.visits import queries as visits
from bot.domain.customers import CustomerChoice
from bot.domain.nudges.facts import NudgeFacts
from bot.domain.staff.access import Actor
from bot.domain.working_time import local_date
from bot.operations.nudges.sent import get_nudge_facts, get_own_nudge, lock_nudge
from bot.operations.suggestions.choosing import replace_suggestion
from bot.services import Services

# As long as a form may stay open; a PM who books before it ends has the visit itself to show.
CLAIM_FOR = timedelta(minutes=30)


@dataclass(frozen=True)
class AlreadyClaimed:
    """A customer that another PM is planning to see, and the nudge without them.

    `has_replacement` is whether it names another customer in their place.
    """

    nudge: NudgeFacts
    has_replacement: bool
    customer: str
    holder: str


def claim(
    services: Services, actor: Actor, nudge_id: int, customer_id: int | None, now: datetime
) -> CustomerChoice | AlreadyClaimed | None:
    """Claim a customer that the actor's nudge names, for half an hour.

    Returns the customer; or `AlreadyClaimed`, if someone else was first; or None if the customer
    is named later.
    """
    with services.transaction(actor.workspace_id) as tx:
        lock_nudge(tx, nudge_id)
        nudge = get_own_nudge(tx, actor, nudge_id)
        known = customers.get(tx, customer_id) if customer_id is not None else None
        if known is None:
            return None
        holder = _claim(tx, actor, known.id, now)
        if holder is None:
            return known.id, known.name
        changed = replace_suggestion(tx, nudge, known.id, actor.zone, now)
        has_replacement = len(changed.suggested) == len(nudge.suggested)
        return AlreadyClaimed(
            get_nudge_facts(tx, changed, now), has_replacement, known.name, holder
        )


def claimed_by(tx: Tx, actor: Actor, customer_id: int, now: datetime) -> str | None:
    """Return the name of another PM who is planning to see a customer just now, or None."""
    holder = claims.get_claimant(tx, customer_id, actor.user_id, now)
    return staff.get_name(tx, holder) if holder else None


def _claim(tx: Tx, actor: Actor, customer_id: int, now: datetime) -> str | None:
    """Claim a customer; returns the name of the PM who was first, if it wasn't the actor."""
    booked = visits.list_booked_with_customer(tx, customer_id, local_date(now, actor.zone))
    holder = next((each.pm_id for each in booked if each.pm_id != actor.user_id), None)
    holder = holder or claims.claim(tx, customer_id, actor.user_id, now, now + CLAIM_FOR)
    return staff.get_name(tx, holder) if holder else None
