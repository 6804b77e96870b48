"""List, add, change and close hypotheses, with the visits behind each."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.db import hypotheses
from bot.db.engine import Tx
from bot.db.staff import queries as staff
from bot.domain.hypotheses import (
    MAX_CLOSED,
    MAX_OPEN,
    Hypothesis,
    HypothesisChanges,
    HypothesisChoice,
    HypothesisDetails,
    HypothesisList,
    HypothesisRow,
    VisitEvidence,
    VisitLine,
    tally_verdicts,
)
from bot.domain.staff.access import Actor
from bot.domain.working_time import local_date
from bot.errors import HypothesisSettled, NoSuchHypothesis, NotYours, StatedAlready
from bot.services import Services

# Two PMs who add the same hypothesis at once add it once.
LOCK_NAME = "hypotheses"
SEARCH_LIMIT = 100


def get_list(services: Services, actor: Actor, now: datetime) -> HypothesisList:
    """Return the newest open hypotheses and those closed last, each with its tally.

    A private debrief counts for its author alone.
    """
    with services.reading(actor.workspace_id) as tx:
        rows = _build_rows(tx, actor, hypotheses.search(tx, "", MAX_OPEN))
        closed = _build_rows(tx, actor, hypotheses.list_last_closed(tx, MAX_CLOSED))
        more = hypotheses.count_open(tx) - len(rows)
    return HypothesisList(local_date(now, actor.zone), tuple(rows), more, tuple(closed))


def add(services: Services, actor: Actor, belief: str, measure: str, now: datetime) -> None:
    """Add a hypothesis. Raises `StatedAlready` if it is open, unless the actor repeats theirs."""
    with services.transaction(actor.workspace_id) as tx:
        tx.advisory_lock(LOCK_NAME)
        known = hypotheses.find_open_by_belief(tx, belief)
        if known is None:
            hypotheses.add(tx, belief, measure, actor.user_id, now)
        elif (known.stated_by, known.measure) != (actor.user_id, measure):
            raise StatedAlready


def search(services: Services, actor: Actor, typed: str) -> Sequence[tuple[int, str, str]]:
    """Return id, belief and no hint of up to 100 open hypotheses that contain `typed`."""
    with services.reading(actor.workspace_id) as tx:
        return [(each.id, each.belief, "") for each in hypotheses.search(tx, typed, SEARCH_LIMIT)]


def get_details(
    services: Services, actor: Actor, hypothesis_id: int, now: datetime
) -> HypothesisDetails:
    """Return a hypothesis with the visits behind it that the actor may read.

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
    """Set the measure of the actor's hypothesis, or close it on their local date of today.

    Raises `NoSuchHypothesis`, `NotYours`, and `HypothesisSettled` unless it was closed identically.
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
    """Return the id of the chosen hypothesis, or add the new one; an open one isn't added twice.

    None if there is neither. Raises `NoSuchHypothesis`.
    """
    if hypothesis_id is not None:
        return _get(tx, hypothesis_id).id
    lock_hypotheses(tx, new)
    belief = " ".join(new.split())
    if not belief:
        return None
    same = hypotheses.find_open_by_belief(tx, belief)
    return same.id if same else hypotheses.add(tx, belief, "", actor.user_id, now)


def remove_if_unused(tx: Tx, actor: Actor, hypothesis_id: int | None) -> None:
    """Delete a hypothesis that the actor stated in a debrief now withdrawn, if it isn't used.

    One with a measure was meant for others too, and stays. The caller has locked hypotheses.
    """
    if hypothesis_id is not None:
        hypotheses.remove_unused(tx, hypothesis_id, actor.user_id)


def lock_hypotheses(tx: Tx, new: str) -> None:
    """Lock hypotheses if a new one is typed, before a customer or a visit is locked.

    Two transactions that took the locks in opposite order would deadlock.
    """
    if new.strip():
        lock(tx)


def lock(tx: Tx) -> None:
    """Lock hypotheses against others who add, close or delete one."""
    tx.advisory_lock(LOCK_NAME)


def resolve_choice(tx: Tx, hypothesis_id: int | None, new: str) -> tuple[int | None, str]:
    """Return the choice as id and new text; the text of an open hypothesis becomes its id."""
    same = (
        hypotheses.find_open_by_belief(tx, new) if hypothesis_id is None and new.strip() else None
    )
    return (same.id, "") if same else (hypothesis_id, new)


def get_hypothesis_choice(
    tx: Tx, hypothesis_id: int | None, new: str = ""
) -> HypothesisChoice | None:
    """Return a hypothesis as a form shows it; None if there is none."""
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
    """Return the evidence that the actor may read: the count alone could tell who was there."""
    return [each for each in evidence if each.may_read(actor.user_id)]


def _visit_line(actor: Actor, each: VisitEvidence, who: str) -> VisitLine:
    name = each.customer if each.may_read_customer(actor.user_id) else ""
    places = each.segment, each.region
    return VisitLine(each.verdict, name, each.stage, places, each.on, who, each.kind)
