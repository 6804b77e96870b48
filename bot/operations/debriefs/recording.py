"""Record, edit and withdraw debriefs, and apply what follows from each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.db import stories as story_queries
from bot.db.debriefs import queries as debriefs
from bot.db.debriefs import saved_drafts, sections
from bot.db.engine import Tx
from bot.db.visits import queries as visits
from bot.domain.debriefs.rules import Debrief, Draft, FormSession, Sharing, find_faults
from bot.domain.debriefs.sections import Fault, number_fields
from bot.domain.staff.access import Actor
from bot.domain.visits.rules import Visit, VisitState
from bot.domain.working_time import local_date
from bot.errors import DraftRefused, EditConflict
from bot.operations import hypotheses
from bot.operations.customers.search import customer_name, get_or_add_customer
from bot.operations.debriefs import promises
from bot.operations.debriefs.saved_drafts import edit_key, get_own_debrief
from bot.operations.nudges.sent import PostedNudge
from bot.operations.stories import digests as stories
from bot.operations.visits import due_dates, prompts
from bot.operations.visits.due_dates import DueDateUpdate
from bot.operations.workarounds import changes as workarounds
from bot.services import Services

# With the author and the form's key this identifies a visit that a debrief added.
SOURCE = "debrief"


@dataclass(frozen=True)
class RecordedDebrief:
    """A saved debrief. `digest_at` is when the team reads it, None if it never does.

    `nudge` is the author's posted nudge that it answers, `companion_updates` the new due dates of
    those who came along. A debrief that was `changed` may be `in_digest`: in one that was posted,
    which changes with it. With `is_duplicate` another form saved it before, in the same words.
    """

    customer: str
    on: date
    next_due: date | None
    sharing: Sharing
    digest_at: datetime | None
    nudge: PostedNudge | None
    companion_updates: tuple[DueDateUpdate, ...] = ()
    debrief_id: int | None = None
    changed: bool = False
    in_digest: bool = False
    is_duplicate: bool = False


@dataclass(frozen=True)
class CheckedDraft:
    """A draft without faults, its customer and its date."""

    draft: Draft
    customer_id: int
    on: date


@dataclass(frozen=True)
class WithdrawnDebrief:
    """A withdrawn debrief. `next_due` is None for an author who has left."""

    customer: str
    on: date
    next_due: date | None
    took_place: bool


def record(
    services: Services, actor: Actor, draft: Draft, form_session: FormSession, now: datetime
) -> RecordedDebrief | None:
    """Save a debrief, once for each form session; its visit moves the due date at once.

    Return None if this form already saved an identical debrief. If it sends other words, they
    replace the saved ones: an author who saw Slack time out may have kept typing. Another form of
    the same session saves a debrief of another customer beside the first.

    Raises `DraftRefused` with the faults by field, `NoSuchCustomer`, `NoSuchHypothesis`,
    `EditConflict` when another form has saved other words, and for an edit `NoSuchDebrief` and
    `NotYours`; nothing is saved then.
    """
    found = find_faults(draft, local_date(now, actor.zone))
    if found or draft.on is None:
        raise DraftRefused(found)
    with services.transaction(actor.workspace_id) as tx:
        tx.advisory_lock(f"debriefs of {actor.user_id}")
        checked = _resolve(tx, actor, draft, draft.on, now)
        _check_owners(tx, actor, checked.draft)
        saved_drafts.remove(tx, actor.user_id, form_session.key, form_session.form_id)
        before = _find_earlier(tx, actor, checked.draft, form_session)
        if before is None:
            return _add(tx, actor, checked, form_session, now)
        minutes = checked.draft.minutes or before.draft.minutes
        completed = replace(checked.draft, minutes=minutes)
        if before.draft == completed:
            return None if before.form_id == form_session.form_id else _duplicate_result(before)
        edited = replace(checked, draft=completed)
        return _update(tx, actor, before, edited, form_session, now)


def withdraw(
    services: Services, actor: Actor, debrief_id: int, now: datetime, *, took_place: bool
) -> WithdrawnDebrief:
    """Withdraw the author's debrief: its words are deleted, also from a digest that has them.

    The visit stays counted if it `took_place`. Raises `NoSuchDebrief` and `NotYours`.
    """
    with services.transaction(actor.workspace_id) as tx:
        tx.advisory_lock(f"debriefs of {actor.user_id}")
        debrief = get_own_debrief(tx, actor, debrief_id)
        saved_drafts.remove(tx, actor.user_id, edit_key(debrief_id))
        hypotheses.lock(tx)
        workarounds.lock(tx)
        workarounds.detach_sightings(tx, sections.list_sighting_ids(tx, debrief_id), now)
        debriefs.remove(tx, debrief_id)
        hypotheses.remove_if_unused(tx, actor, debrief.draft.hypothesis_id)
        visit = visits.get(tx, debrief.visit_id)
        if visit and not took_place:
            visits.mark_not_held(tx, visit)
            prompts.enqueue_edit(tx, visit.id, now)
        if debrief.digest_id:
            stories.enqueue_edit(tx, debrief.digest_id, now)
        updated = due_dates.update_due_dates(tx, {actor.user_id, *debrief.draft.companions}, now)
    mine = updated.get(actor.user_id)
    return WithdrawnDebrief(
        debrief.customer_name, debrief.on, mine.due_on if mine else None, took_place
    )


def search_themes(services: Services, actor: Actor, typed: str) -> Sequence[str]:
    """Return up to 99 themes of pains that contain `typed`."""
    with services.reading(actor.workspace_id) as tx:
        return sections.search_themes(tx, actor.user_id, typed, 99)


def _check_owners(tx: Tx, actor: Actor, draft: Draft) -> None:
    """Raise `DraftRefused` for owners of promises who aren't full members.

    A guest is told nothing about customers (H5).
    """
    others = {each.owner_id for each in draft.promises} - {actor.user_id}
    not_members = promises.find_non_members(tx, others)
    owners = [Fault.UNKNOWN if each.owner_id in not_members else None for each in draft.promises]
    found = number_fields({"promise_owner": each} for each in owners)
    wrong = {name: fault for name, fault in found.items() if fault}
    if wrong:
        raise DraftRefused(wrong)


def _resolve(tx: Tx, actor: Actor, draft: Draft, on: date, now: datetime) -> CheckedDraft:
    """Complete a draft, with the ids of its hypothesis and customer, which are added if new."""
    hypothesis_id = hypotheses.get_or_add_hypothesis(
        tx, actor, draft.hypothesis_id, draft.new_hypothesis, now
    )
    customer_id = get_or_add_customer(tx, draft.customer_id, draft.new_customer)
    named = replace(draft, customer_id=customer_id, new_customer="")
    resolved = replace(named, hypothesis_id=hypothesis_id, new_hypothesis="")
    return CheckedDraft(_complete(actor, resolved), customer_id, on)


def _complete(actor: Actor, draft: Draft) -> Draft:
    """Return the draft with its defaults: the author owns promises, and isn't a companion."""
    promises = tuple(
        each if each.owner_id else replace(each, owner_id=actor.user_id) for each in draft.promises
    )
    companions = tuple(sorted(set(draft.companions) - {actor.user_id}))
    return replace(draft, promises=promises, companions=companions)


def _find_earlier(tx: Tx, actor: Actor, draft: Draft, form_session: FormSession) -> Debrief | None:
    """Return the debrief that this form, or another of the session, has saved already."""
    if form_session.debrief_id is not None:
        return get_own_debrief(tx, actor, form_session.debrief_id)
    mine = _find_by_key(tx, actor, f"{form_session.key}:{form_session.form_id}")
    first = mine or _find_by_key(tx, actor, form_session.key)
    if first and (first.form_id == form_session.form_id or first.customer_id == draft.customer_id):
        return first
    return debriefs.find_duplicate(tx, actor.user_id, draft)


def _find_by_key(tx: Tx, actor: Actor, key: str) -> Debrief | None:
    known = visits.find_by_source(tx, SOURCE, f"{actor.user_id}:{key}")
    return debriefs.get_by_visit(tx, known.id) if known else None


def _duplicate_result(before: Debrief) -> RecordedDebrief:
    return RecordedDebrief(
        before.customer_name, before.on, None, before.draft.sharing, None, None, is_duplicate=True
    )


def _update(
    tx: Tx,
    actor: Actor,
    before: Debrief,
    checked: CheckedDraft,
    form_session: FormSession,
    now: datetime,
) -> RecordedDebrief:
    if before.form_id != form_session.form_id and before.version != form_session.version:
        raise EditConflict(before)
    draft = checked.draft
    visit = visits.correct(
        tx, before.visit_id, checked.customer_id, checked.on, kind=draft.kind, minutes=draft.minutes
    )
    visits.set_companions(tx, before.visit_id, draft.companions)
    # A sighting is one customer's mention of a workaround; one that the edit drops is detached.
    # First: a merge of workarounds must not wait for a transaction that has written them already.
    workarounds.lock(tx)
    workarounds.detach_sightings(tx, sections.list_dropped_sightings(tx, before.id, draft), now)
    debriefs.update(tx, before.id, draft, form_session.form_id)
    workarounds.reconcile_sightings(tx, sections.list_sighting_ids(tx, before.id), now)
    promises.enqueue_reminders(tx, before.id, now)
    _update_sharing(tx, before, draft, now)
    if before.digest_id:
        stories.enqueue_edit(tx, before.digest_id, now)
    return _build_result(tx, actor, visit, draft, now, before.id, before)


def _update_sharing(tx: Tx, before: Debrief, draft: Draft, now: datetime) -> None:
    """Save when it was shared: the next digest then has it, however old the visit is."""
    private = before.draft.sharing is Sharing.PRIVATE, draft.sharing is Sharing.PRIVATE
    if private[0] != private[1]:
        debriefs.set_shared_at(tx, before.id, None if private[1] else now)


def _add(
    tx: Tx, actor: Actor, checked: CheckedDraft, form_session: FormSession, now: datetime
) -> RecordedDebrief:
    draft = checked.draft
    # The first form has the session's own key; a debrief of another form has its own beside it.
    key_is_used = (
        visits.find_by_source(tx, SOURCE, f"{actor.user_id}:{form_session.key}") is not None
    )
    key = f"{form_session.key}:{form_session.form_id}" if key_is_used else form_session.key
    visit = _save_visit(tx, actor, checked, f"{actor.user_id}:{key}", now, form_session.visit_id)
    visits.set_companions(tx, visit.id, draft.companions)
    debrief_id = debriefs.add(tx, visit.id, actor.user_id, draft, now, form_session.form_id)
    if debrief_id is not None:
        promises.enqueue_reminders(tx, debrief_id, now)
    return _build_result(tx, actor, visit, draft, now, debrief_id)


def _save_visit(
    tx: Tx, actor: Actor, checked: CheckedDraft, key: str, now: datetime, visit_id: int | None
) -> Visit:
    draft, customer_id, on = checked.draft, checked.customer_id, checked.on
    booked = _find_booked(tx, actor, checked, visit_id)
    earlier = visits.find_undebriefed(tx, actor.user_id, customer_id, on)
    if booked:
        length = {"minutes": draft.minutes or booked.minutes}
        visits.mark_held(tx, booked, draft.kind, on, SOURCE, key, **length)
        prompts.enqueue_edit(tx, booked.id, now)
    elif earlier:
        # Its debrief was withdrawn and is written again, and the visit counts once.
        length = {"minutes": draft.minutes or earlier.minutes}
        visits.mark_held(tx, earlier, draft.kind, on, SOURCE, key, **length)
    else:
        visits.add(
            tx,
            actor.user_id,
            customer_id,
            draft.kind,
            VisitState.HELD,
            on,
            now,
            source=SOURCE,
            source_id=key,
            minutes=draft.minutes,
        )
    return visits.get_by_source(tx, SOURCE, key)


def _find_booked(tx: Tx, actor: Actor, checked: CheckedDraft, visit_id: int | None) -> Visit | None:
    """Return the booked visit of a debrief: the one that was asked about, or the latest."""
    asked = visits.get(tx, visit_id) if visit_id is not None else None
    expected = actor.user_id, checked.customer_id, VisitState.BOOKED
    if asked is None or (asked.pm_id, asked.customer_id, asked.state) != expected:
        asked = visits.find_booked(tx, actor.user_id, checked.customer_id, checked.on)
    if asked is None:
        return None
    # Wait for a transaction that changes it now; one called off meanwhile is no longer it.
    tx.advisory_lock(f"visit {asked.id}")
    current = visits.get(tx, asked.id)
    return current if current and current.state is VisitState.BOOKED else None


def _build_result(
    tx: Tx,
    actor: Actor,
    visit: Visit,
    draft: Draft,
    now: datetime,
    debrief_id: int | None,
    before: Debrief | None = None,
) -> RecordedDebrief:
    """Build the result for the author and all companions, of now or of `before` the edit."""
    earlier_companions = before.draft.companions if before else ()
    updated = due_dates.update_due_dates(
        tx, {actor.user_id, *draft.companions, *earlier_companions}, now
    )
    mine = updated.pop(actor.user_id, None)
    result = RecordedDebrief(
        customer=customer_name(tx, visit.customer_id),
        on=visit.on,
        next_due=None,
        sharing=draft.sharing,
        digest_at=None,
        nudge=None,
        companion_updates=tuple(each for each in updated.values() if each.nudge),
        debrief_id=debrief_id,
        changed=before is not None,
        in_digest=bool(before and before.digest_id and stories.is_posted(tx, before.digest_id)),
    )
    if mine is None:
        return result
    team = story_queries.get(tx, mine.pm.team_id) if mine.pm.team_id else None
    digest_at = team.digest.at if team and draft.sharing is not Sharing.PRIVATE else None
    return replace(result, next_due=mine.due_on, digest_at=digest_at, nudge=mine.nudge)
