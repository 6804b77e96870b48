"""Debriefs: recorded once each, and what follows from one at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from bot.db import stories as teams
from bot.db.debriefs import queries as debriefs
from bot.db.debriefs import saved_drafts as unfinished
from bot.db.debriefs import sections as heard
from bot.db.engine import Tx
from bot.db.visits import queries as visits
from bot.domain.debriefs.rules import Debrief, Draft, Sharing, Sheet, faults
from bot.domain.debriefs.sections import Fault, numbered
from bot.domain.staff.access import Actor
from bot.domain.visits.rules import Visit, VisitState
from bot.domain.working_time import local_date
from bot.errors import DraftRefused, WrittenElsewhere
from bot.operations import stories
from bot.operations.customers.search import customer, customer_name
from bot.operations.debriefs import promises
from bot.operations.debriefs.saved_drafts import editing, own
from bot.operations.hypotheses import hypothesis
from bot.operations.nudges.sent import Shown
from bot.operations.visits import due_dates as counted
from bot.operations.visits import prompts
from bot.operations.visits.due_dates import Counted
from bot.operations.workarounds import changes as workarounds
from bot.services import Services

SOURCE = "debrief"


@dataclass(frozen=True)
class Recorded:
    """A debrief that is kept. `digest_at` is when the team reads it, None if it never does.

    `others` came along, and have a nudge that it answers. One that was `changed` may have been
    `told` in a digest, which changes with it. With `again` it was kept before, in
    another window and in the same words.
    """

    customer: str
    on: date
    next_due: date | None
    sharing: Sharing
    digest_at: datetime | None
    nudge: Shown | None
    others: tuple[Counted, ...] = ()
    debrief_id: int | None = None
    changed: bool = False
    told: bool = False
    again: bool = False


@dataclass(frozen=True)
class TakenBack:
    """A debrief that is gone. `next_due` is None for somebody who has left."""

    customer: str
    on: date
    next_due: date | None
    took_place: bool


def record(
    services: Services, actor: Actor, draft: Draft, sheet: Sheet, now: datetime
) -> Recorded | None:
    """Keep a debrief, once for each sheet; its visit moves the due date at once.

    None when this window has kept it before just so. One that it sends again with other words
    replaces what was kept: whoever saw Slack give up may have gone on typing. Another window of
    the same sheet keeps a debrief of another customer beside the first.

    Raises `DraftRefused` with the faults by field, `NoSuchCustomer`, `NoSuchHypothesis`,
    `WrittenElsewhere` where
    another window has kept other words, and for one that is written anew `NoSuchDebrief` and
    `NotYours`; nothing is kept then.
    """
    found = faults(draft, local_date(now, actor.zone))
    if found:
        raise DraftRefused(found)
    with services.transaction(actor.workspace_id) as tx:
        tx.one_at_a_time(f"debriefs of {actor.user_id}")
        told = _complete(actor, _resolved(tx, actor, draft, now))
        _check_owners(tx, actor, told)
        unfinished.forget(tx, actor.user_id, sheet.key, sheet.window)
        before = _before(tx, actor, told, sheet)
        if before is None:
            return _recorded(tx, actor, _added(tx, actor, told, sheet, now), told, now)
        told = replace(told, minutes=told.minutes or before.minutes)
        if before.draft == told:
            return None if before.form_id == sheet.window else _again(before)
        return _rewritten(tx, actor, before, told, sheet, now)


def take_back(
    services: Services, actor: Actor, debrief_id: int, now: datetime, *, took_place: bool
) -> TakenBack:
    """An author takes a debrief back: its words are gone, also from a digest that told them.

    The visit stays counted where it `took_place`. Raises `NoSuchDebrief` and `NotYours`.
    """
    with services.transaction(actor.workspace_id) as tx:
        tx.one_at_a_time(f"debriefs of {actor.user_id}")
        kept = own(tx, actor, debrief_id)
        unfinished.forget(tx, actor.user_id, editing(debrief_id))
        workarounds.in_turn(tx)
        workarounds.gone(tx, heard.workaround_ids(tx, debrief_id), now)
        debriefs.remove(tx, debrief_id)
        visit = visits.get(tx, kept.visit_id)
        if visit and not took_place:
            visits.recall(tx, visit)
            prompts.settled(tx, visit.id, now)
        if kept.told_in:
            stories.changed(tx, kept.told_in, now)
        seen = counted.recount(tx, {actor.user_id, *kept.fellows}, now)
    mine = seen.get(actor.user_id)
    return TakenBack(kept.customer_name, kept.on, mine.due_on if mine else None, took_place)


def themes(services: Services, actor: Actor, typed: str) -> Sequence[str]:
    """Up to 99 themes of pains that hold what was typed."""
    with services.reading(actor.workspace_id) as tx:
        return heard.themes(tx, actor.user_id, typed, 99)


def _check_owners(tx: Tx, actor: Actor, draft: Draft) -> None:
    """A promise is kept by a full member: a guest is told nothing of customers (H5)."""
    others = {each.owner_id for each in draft.promises} - {actor.user_id}
    out = promises.guests(tx, others)
    owners = [Fault.UNKNOWN if each.owner_id in out else None for each in draft.promises]
    found = numbered({"promise_owner": each} for each in owners)
    wrong = {name: fault for name, fault in found.items() if fault}
    if wrong:
        raise DraftRefused(wrong)


def _resolved(tx: Tx, actor: Actor, draft: Draft, now: datetime) -> Draft:
    """The draft with the ids of the hypothesis and the customer that are new with it."""
    tested = hypothesis(tx, actor, draft.hypothesis_id, draft.new_hypothesis, now)
    customer_id = customer(tx, draft.customer_id, draft.new_customer)
    named = replace(draft, customer_id=customer_id, new_customer="")
    return replace(named, hypothesis_id=tested, new_hypothesis="")


def _complete(actor: Actor, draft: Draft) -> Draft:
    """The draft with what goes without saying: whoever promises keeps it, and was there."""
    promises = tuple(
        each if each.owner_id else replace(each, owner_id=actor.user_id) for each in draft.promises
    )
    fellows = tuple(sorted(set(draft.fellows) - {actor.user_id}))
    return replace(draft, promises=promises, fellows=fellows)


def _before(tx: Tx, actor: Actor, draft: Draft, sheet: Sheet) -> Debrief | None:
    """What is kept of a sheet already, from this window or another."""
    if sheet.debrief_id is not None:
        return own(tx, actor, sheet.debrief_id)
    mine = _written(tx, actor, f"{sheet.key}:{sheet.window}")
    first = mine or _written(tx, actor, sheet.key)
    if first and (first.form_id == sheet.window or first.customer_id == draft.customer_id):
        return first
    return debriefs.alike(tx, actor.user_id, draft)


def _written(tx: Tx, actor: Actor, key: str) -> Debrief | None:
    known = visits.by_source(tx, SOURCE, f"{actor.user_id}:{key}")
    return debriefs.of_visit(tx, known.id) if known else None


def _again(before: Debrief) -> Recorded:
    return Recorded(before.customer_name, before.on, None, before.sharing, None, None, again=True)


def _rewritten(
    tx: Tx, actor: Actor, before: Debrief, draft: Draft, sheet: Sheet, now: datetime
) -> Recorded:
    if before.form_id != sheet.window and before.version != sheet.version:
        raise WrittenElsewhere(before)
    assert draft.customer_id is not None
    assert draft.on is not None
    known = {"kind": draft.kind, "minutes": draft.minutes}
    visits.correct(tx, before.visit_id, draft.customer_id, draft.on, **known)
    visits.accompany(tx, before.visit_id, draft.fellows)
    # First, as whoever merges workarounds waits for nobody who has written them already.
    workarounds.in_turn(tx)
    workarounds.gone(tx, heard.leaving(tx, before.id, draft), now)
    debriefs.rewrite(tx, before.id, draft, sheet.window)
    workarounds.rewritten(tx, heard.workaround_ids(tx, before.id), now)
    promises.leave(tx, before.id, now)
    _shared(tx, before, draft, now)
    if before.told_in:
        stories.changed(tx, before.told_in, now)
    visit = visits.get(tx, before.visit_id)
    assert visit is not None
    return _recorded(tx, actor, visit, draft, now, before)


def _shared(tx: Tx, before: Debrief, draft: Draft, now: datetime) -> None:
    """What is shared from now on is told by the next digest, however long ago it was heard."""
    private = before.sharing is Sharing.PRIVATE, draft.sharing is Sharing.PRIVATE
    if private[0] != private[1]:
        debriefs.share(tx, before.id, None if private[1] else now)


def _added(tx: Tx, actor: Actor, draft: Draft, sheet: Sheet, now: datetime) -> Visit:
    # The first window has the sheet's own key; another one's debrief stands beside it.
    taken = visits.by_source(tx, SOURCE, f"{actor.user_id}:{sheet.key}") is not None
    key = f"{sheet.key}:{sheet.window}" if taken else sheet.key
    visit = _visit(tx, actor, draft, f"{actor.user_id}:{key}", now, sheet.visit_id)
    visits.accompany(tx, visit.id, draft.fellows)
    debrief_id = debriefs.add(tx, visit.id, actor.user_id, draft, now, sheet.window)
    if debrief_id is not None:
        promises.leave(tx, debrief_id, now)
    return visit


def _visit(
    tx: Tx, actor: Actor, draft: Draft, key: str, now: datetime, visit_id: int | None
) -> Visit:
    assert draft.on is not None
    assert draft.customer_id is not None
    customer_id = draft.customer_id
    booked = _booked(tx, actor, draft, visit_id)
    earlier = visits.undebriefed(tx, actor.user_id, customer_id, draft.on)
    if booked:
        length = {"minutes": draft.minutes or booked.minutes}
        visits.hold(tx, booked, draft.kind, draft.on, SOURCE, key, **length)
        prompts.settled(tx, booked.id, now)
    elif earlier:
        # Its debrief was taken back: it is written anew, and the visit counts once.
        length = {"minutes": draft.minutes or earlier.minutes}
        visits.hold(tx, earlier, draft.kind, draft.on, SOURCE, key, **length)
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
            minutes=draft.minutes,
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


def _recorded(
    tx: Tx, actor: Actor, visit: Visit, draft: Draft, now: datetime, before: Debrief | None = None
) -> Recorded:
    """What has come of it for the author and for whoever came along, now or as it was told."""
    name, sharing = customer_name(tx, visit.customer_id), draft.sharing
    kept = debriefs.of_visit(tx, visit.id)
    known: dict[str, Any] = {"debrief_id": kept.id if kept else None, "changed": before is not None}
    digest = teams.digest(tx, before.told_in) if before and before.told_in else None
    known["told"] = bool(digest and digest.message_ts)
    along = before.fellows if before else ()
    seen = counted.recount(tx, {actor.user_id, *draft.fellows, *along}, now)
    mine = seen.pop(actor.user_id, None)
    others = tuple(each for each in seen.values() if each.nudge)
    if mine is None:
        return Recorded(name, visit.on, None, sharing, None, None, others, **known)
    team = teams.get(tx, mine.pm.team_id) if mine.pm.team_id else None
    return Recorded(
        customer=name,
        on=visit.on,
        next_due=mine.due_on,
        sharing=sharing,
        digest_at=team.digest.at if team and sharing is not Sharing.PRIVATE else None,
        nudge=mine.nudge,
        others=others,
        **known,
    )
