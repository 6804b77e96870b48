"""Ground rules: the agenda of a visit, and one tap that asks the sales owner."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import Kind, Letter, Parcel
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.db.visits import ground_rules, plans
from bot.db.visits import queries as visits
from bot.domain.staff.access import Actor, Standing
from bot.domain.visits.ground_rules import GroundRules, Reply, Step
from bot.domain.visits.rules import Visit, VisitState
from bot.domain.working_time import local_date, open_hour
from bot.errors import CannotBeAsked, NotYours
from bot.operations.customers.search import customer_name
from bot.operations.nudges import away
from bot.operations.outbox.rendered import Later, Withdrawn
from bot.operations.staff.directory import actor as member
from bot.operations.visits import booked
from bot.services import Services
from bot.views.block_kit import Message
from bot.views.visits import ground_rules as views

STANDINGS: Mapping[Standing, str] = {
    Standing.GUEST: "is a guest here",
    Standing.OTHER_ORGANISATION: "is not of this company",
    Standing.DEACTIVATED: "has left",
    Standing.BOT: "is no person",
}


@dataclass(frozen=True)
class Answered:
    """What a sales owner has said, of whose visit with which customer."""

    pm: str
    customer: str
    reply: Reply


def facts(services: Services, actor: Actor, visit_id: int) -> views.Preparation:
    """What the form to prepare the actor's visit shows. Raises as `booked.own` does."""
    with services.reading(actor.workspace_id) as tx:
        return _facts(tx, booked.own(tx, actor, visit_id))


def keep(
    services: Services, actor: Actor, visit_id: int, agenda: str, done: frozenset[Step]
) -> views.Preparation:
    """Keep the agenda and what is done. Raises as `booked.own` does.

    What the sales owner has called fine meanwhile stays reviewed, as long as it is that agenda.
    """
    with services.transaction(actor.workspace_id) as tx:
        visit = booked.taken(tx, actor, visit_id)
        known = ground_rules.get(tx, visit.id)
        if known.reply is Reply.FINE and known.agenda == agenda:
            done |= {Step.REVIEWED}
        ground_rules.keep(tx, visit.id, replace(known, agenda=agenda, done=done))
        return _facts(tx, visit)


def ask(
    services: Services, actor: Actor, visit_id: int, user_id: str, now: datetime
) -> views.Preparation:
    """Ask a sales owner to look at the agenda, once for each visit.

    Raises `CannotBeAsked`, and as `booked.own` does.
    """
    asked = member(services, actor.workspace_id, user_id, now)
    with services.transaction(actor.workspace_id) as tx:
        visit = booked.taken(tx, actor, visit_id)
        known = ground_rules.get(tx, visit.id)
        if known.asked_id is None:
            _check(actor, asked, known)
            ground_rules.keep(tx, visit.id, replace(known, asked_id=user_id))
            plan = plans.get(tx, visit.id)
            plans.keep(tx, visit.id, replace(plan, sales_owner_id=plan.sales_owner_id or user_id))
            outbox.put_again(tx, Kind.AGENDA_ASKED, Letter(str(visit.id), "", user_id, now), now)
        return _facts(tx, visit)


def answer(
    services: Services, actor: Actor, visit_id: int, reply: Reply, now: datetime
) -> Answered:
    """What the sales owner who was asked says; the last word counts.

    Only a wish to talk is brought to the PM: what is fine is ticked, and nobody is disturbed.
    """
    with services.transaction(actor.workspace_id) as tx:
        tx.one_at_a_time(f"visit {visit_id}")
        known, visit = ground_rules.get(tx, visit_id), visits.get(tx, visit_id)
        if visit is None or known.asked_id != actor.user_id:
            raise NotYours
        if visit.state in booked.SETTLED:
            raise booked.SETTLED[visit.state]
        done = known.done | {Step.REVIEWED} if reply is Reply.FINE else known.done
        ground_rules.keep(tx, visit_id, replace(known, reply=reply, done=done))
        if reply is Reply.TALK:
            outbox.put(tx, Kind.AGENDA_TALK, visit_id, "", visit.pm_id, now)
        name = customer_name(tx, visit.customer_id)
        return Answered(staff.name(tx, visit.pm_id), name, reply)


def unasked(tx: Tx, parcel: Parcel) -> None:
    """The question will never stand anywhere: somebody else can be asked."""
    visit_id = int(parcel.subject)
    ground_rules.keep(tx, visit_id, replace(ground_rules.get(tx, visit_id), asked_id=None))


def compose_asked(tx: Tx, parcel: Parcel, now: datetime) -> Message | Withdrawn | Later:
    """The question to the sales owner, as the agenda stands when it leaves."""
    visit = visits.get(tx, int(parcel.subject))
    pm = pms.get(tx, visit.pm_id) if visit else None
    if visit is None or pm is None or visit.state is not VisitState.BOOKED:
        return Withdrawn("called_off")
    zone = pm.rhythm.hours.zone
    if visit.on < local_date(now, zone):
        return Withdrawn("too_late")
    if ground_rules.get(tx, visit.id).asked_id != parcel.destination:
        return Withdrawn("changed")
    at = away.waits_until(tx, parcel.destination, now)
    if at and at > now:
        return Later(at)
    return views.asked(
        visit.id,
        staff.name(tx, visit.pm_id),
        customer_name(tx, visit.customer_id),
        views.when(visit.on, visit.at(zone), zone, local_date(now, zone)),
        visit.goal,
        ground_rules.get(tx, visit.id).agenda,
    )


def compose_talk(tx: Tx, parcel: Parcel, now: datetime) -> Message | Withdrawn | Later:
    """One line to the PM whose sales owner would like to talk."""
    visit, pm = visits.get(tx, int(parcel.subject)), pms.get(tx, parcel.destination)
    known = ground_rules.get(tx, int(parcel.subject))
    if visit is None or pm is None or visit.state is not VisitState.BOOKED:
        return Withdrawn("called_off")
    if known.reply is not Reply.TALK or known.asked_id is None:
        return Withdrawn("fine")
    if visit.on < local_date(now, pm.rhythm.hours.zone):
        return Withdrawn("too_late")
    at = away.waits_until(tx, pm.user_id, now) or open_hour(now, pm.rhythm.hours)
    if at > now:
        return Later(at)
    return views.talk(staff.name(tx, known.asked_id), customer_name(tx, visit.customer_id))


def _check(actor: Actor, asked: Actor, known: GroundRules) -> None:
    if asked.user_id == actor.user_id:
        raise CannotBeAsked("That is you. Choose whoever looks after this customer in sales.")
    if asked.standing is not Standing.MEMBER:
        name = asked.name or "This person"
        raise CannotBeAsked(f"{name} {STANDINGS[asked.standing]} and cannot be asked.")
    if not known.agenda:
        raise CannotBeAsked("Write the agenda first: it is what they are asked about.")


def _facts(tx: Tx, visit: Visit) -> views.Preparation:
    known, owner = ground_rules.get(tx, visit.id), plans.get(tx, visit.id).sales_owner_id
    owner_id = known.asked_id or owner
    return views.Preparation(
        visit.id,
        customer_name(tx, visit.customer_id),
        known,
        owner_id,
        staff.name(tx, owner_id) if owner_id else "",
    )
