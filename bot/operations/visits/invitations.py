"""Build the invitation to a planned visit for the PM's own calendar."""

from datetime import UTC, datetime

from bot.db.visits import ground_rules, plans
from bot.domain.staff.access import Actor
from bot.domain.visits.plans import IcsEvent
from bot.operations.customers.search import customer_name
from bot.operations.visits import booked
from bot.services import Services


def get_invitation(services: Services, actor: Actor, visit_id: int, now: datetime) -> IcsEvent:
    """Return the actor's booked visit as a calendar event. Raises as `booked.get_own` does."""
    with services.reading(actor.workspace_id) as tx:
        visit = booked.get_own(tx, actor, visit_id)
        agenda = ground_rules.get(tx, visit.id).agenda
        return IcsEvent(
            uid=f"visit-{visit.id}@{actor.workspace_id.lower()}.nihito",
            version=plans.get(tx, visit.id).version,
            made_at=now.astimezone(UTC),
            customer=customer_name(tx, visit.customer_id),
            description="\n\n".join(each for each in (visit.goal, agenda) if each),
            on=visit.on,
            starts_at=visit.starts_at,
            ends_at=visit.ends_at,
        )
