"""Hypotheses: stated, found, looked at with the visits behind them, and settled."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.db import hypotheses
from bot.db.engine import Tx
from bot.db.staff import queries as staff
from bot.domain.hypotheses import Hypothesis, VisitEvidence, tally_verdicts
from bot.domain.staff.access import Actor
from bot.domain.working_time import local_date
from bot.errors import HypothesisSettled, NoSuchHypothesis, NotYours, StatedAlready
from bot.services import Services
from bot.views.hypotheses.fields import HypothesisChoice
from bot.views.hypotheses.modals import (
    MAX_CLOSED,
    MAX_ROWS,
    HypothesisChanges,
    HypothesisDetails,
    HypothesisList,
    HypothesisRow,
    VisitLine,
)

# Two who state the same at one moment state it once.
LOCK_NAME = "hypotheses"
SEARCH_LIMIT = 100


def get_list(services: Services, actor: Actor, now: datetime) -> HypothesisList:
    """The newest open hypotheses and those settled last, each with its tally.

    What is kept private counts for its author alone.
    """
    with services.reading(actor.workspace_id) as tx:
        rows = _build_rows(tx, actor, hypotheses.search(tx, "", MAX_ROWS))
        closed = _build_rows(tx, actor, hypotheses.list_last_closed(tx, MAX_CLOSED))
        more = hypotheses.count_open(tx) - len(rows)
    return HypothesisList(local_date(now, actor.zone), tuple(rows), more, tuple(closed))


def add(services: Services, actor: Actor, belief: str, measure: str, now: datetime) -> None:
    """Somebody states a hypothesis. Raises `StatedAlready` where it is open, but for a twin."""
    with services.transaction(actor.workspace_id) as tx:
        tx.advisory_lock(LOCK_NAME)
        known = hypotheses.find_open_by_belief(tx, belief)
        if known is None:
            hypotheses.add(tx, belief, measure, actor.user_id, now)
        elif (known.stated_by, known.measure) != (actor.user_id, measure):
            raise StatedAlready


def search(services: Services, actor: Actor, typed: str) -> Sequence[tuple[int, str, str]]:
    """Id, belief and no hint of up to 100 open hypotheses that hold what was typed."""
    with services.reading(actor.workspace_id) as tx:
        return [(each.id, each.belief, "") for each in hypotheses.search(tx, typed, SEARCH_LIMIT)]


def get_details(
    services: Services, actor: Actor, hypothesis_id: int, now: datetime
) -> HypothesisDetails:
    """A hypothesis with the visits behind it that the actor may know of.

    Raises `NoSuchHypothesis`.
    """
    with services.reading(actor.workspace_id) as tx:
        known = _get(tx, hypothesis_id)
        read = _readable(actor, hypotheses.list_evidence(tx, [known.id]))
        names = {
            each: staff.get_name(tx, each)
            for each in {known.stated_by, *(e.author_id for e in read)}
        }
    return HypothesisDetails(
        row=HypothesisRow(known, tally_verdicts(read)),
        author=names[known.stated_by],
        visits=tuple(_visit_line(actor, each, names[each.author_id]) for each in read),
        today=local_date(now, actor.zone),
        can_close=known.stated_by == actor.user_id,
    )


def change(services: Services, actor: Actor, changes: HypothesisChanges, now: datetime) -> None:
    """Whoever stated it says how one would know, or settles it on their local date of today.

    Raises `NoSuchHypothesis`, `NotYours`, and `HypothesisSettled` unless it was settled just so.
    """
    with services.transaction(actor.workspace_id) as tx:
        tx.advisory_lock(LOCK_NAME)
        known = _get(tx, changes.id)
        if known.stated_by != actor.user_id:
            raise NotYours
        if known.outcome:
            if (known.outcome, known.measure) == (changes.outcome, changes.measure):
                return
            raise HypothesisSettled
        hypotheses.set_measure(tx, known.id, changes.measure)
        if changes.outcome:
            hypotheses.close(tx, known.id, changes.outcome, local_date(now, actor.zone))


def get_or_add_hypothesis(
    tx: Tx, actor: Actor, hypothesis_id: int | None, new: str, now: datetime
) -> int | None:
    """The hypothesis chosen, or the one stated in place; one that is open is not stated twice.

    None for none. Raises `NoSuchHypothesis`.
    """
    if hypothesis_id is not None:
        return _get(tx, hypothesis_id).id
    lock_hypotheses(tx, new)
    belief = " ".join(new.split())
    if not belief:
        return None
    same = hypotheses.find_open_by_belief(tx, belief)
    return same.id if same else hypotheses.add(tx, belief, "", actor.user_id, now)


def lock_hypotheses(tx: Tx, new: str) -> None:
    """Whoever states one in place takes turns for it, before a customer's or a visit's.

    Of two who took them the other way round each would wait for the other.
    """
    if new.strip():
        tx.advisory_lock(LOCK_NAME)


def resolve_choice(tx: Tx, hypothesis_id: int | None, new: str) -> tuple[int | None, str]:
    """What is chosen, where one that is typed may be stated already."""
    same = (
        hypotheses.find_open_by_belief(tx, new) if hypothesis_id is None and new.strip() else None
    )
    return (same.id, "") if same else (hypothesis_id, new)


def get_hypothesis_choice(
    tx: Tx, hypothesis_id: int | None, new: str = ""
) -> HypothesisChoice | None:
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


def _build_rows(tx: Tx, actor: Actor, known: Sequence[Hypothesis]) -> Sequence[HypothesisRow]:
    read = _readable(actor, hypotheses.list_evidence(tx, [each.id for each in known]))
    return [
        HypothesisRow(each, tally_verdicts(one for one in read if one.hypothesis_id == each.id))
        for each in known
    ]


def _readable(actor: Actor, evidence: Iterable[VisitEvidence]) -> Sequence[VisitEvidence]:
    """What counts for somebody: with the count alone one could tell who was there."""
    return [each for each in evidence if each.may_read(actor.user_id)]


def _visit_line(actor: Actor, each: VisitEvidence, who: str) -> VisitLine:
    name = each.customer if each.may_read_customer(actor.user_id) else ""
    places = each.segment, each.region
    return VisitLine(each.verdict, name, each.stage, places, each.on, who, each.kind)
