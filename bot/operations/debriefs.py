"""Debriefs: recorded once each, and what follows from one at once."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.db import debriefs, nudges, pms, teams, visits
from bot.db.engine import Tx
from bot.domain import nudges as rules
from bot.domain.access import Actor
from bot.domain.calendar import local_date
from bot.domain.debriefs import Draft, Sharing, faults
from bot.domain.visits import Visit, VisitState
from bot.errors import DraftRefused
from bot.operations import prompts, stories
from bot.operations.customers import customer, customer_name
from bot.operations.pms import held
from bot.operations.standing import Shown, standing
from bot.services import Services

SOURCE = "debrief"


@dataclass(frozen=True)
class Recorded:
    """A debrief that is kept. `digest_at` is when the team reads it, None if it never does."""

    customer: str
    on: date
    next_due: date | None
    sharing: Sharing
    digest_at: datetime | None
    nudge: Shown | None


def record(
    services: Services,
    actor: Actor,
    draft: Draft,
    key: str,
    now: datetime,
    visit_id: int | None = None,
) -> Recorded | None:
    """Keep a debrief, once for each `key`; its visit moves the due date at once.

    `visit_id` is the booked visit that it is of, if that is known and the customer is the same.
    None when it was kept before just so. One sent again with other words replaces what was kept:
    whoever saw Slack give up may have gone on typing.

    Raises `DraftRefused` with the faults by field, and `NoSuchCustomer`; nothing is kept then.
    """
    found = faults(draft, local_date(now, actor.zone))
    if found:
        raise DraftRefused(found)
    with services.transaction(actor.workspace_id) as tx:
        tx.one_at_a_time(key)
        customer_id = customer(tx, draft.customer_id, draft.new_customer)
        told = replace(draft, customer_id=customer_id, new_customer="")
        visit = _kept(tx, actor, told, key, now, visit_id)
        return _recorded(tx, actor, visit, draft.sharing, now) if visit else None


def digest_on(services: Services, actor: Actor) -> date | None:
    """The local date of the team's next digest; None without a team."""
    with services.reading(actor.workspace_id) as tx:
        pm = pms.get(tx, actor.user_id)
        team = teams.get(tx, pm.team_id) if pm and pm.team_id else None
    return team.digest.on if team else None


def _kept(
    tx: Tx, actor: Actor, draft: Draft, key: str, now: datetime, visit_id: int | None
) -> Visit | None:
    known = visits.by_source(tx, SOURCE, key)
    before = debriefs.of_visit(tx, known.id) if known else None
    if before is None:
        visit = _visit(tx, actor, draft, key, now, visit_id)
        debriefs.add(tx, visit.id, actor.user_id, draft, now)
        return visit
    if before.draft == draft:
        return None
    visits.correct(tx, before.visit_id, draft.customer_id, draft.kind, draft.on)
    debriefs.rewrite(tx, before.id, draft)
    if before.told_in:
        stories.changed(tx, before.told_in, now)
    return visits.by_source(tx, SOURCE, key)


def _visit(
    tx: Tx, actor: Actor, draft: Draft, key: str, now: datetime, visit_id: int | None
) -> Visit:
    assert draft.on is not None
    assert draft.customer_id is not None
    customer_id = draft.customer_id
    booked = _booked(tx, actor, draft, visit_id)
    if booked:
        visits.hold(tx, booked, draft.kind, draft.on, SOURCE, key)
        prompts.settled(tx, booked.id, now)
    else:
        visits.add(
            tx,
            actor.user_id,
            customer_id,
            draft.kind,
            VisitState.HELD,
            draft.on,
            now,
            source=SOURCE,
            source_id=key,
        )
    visit = visits.by_source(tx, SOURCE, key)
    assert visit is not None
    return visit


def _booked(tx: Tx, actor: Actor, draft: Draft, visit_id: int | None) -> Visit | None:
    """The booked visit that a debrief is of: the one it was asked for, or the earliest."""
    assert draft.on is not None
    assert draft.customer_id is not None
    asked = visits.get(tx, visit_id) if visit_id is not None else None
    theirs = actor.user_id, draft.customer_id, VisitState.BOOKED
    if asked is None or (asked.pm_id, asked.customer_id, asked.state) != theirs:
        asked = visits.booked(tx, actor.user_id, draft.customer_id, draft.on)
    if asked is None:
        return None
    # Whoever changes it just now comes first; one called off meanwhile is no longer it.
    tx.one_at_a_time(f"visit {asked.id}")
    stands = visits.get(tx, asked.id)
    return stands if stands and stands.state is VisitState.BOOKED else None


def _recorded(tx: Tx, actor: Actor, visit: Visit, sharing: Sharing, now: datetime) -> Recorded:
    name = customer_name(tx, visit.customer_id)
    pm = pms.take(tx, actor.user_id)
    if pm is None:
        return Recorded(name, visit.on, None, sharing, None, None)
    anchor_before = pm.anchor_on
    pm = held(tx, pm, visit.on)
    team = teams.get(tx, pm.team_id) if pm.team_id else None
    return Recorded(
        customer=name,
        on=visit.on,
        next_due=rules.due_on(pm.anchor_on, pm.rhythm),
        sharing=sharing,
        digest_at=team.digest.at if team and sharing is not Sharing.PRIVATE else None,
        # A visit of long ago changes nothing about what is due: the nudge stays.
        nudge=_answered(tx, actor, now) if pm.anchor_on != anchor_before else None,
    )


def _answered(tx: Tx, actor: Actor, now: datetime) -> Shown | None:
    nudge = nudges.latest(tx, actor.user_id)
    if nudge is None or nudge.answer == "been":
        return None
    nudges.answer(tx, nudge.id, "been", now)
    return standing(tx, nudge, now)
