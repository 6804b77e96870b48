"""Save the agenda of a visit, and ask the sales owner about it with one tap."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import MessageKind, OutboxMessage
from bot.db.staff import queries as staff
from bot.db.visits import ground_rules, plans
from bot.db.visits import queries as visits
from bot.domain.staff.access import Actor, Membership
from bot.domain.visits.ground_rules import AgendaReply, GroundRule, GroundRules, Preparation
from bot.domain.visits.rules import Visit
from bot.errors import CannotBeAsked, NotYours
from bot.operations.customers.search import customer_name
from bot.operations.staff.directory import get_actor
from bot.operations.visits import booked
from bot.services import Services

MEMBERSHIP_TEXTS: Mapping[Membership, str] = {
    Membership.GUEST: "is a guest here",
    Membership.OTHER_ORGANISATION: "is not of this company",
    Membership.DEACTIVATED: "has left",
    Membership.BOT: "is no person",
}


@dataclass(frozen=True)
class SalesOwnerReply:
    """A sales owner's reply, with the PM and the customer of the visit."""

    pm: str
    customer: str
    reply: AgendaReply


def get_facts(services: Services, actor: Actor, visit_id: int) -> Preparation:
    """Return what the form to prepare the actor's visit shows. Raises as `booked.get_own` does."""
    with services.reading(actor.workspace_id) as tx:
        return _facts(tx, booked.get_own(tx, actor, visit_id))


def save(
    services: Services, actor: Actor, visit_id: int, agenda: str, done: frozenset[GroundRule]
) -> Preparation:
    """Save the agenda and what is done. Raises as `booked.get_own` does.

    If the sales owner has called it fine meanwhile it stays reviewed, as long as it is that agenda.
    """
    with services.transaction(actor.workspace_id) as tx:
        visit = booked.lock_own(tx, actor, visit_id)
        known = ground_rules.get(tx, visit.id)
        if known.reply is AgendaReply.FINE and known.agenda == agenda:
            done |= {GroundRule.REVIEWED}
        ground_rules.save(tx, visit.id, replace(known, agenda=agenda, done=done))
        return _facts(tx, visit)


def ask(
    services: Services, actor: Actor, visit_id: int, user_id: str, now: datetime
) -> Preparation:
    """Ask a sales owner to look at the agenda, once for each visit.

    Raises `CannotBeAsked`, and as `booked.get_own` does.
    """
    asked = get_actor(services, actor.workspace_id, user_id, now)
    with services.transaction(actor.workspace_id) as tx:
        visit = booked.lock_own(tx, actor, visit_id)
        known = ground_rules.get(tx, visit.id)
        if known.asked_user_id is None:
            _check_askable(actor, asked, known)
            ground_rules.save(tx, visit.id, replace(known, asked_user_id=user_id))
            plan = plans.get(tx, visit.id)
            plans.save(tx, visit.id, replace(plan, sales_owner_id=plan.sales_owner_id or user_id))
            outbox.enqueue_or_requeue(
                tx, MessageKind.AGENDA_REQUEST, OutboxMessage(str(visit.id), "", user_id, now), now
            )
        return _facts(tx, visit)


def answer(
    services: Services, actor: Actor, visit_id: int, reply: AgendaReply, now: datetime
) -> SalesOwnerReply:
    """Save the reply of the sales owner who was asked; the last one counts.

    Only a wish to talk is sent to the PM: what is fine is ticked, and no one is disturbed.
    """
    with services.transaction(actor.workspace_id) as tx:
        tx.advisory_lock(f"visit {visit_id}")
        known, visit = ground_rules.get(tx, visit_id), visits.get(tx, visit_id)
        if visit is None or known.asked_user_id != actor.user_id:
            raise NotYours
        if visit.state in booked.CLOSED_ERRORS:
            raise booked.CLOSED_ERRORS[visit.state]
        done = known.done | {GroundRule.REVIEWED} if reply is AgendaReply.FINE else known.done
        ground_rules.save(tx, visit_id, replace(known, reply=reply, done=done))
        if reply is AgendaReply.TALK:
            outbox.enqueue(tx, MessageKind.AGENDA_REPLY, visit_id, "", visit.pm_id, now)
        name = customer_name(tx, visit.customer_id)
        return SalesOwnerReply(staff.get_name(tx, visit.pm_id), name, reply)


def clear_asked(tx: Tx, visit_id: int) -> None:
    """Clear who was asked, as the question won't be posted: someone else can be asked."""
    ground_rules.save(tx, visit_id, replace(ground_rules.get(tx, visit_id), asked_user_id=None))


def _check_askable(actor: Actor, asked: Actor, known: GroundRules) -> None:
    if asked.user_id == actor.user_id:
        raise CannotBeAsked("That is you. Choose whoever looks after this customer in sales.")
    if asked.membership is not Membership.MEMBER:
        name = asked.name or "This person"
        raise CannotBeAsked(f"{name} {MEMBERSHIP_TEXTS[asked.membership]} and cannot be asked.")
    if not known.agenda:
        raise CannotBeAsked("Write the agenda first: it is what they are asked about.")


def _facts(tx: Tx, visit: Visit) -> Preparation:
    known, owner = ground_rules.get(tx, visit.id), plans.get(tx, visit.id).sales_owner_id
    owner_id = known.asked_user_id or owner
    return Preparation(
        visit.id,
        customer_name(tx, visit.customer_id),
        known,
        owner_id,
        staff.get_name(tx, owner_id) if owner_id else "",
    )
