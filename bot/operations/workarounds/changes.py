"""List workarounds, and apply what PMs decide about one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.db.engine import Tx
from bot.db.staff import queries as staff
from bot.db.workarounds import notices
from bot.db.workarounds import queries as workarounds
from bot.domain import workarounds as rules
from bot.domain.customers import hide_name
from bot.domain.similarity import MIN_SIMILARITY, contains_words, similarity
from bot.domain.staff.access import Actor
from bot.domain.visits.caps import QUARTER
from bot.domain.workarounds import (
    MAX_LISTED,
    MAX_OPTIONS,
    BriefWorkaround,
    MergedWorkaround,
    Sighting,
    Workaround,
    WorkaroundChanges,
    WorkaroundForm,
    WorkaroundList,
    WorkaroundRow,
    WorkaroundState,
)
from bot.errors import BothWorkaroundsFixed, NoSuchWorkaround
from bot.operations.workarounds.fix_notices import LOCK_NAME, pms_to_ask, reconcile
from bot.services import Services

# How many of the newest are searched.
SEARCH_LIMIT = 2000
# Slack shows this many checkboxes.
MERGES_SHOWN = 10


def get_list(services: Services, actor: Actor, words: str, now: datetime) -> WorkaroundList:
    """Return what customers wait for news of, newest first; with `words`, all that contain them.

    Customers are named in the PM's own, and in those of others unless they keep the name private.
    """
    with services.reading(actor.workspace_id) as tx:
        sightings = workarounds.list_latest(tx, SEARCH_LIMIT, include_told=bool(words))
        found = [
            each for each in _group_sightings(actor, sightings) if _matches(actor, each, words)
        ]
        rows = _build_rows(tx, actor, found[:MAX_LISTED])
        share = notices.get_in_time_share(tx, now - QUARTER, now)
    return WorkaroundList(words, tuple(rows), max(0, len(found) - MAX_LISTED), share)


def get_form(services: Services, actor: Actor, sighting_id: int) -> WorkaroundForm:
    """Return the form of a workaround. Raises `NoSuchWorkaround`."""
    with services.reading(actor.workspace_id) as tx:
        return _build_form(tx, actor, _get_sightings(tx, actor, sighting_id))


def find_similar(
    services: Services, actor: Actor, sighting_id: int, typed: str
) -> tuple[Sequence[WorkaroundRow], Sequence[WorkaroundRow]]:
    """Return workarounds that one may be the same as: the similar ones, and the rest.

    Only those that contain `typed`, if anything is.
    """
    with services.reading(actor.workspace_id) as tx:
        own_sightings = _get_sightings(tx, actor, sighting_id)
        mine = {each.id for each in own_sightings}
        groups = _group_sightings(
            actor, workarounds.list_latest(tx, SEARCH_LIMIT, include_told=True)
        )
        found = [each for each in groups if each[0].id not in mine and _matches(actor, each, typed)]
        scores = {each[0].id: _similarity(own_sightings, each) for each in found}
        likely = sorted(found, key=lambda each: -scores[each[0].id])[:MAX_OPTIONS]
        rest = [each for each in found if scores[each[0].id] < MIN_SIMILARITY][:MAX_OPTIONS]
        similar = [each for each in likely if scores[each[0].id] >= MIN_SIMILARITY]
        return _build_rows(tx, actor, similar), _build_rows(tx, actor, rest)


def change(
    services: Services, actor: Actor, changes: WorkaroundChanges, now: datetime
) -> WorkaroundForm | None:
    """Apply changes; returns the form again if someone else has changed the workaround meanwhile.

    Raises `NoSuchWorkaround`, and `BothWorkaroundsFixed` for two whose customers are being told.
    """
    with services.transaction(actor.workspace_id) as tx:
        tx.advisory_lock(LOCK_NAME)
        sightings = _get_sightings(tx, actor, changes.id)
        workaround = sightings[0].workaround or Workaround(0)
        if _is_unchanged(workaround, changes):
            return None
        if _version(sightings[0]) != changes.version:
            return _build_form(tx, actor, sightings)
        if not sightings[0].workaround:
            workaround = workarounds.add_workaround(tx, changes.id, actor.user_id, now)
        _apply(tx, actor, workaround, changes, now)
        return None


def lock(tx: Tx) -> None:
    """Wait for other merges and fixes of workarounds; to be called before rows are written."""
    tx.advisory_lock(LOCK_NAME)


def detach_sightings(tx: Tx, sighting_ids: Collection[int], now: datetime) -> None:
    """Detach sightings, whose debrief is gone, from what they were merged with.

    What is still to be told of them is withdrawn. To be called before their rows are deleted, if
    they are.
    """
    if not sighting_ids:
        return
    tx.advisory_lock(LOCK_NAME)
    affected = workarounds.list_workaround_ids(tx, sighting_ids)
    workarounds.detach(tx, sighting_ids)
    for workaround_id in affected:
        reconcile(tx, workaround_id, now)


def reconcile_sightings(tx: Tx, sighting_ids: Collection[int], now: datetime) -> None:
    """Update fix notices for sightings whose debrief has other words or another customer."""
    for workaround_id in workarounds.list_workaround_ids(tx, sighting_ids):
        reconcile(tx, workaround_id, now, update_all=True)


def list_of_customer(
    tx: Tx, user_id: str, customer_id: int, limit: int
) -> Sequence[BriefWorkaround]:
    """Return what was seen at a customer and a PM may know, newest first, each text once."""
    sightings = workarounds.list_by_customer(tx, customer_id, limit)
    by_text = {each.what: each for each in reversed(sightings) if each.may_read_customer(user_id)}
    told = notices.list_told_customers(
        tx, {each.workaround.id for each in by_text.values() if each.workaround}
    )
    return [
        BriefWorkaround(
            each.what,
            each.state,
            each.workaround.release if each.workaround else "",
            was_told=(
                each.workaround is not None and customer_id in told.get(each.workaround.id, ())
            ),
        )
        for each in reversed(by_text.values())
    ]


def _apply(
    tx: Tx, actor: Actor, workaround: Workaround, changes: WorkaroundChanges, now: datetime
) -> None:
    affected = _undo_merges(tx, actor, workaround, changes.split_off, now)
    update_all = workaround.is_fixed and workaround.release != changes.release
    workaround = _with_changes(workaround, changes)
    workarounds.save(tx, workaround)
    into = _merge(tx, actor, workaround, changes.same_as, now) if changes.same_as else workaround
    workarounds.mark_changed(tx, into.id, actor.user_id, now)
    for workaround_id in dict.fromkeys((*affected, workaround.id, into.id)):
        reconcile(tx, workaround_id, now, update_all=update_all)


def _version(sighting: Sighting) -> str:
    """Return what a form was built from: the workaround and its version, or ""."""
    return f"{sighting.workaround.id}.{sighting.workaround.version}" if sighting.workaround else ""


def _is_unchanged(workaround: Workaround, changes: WorkaroundChanges) -> bool:
    """Return whether all is already as wanted."""
    if changes.same_as or changes.split_off or workaround.release != changes.release:
        return False
    return workaround.state is changes.state or (
        workaround.is_fixed and changes.state is WorkaroundState.FIXED
    )


def _with_changes(workaround: Workaround, changes: WorkaroundChanges) -> Workaround:
    if changes.state is WorkaroundState.FIXED:
        state, fix = (
            (workaround.state, workaround.fix)
            if workaround.is_fixed
            else (WorkaroundState.FIXED, workaround.fix + 1)
        )
        return replace(workaround, state=state, release=changes.release, fix=fix)
    return replace(workaround, state=changes.state, release=changes.release)


def _undo_merges(
    tx: Tx, actor: Actor, workaround: Workaround, merge_ids: Collection[int], now: datetime
) -> Sequence[int]:
    """Undo some merges; returns the ids of the workarounds that are separate again."""
    undone = [each for each in workarounds.list_merges(tx, workaround.id) if each.id in merge_ids]
    sighting_ids = {each.id for each in workarounds.list_by_workaround(tx, workaround.id)}
    for each in undone:
        workarounds.assign_to_workaround(
            tx, [moved for moved in each.sighting_ids if moved in sighting_ids], each.merged_id
        )
        workarounds.undo_merge(tx, each.id, actor.user_id, now)
        workarounds.mark_changed(tx, each.merged_id, actor.user_id, now)
    return [each.merged_id for each in undone]


def _merge(tx: Tx, actor: Actor, workaround: Workaround, same_as: int, now: datetime) -> Workaround:
    """Merge two: the other joins the one that is fixed, otherwise the one seen more often."""
    other = _get_sightings(tx, actor, same_as)[0].workaround
    other = other or workarounds.add_workaround(tx, same_as, actor.user_id, now)
    if other.id == workaround.id:
        return workaround
    if other.is_fixed and workaround.is_fixed:
        raise BothWorkaroundsFixed
    sizes = {
        each.id: len(workarounds.list_by_workaround(tx, each.id)) for each in (workaround, other)
    }
    stays = workaround.is_fixed or (not other.is_fixed and sizes[workaround.id] > sizes[other.id])
    into, joined = (workaround, other) if stays else (other, workaround)
    moved = [each.id for each in workarounds.list_by_workaround(tx, joined.id)]
    workarounds.assign_to_workaround(tx, moved, into.id)
    workarounds.add_merge(tx, into.id, joined.id, moved, actor.user_id, now)
    if into.state is WorkaroundState.OPEN and joined.state is WorkaroundState.PLANNED:
        into = replace(into, state=joined.state, release=joined.release)
        workarounds.save(tx, into)
    return into


def _build_form(tx: Tx, actor: Actor, sightings: Sequence[Sighting]) -> WorkaroundForm:
    (row,) = _build_rows(tx, actor, [sightings])
    workaround = sightings[0].workaround
    merged = workarounds.list_merges(tx, workaround.id)[:MERGES_SHOWN] if workaround else []
    words = {each.id: _text(actor, each) for each in sightings}
    return WorkaroundForm(
        row=row,
        sightings=tuple((_customer_name(actor, each), _text(actor, each)) for each in sightings),
        version=_version(sightings[0]),
        merged=tuple(
            MergedWorkaround(each.id, words[moved[0]], staff.get_name(tx, each.by))
            for each in merged
            if (moved := [one for one in each.sighting_ids if one in words])
        ),
    )


def _get_sightings(tx: Tx, actor: Actor, sighting_id: int) -> Sequence[Sighting]:
    """Return all sightings of a workaround that the actor may read, newest first."""
    found = workarounds.get_sighting(tx, sighting_id)
    if found is None or not found.may_read(actor.user_id):
        raise NoSuchWorkaround
    sightings = (
        workarounds.list_by_workaround(tx, found.workaround.id) if found.workaround else [found]
    )
    return [each for each in sightings if each.may_read(actor.user_id)]


def _group_sightings(actor: Actor, sightings: Iterable[Sighting]) -> Sequence[Sequence[Sighting]]:
    return rules.group_by_workaround(each for each in sightings if each.may_read(actor.user_id))


def _matches(actor: Actor, sightings: Sequence[Sighting], words: str) -> bool:
    texts = " ".join(f"{_text(actor, each)} {_customer_name(actor, each)}" for each in sightings)
    return contains_words(texts, words)


def _similarity(own: Sequence[Sighting], other: Sequence[Sighting]) -> float:
    return max(similarity(one.what, each.what) for one in own for each in other)


def _build_rows(
    tx: Tx, actor: Actor, groups: Sequence[Sequence[Sighting]]
) -> Sequence[WorkaroundRow]:
    ids = [each[0].workaround.id for each in groups if each[0].workaround]
    counts, told = notices.count_told(tx, ids), notices.list_told_customers(tx, ids)
    return [_build_row(tx, actor, each, counts, told) for each in groups]


def _build_row(
    tx: Tx,
    actor: Actor,
    sightings: Sequence[Sighting],
    counts: Mapping[int, tuple[int, int]],
    told: Mapping[int, Collection[int]],
) -> WorkaroundRow:
    newest, workaround = sightings[0], sightings[0].workaround or Workaround(0)
    known, of = counts.get(workaround.id, (0, 0))
    missed: Sequence[Sighting] = ()
    if workaround.is_fixed:
        missed = rules.find_unassigned(
            sightings, pms_to_ask(tx, sightings), told.get(workaround.id, ())
        )
    names = {each.customer_id: _customer_name(actor, each) for each in reversed(sightings)}
    return WorkaroundRow(
        id=newest.id,
        what=_text(actor, newest),
        customers=tuple(names.values()),
        times=len(sightings),
        state=workaround.state,
        release=workaround.release,
        told=known,
        notice_count=of,
        unasked=tuple(_customer_name(actor, each) for each in missed),
    )


def _customer_name(actor: Actor, sighting: Sighting) -> str:
    return sighting.customer if sighting.may_read_customer(actor.user_id) else ""


def _text(actor: Actor, sighting: Sighting) -> str:
    return (
        sighting.what
        if sighting.may_read_customer(actor.user_id)
        else hide_name(sighting.what, sighting.customer)
    )
