"""Hypotheses: stated, found, looked at with the visits behind them, and settled."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.db import hypotheses
from bot.db.engine import Tx
from bot.db.staff import queries as staff
from bot.domain.hypotheses import Evidence, Hypothesis, tally
from bot.domain.staff.access import Actor
from bot.domain.working_time import local_date
from bot.errors import HypothesisSettled, NoSuchHypothesis, NotYours, StatedAlready
from bot.services import Services
from bot.views.hypotheses.fields import Chosen
from bot.views.hypotheses.modals import SETTLED_SHOWN, SHOWN, Looked, Page, Row, Visit, Wish

# Two who state the same at one moment state it once.
TURN = "hypotheses"
FOUND_MOST = 100


def page(services: Services, actor: Actor, now: datetime) -> Page:
    """The newest open hypotheses and those settled last, each with its tally.

    What is kept private counts for its author alone.
    """
    with services.reading(actor.workspace_id) as tx:
        rows = _rows(tx, actor, hypotheses.search(tx, "", SHOWN))
        settled = _rows(tx, actor, hypotheses.settled_last(tx, SETTLED_SHOWN))
        more = hypotheses.count(tx) - len(rows)
    return Page(local_date(now, actor.zone), tuple(rows), more, tuple(settled))


def state(services: Services, actor: Actor, belief: str, measure: str, now: datetime) -> None:
    """Somebody states a hypothesis. Raises `StatedAlready` where it is open, but for a twin."""
    with services.transaction(actor.workspace_id) as tx:
        tx.one_at_a_time(TURN)
        known = hypotheses.same(tx, belief)
        if known is None:
            hypotheses.add(tx, belief, measure, actor.user_id, now)
        elif (known.by, known.measure) != (actor.user_id, measure):
            raise StatedAlready


def find(services: Services, actor: Actor, typed: str) -> Sequence[tuple[int, str, str]]:
    """Id, belief and no hint of up to 100 open hypotheses that hold what was typed."""
    with services.reading(actor.workspace_id) as tx:
        return [(each.id, each.belief, "") for each in hypotheses.search(tx, typed, FOUND_MOST)]


def look(services: Services, actor: Actor, hypothesis_id: int, now: datetime) -> Looked:
    """A hypothesis with the visits behind it that the actor may know of.

    Raises `NoSuchHypothesis`.
    """
    with services.reading(actor.workspace_id) as tx:
        known = _get(tx, hypothesis_id)
        read = _readable(actor, hypotheses.evidence(tx, [known.id]))
        names = {each: staff.name(tx, each) for each in {known.by, *(e.author_id for e in read)}}
    return Looked(
        row=Row(known, tally(read)),
        who=names[known.by],
        visits=tuple(_visit(actor, each, names[each.author_id]) for each in read),
        today=local_date(now, actor.zone),
        own=known.by == actor.user_id,
    )


def change(services: Services, actor: Actor, wish: Wish, now: datetime) -> None:
    """Whoever stated it says how one would know, or settles it on their local date of today.

    Raises `NoSuchHypothesis`, `NotYours`, and `HypothesisSettled` unless it was settled just so.
    """
    with services.transaction(actor.workspace_id) as tx:
        tx.one_at_a_time(TURN)
        known = _get(tx, wish.id)
        if known.by != actor.user_id:
            raise NotYours
        if known.settled:
            if (known.settled, known.measure) == (wish.settled, wish.measure):
                return
            raise HypothesisSettled
        hypotheses.measure(tx, known.id, wish.measure)
        if wish.settled:
            hypotheses.settle(tx, known.id, wish.settled, local_date(now, actor.zone))


def hypothesis(
    tx: Tx, actor: Actor, hypothesis_id: int | None, new: str, now: datetime
) -> int | None:
    """The hypothesis chosen, or the one stated in place; one that is open is not stated twice.

    None for none. Raises `NoSuchHypothesis`.
    """
    if hypothesis_id is not None:
        return _get(tx, hypothesis_id).id
    take_turn(tx, new)
    belief = " ".join(new.split())
    if not belief:
        return None
    same = hypotheses.same(tx, belief)
    return same.id if same else hypotheses.add(tx, belief, "", actor.user_id, now)


def take_turn(tx: Tx, new: str) -> None:
    """Whoever states one in place takes turns for it, before a customer's or a visit's.

    Of two who took them the other way round each would wait for the other.
    """
    if new.strip():
        tx.one_at_a_time(TURN)


def stated(tx: Tx, hypothesis_id: int | None, new: str) -> tuple[int | None, str]:
    """What is chosen, where one that is typed may be stated already."""
    same = hypotheses.same(tx, new) if hypothesis_id is None and new.strip() else None
    return (same.id, "") if same else (hypothesis_id, new)


def chosen(tx: Tx, hypothesis_id: int | None, new: str = "") -> Chosen | None:
    """A hypothesis as a form shows it."""
    known = hypotheses.get(tx, hypothesis_id) if hypothesis_id is not None else None
    if known:
        return known.id, known.belief
    return (None, new) if new else None


def _get(tx: Tx, hypothesis_id: int) -> Hypothesis:
    known = hypotheses.get(tx, hypothesis_id)
    if known is None:
        raise NoSuchHypothesis
    return known


def _rows(tx: Tx, actor: Actor, known: Sequence[Hypothesis]) -> Sequence[Row]:
    read = _readable(actor, hypotheses.evidence(tx, [each.id for each in known]))
    return [Row(each, tally(one for one in read if one.hypothesis_id == each.id)) for each in known]


def _readable(actor: Actor, evidence: Iterable[Evidence]) -> Sequence[Evidence]:
    """What counts for somebody: with the count alone one could tell who was there."""
    return [each for each in evidence if each.may_read(actor.user_id)]


def _visit(actor: Actor, each: Evidence, who: str) -> Visit:
    name = each.customer if each.named_to(actor.user_id) else ""
    places = each.segment, each.region
    return Visit(each.verdict, name, each.stage, places, each.on, who, each.kind)
