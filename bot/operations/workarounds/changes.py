"""Workarounds: the list of them, and what PMs decide about one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.db.engine import Tx
from bot.db.staff import queries as staff
from bot.db.workarounds import notices as asks
from bot.db.workarounds import queries as workarounds
from bot.domain import workarounds as rules
from bot.domain.similarity import ENOUGH, holds, likeness
from bot.domain.staff.access import Actor
from bot.domain.visits.caps import QUARTER
from bot.domain.workarounds import Seen, State, Whole
from bot.errors import BothFixed, NoSuchWorkaround
from bot.operations.workarounds.fix_notices import TURN, asked_pms, settle
from bot.services import Services
from bot.views.stories import unnamed
from bot.views.workarounds import overview as views
from bot.views.workarounds.form import OFFERED, Form, Merged, Wish
from bot.views.workarounds.overview import Page, Row

# So many of the newest are looked at when somebody searches.
MOST = 2000
# Slack shows so many boxes to tick.
APART_MOST = 10


def page(services: Services, actor: Actor, words: str, now: datetime) -> Page:
    """What customers wait for news of, newest first; of all that hold the words, if there are any.

    A PM's own are named, and those of others unless they keep them from being so.
    """
    with services.reading(actor.workspace_id) as tx:
        seen = workarounds.latest(tx, MOST, told=bool(words))
        found = [each for each in _groups(actor, seen) if _holds(actor, each, words)]
        rows = _rows(tx, actor, found[: views.SHOWN])
        share = asks.share(tx, now - QUARTER, now)
    return Page(words, tuple(rows), max(0, len(found) - views.SHOWN), share)


def form(services: Services, actor: Actor, workaround_id: int) -> Form:
    """A workaround to change. Raises `NoSuchWorkaround`."""
    with services.reading(actor.workspace_id) as tx:
        return _form(tx, actor, _group(tx, actor, workaround_id))


def others(
    services: Services, actor: Actor, workaround_id: int, typed: str
) -> tuple[Sequence[Row], Sequence[Row]]:
    """Those that a workaround may be the same as: the ones that look alike, and the rest.

    Of those that hold the words typed, if any are.
    """
    with services.reading(actor.workspace_id) as tx:
        own = _group(tx, actor, workaround_id)
        mine = {each.id for each in own}
        groups = _groups(actor, workarounds.latest(tx, MOST, told=True))
        found = [each for each in groups if each[0].id not in mine and _holds(actor, each, typed)]
        how = {each[0].id: _likeness(own, each) for each in found}
        likely = sorted(found, key=lambda each: -how[each[0].id])[:OFFERED]
        rest = [each for each in found if how[each[0].id] < ENOUGH][:OFFERED]
        alike = [each for each in likely if how[each[0].id] >= ENOUGH]
        return _rows(tx, actor, alike), _rows(tx, actor, rest)


def change(services: Services, actor: Actor, wish: Wish, now: datetime) -> Form | None:
    """Do as wished; gives the form anew where somebody else has changed it meanwhile.

    Raises `NoSuchWorkaround`, and `BothFixed` for two whose customers are being told.
    """
    with services.transaction(actor.workspace_id) as tx:
        tx.one_at_a_time(TURN)
        seen = _group(tx, actor, wish.id)
        whole = seen[0].whole or Whole(0)
        if _is_so(whole, wish):
            return None
        if _version(seen[0]) != wish.version:
            return _form(tx, actor, seen)
        if not seen[0].whole:
            whole = workarounds.add_whole(tx, wish.id, actor.user_id, now)
        _decide(tx, actor, whole, wish, now)
        return None


def in_turn(tx: Tx) -> None:
    """Wait for whoever else merges or fixes workarounds; to be called before rows are written."""
    tx.one_at_a_time(TURN)


def gone(tx: Tx, ids: Collection[int], now: datetime) -> None:
    """Some workarounds are no longer told of, as their debrief is gone: they leave what they were
    merged with, and what is still to be told of them is withdrawn.

    To be called before their rows are deleted, if they are.
    """
    if not ids:
        return
    tx.one_at_a_time(TURN)
    touched = workarounds.wholes_of(tx, ids)
    workarounds.leave(tx, ids)
    for whole_id in touched:
        settle(tx, whole_id, now)


def rewritten(tx: Tx, ids: Collection[int], now: datetime) -> None:
    """The debrief of some workarounds has other words, or another customer: whoever is asked to
    tell of them is asked so from now on."""
    for whole_id in workarounds.wholes_of(tx, ids):
        settle(tx, whole_id, now, redraw=True)


def of_customer(tx: Tx, user_id: str, customer_id: int, limit: int) -> Sequence[views.Known]:
    """What was seen at a customer and may be named to a PM, newest first, each said once."""
    seen = workarounds.of_customer(tx, customer_id, limit)
    mine = {each.what: each for each in reversed(seen) if each.named_to(user_id)}
    told = asks.told_customers(tx, {each.whole.id for each in mine.values() if each.whole})
    return [
        views.Known(
            each.what,
            each.state,
            each.whole.release if each.whole else "",
            knows=each.whole is not None and customer_id in told.get(each.whole.id, ()),
        )
        for each in reversed(mine.values())
    ]


def _decide(tx: Tx, actor: Actor, whole: Whole, wish: Wish, now: datetime) -> None:
    touched = _take_apart(tx, actor, whole, wish.apart, now)
    redraw = whole.done and whole.release != wish.release
    whole = _moved_on(whole, wish)
    workarounds.keep(tx, whole)
    into = _merge(tx, actor, whole, wish.same_as, now) if wish.same_as else whole
    workarounds.changed(tx, into.id, actor.user_id, now)
    for whole_id in dict.fromkeys((*touched, whole.id, into.id)):
        settle(tx, whole_id, now, redraw=redraw)


def _version(seen: Seen) -> str:
    """What a form was drawn from: which whole it was, and as it stood then."""
    return f"{seen.whole.id}.{seen.whole.version}" if seen.whole else ""


def _is_so(whole: Whole, wish: Wish) -> bool:
    """Whether all is already as wished."""
    if wish.same_as or wish.apart or whole.release != wish.release:
        return False
    return whole.state is wish.state or (whole.done and wish.state is State.FIXED)


def _moved_on(whole: Whole, wish: Wish) -> Whole:
    if wish.state is State.FIXED:
        state, fix = (whole.state, whole.fix) if whole.done else (State.FIXED, whole.fix + 1)
        return replace(whole, state=state, release=wish.release, fix=fix)
    return replace(whole, state=wish.state, release=wish.release)


def _take_apart(
    tx: Tx, actor: Actor, whole: Whole, merge_ids: Collection[int], now: datetime
) -> Sequence[int]:
    """Undo some merges: what joined is what it was before; gives the wholes that it is now."""
    undone = [each for each in workarounds.merges_of(tx, whole.id) if each.id in merge_ids]
    here = {each.id for each in workarounds.of_whole(tx, whole.id)}
    for each in undone:
        workarounds.join(tx, [moved for moved in each.moved if moved in here], each.joined_id)
        workarounds.undo(tx, each.id, actor.user_id, now)
        workarounds.changed(tx, each.joined_id, actor.user_id, now)
    return [each.joined_id for each in undone]


def _merge(tx: Tx, actor: Actor, whole: Whole, same_as: int, now: datetime) -> Whole:
    """Make one of two: the other joins what is fixed, and otherwise what was seen more often."""
    other = _group(tx, actor, same_as)[0].whole
    other = other or workarounds.add_whole(tx, same_as, actor.user_id, now)
    if other.id == whole.id:
        return whole
    if other.done and whole.done:
        raise BothFixed
    sizes = {each.id: len(workarounds.of_whole(tx, each.id)) for each in (whole, other)}
    stays = whole.done or (not other.done and sizes[whole.id] > sizes[other.id])
    into, joined = (whole, other) if stays else (other, whole)
    moved = [each.id for each in workarounds.of_whole(tx, joined.id)]
    workarounds.join(tx, moved, into.id)
    workarounds.add_merge(tx, into.id, joined.id, moved, actor.user_id, now)
    if into.state is State.OPEN and joined.state is State.PLANNED:
        into = replace(into, state=joined.state, release=joined.release)
        workarounds.keep(tx, into)
    return into


def _form(tx: Tx, actor: Actor, seen: Sequence[Seen]) -> Form:
    (row,) = _rows(tx, actor, [seen])
    whole = seen[0].whole
    merged = workarounds.merges_of(tx, whole.id)[:APART_MOST] if whole else []
    words = {each.id: _what(actor, each) for each in seen}
    return Form(
        row=row,
        seen=tuple((_name(actor, each), _what(actor, each)) for each in seen),
        version=_version(seen[0]),
        merged=tuple(
            Merged(each.id, words[moved[0]], staff.name(tx, each.by))
            for each in merged
            if (moved := [one for one in each.moved if one in words])
        ),
    )


def _group(tx: Tx, actor: Actor, workaround_id: int) -> Sequence[Seen]:
    """A workaround with all that belongs to it and that the actor may read, newest first."""
    found = workarounds.get(tx, workaround_id)
    if found is None or not found.may_read(actor.user_id):
        raise NoSuchWorkaround
    seen = workarounds.of_whole(tx, found.whole.id) if found.whole else [found]
    return [each for each in seen if each.may_read(actor.user_id)]


def _groups(actor: Actor, seen: Iterable[Seen]) -> Sequence[Sequence[Seen]]:
    return rules.wholes(each for each in seen if each.may_read(actor.user_id))


def _holds(actor: Actor, seen: Sequence[Seen], words: str) -> bool:
    texts = " ".join(f"{_what(actor, each)} {_name(actor, each)}" for each in seen)
    return holds(texts, words)


def _likeness(own: Sequence[Seen], other: Sequence[Seen]) -> float:
    return max(likeness(one.what, each.what) for one in own for each in other)


def _rows(tx: Tx, actor: Actor, groups: Sequence[Sequence[Seen]]) -> Sequence[Row]:
    ids = [each[0].whole.id for each in groups if each[0].whole]
    counts, told = asks.counts(tx, ids), asks.told_customers(tx, ids)
    return [_row(tx, actor, each, counts, told) for each in groups]


def _row(
    tx: Tx,
    actor: Actor,
    seen: Sequence[Seen],
    counts: Mapping[int, tuple[int, int]],
    told: Mapping[int, Collection[int]],
) -> Row:
    newest, whole = seen[0], seen[0].whole or Whole(0)
    known, of = counts.get(whole.id, (0, 0))
    missed: Sequence[Seen] = ()
    if whole.done:
        missed = rules.unasked(seen, asked_pms(tx, seen), told.get(whole.id, ()))
    names = {each.customer_id: _name(actor, each) for each in reversed(seen)}
    return Row(
        id=newest.id,
        what=_what(actor, newest),
        customers=tuple(names.values()),
        times=len(seen),
        state=whole.state,
        release=whole.release,
        told=known,
        of=of,
        unasked=tuple(_name(actor, each) for each in missed),
    )


def _name(actor: Actor, seen: Seen) -> str:
    return seen.customer if seen.named_to(actor.user_id) else ""


def _what(actor: Actor, seen: Seen) -> str:
    return seen.what if seen.named_to(actor.user_id) else unnamed(seen.what, seen.customer)
