"""Queries on hypotheses and the evidence that visits give for and against them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func

from bot.db.engine import Tx
from bot.db.tables.customers import customers
from bot.db.tables.debriefs import debriefs
from bot.db.tables.hypotheses import hypotheses
from bot.db.tables.visits import plans, visits
from bot.domain.customers import Stage, name_key
from bot.domain.debriefs.rules import Sharing
from bot.domain.debriefs.sections import HypothesisVerdict
from bot.domain.hypotheses import Hypothesis, HypothesisOutcome, VisitEvidence
from bot.domain.visits.rules import VisitKind

IS_OPEN: ColumnElement[bool] = hypotheses.c.settled.is_(None)


def add(tx: Tx, belief: str, measure: str, by: str, now: datetime) -> int:
    """Add a hypothesis of a user (`by`, a Slack id) and return its id.

    `measure` is how to tell whether it holds.
    """
    stated = {"stated_by": by, "stated_at": now}
    return tx.add(hypotheses, belief=belief, key=name_key(belief), measure=measure, **stated)


def get(tx: Tx, hypothesis_id: int) -> Hypothesis | None:
    """Return the hypothesis, or None."""
    row = tx.run(tx.select(hypotheses).where(hypotheses.c.id == hypothesis_id)).first()
    return _hypothesis(row) if row else None


def find_open_by_belief(tx: Tx, belief: str) -> Hypothesis | None:
    """Return the open hypothesis with that text (case, accents, white space aside), or None."""
    matching = tx.select(hypotheses).where(IS_OPEN, hypotheses.c.key == name_key(belief))
    row = tx.run(matching.order_by(hypotheses.c.id).limit(1)).first()
    return _hypothesis(row) if row else None


def search(tx: Tx, typed: str, limit: int) -> Sequence[Hypothesis]:
    """Return open hypotheses that contain what was typed, newest first."""
    holds = hypotheses.c.key.contains(name_key(typed), autoescape=True)
    found = tx.select(hypotheses).where(IS_OPEN, holds).order_by(hypotheses.c.id.desc())
    return [_hypothesis(row) for row in tx.run(found.limit(limit))]


def count_open(tx: Tx) -> int:
    """Return the number of open hypotheses."""
    return int(tx.run(tx.select(hypotheses, func.count()).where(IS_OPEN)).scalar_one())


def list_last_closed(tx: Tx, limit: int) -> Sequence[Hypothesis]:
    """Return the hypotheses that were closed last, the latest first."""
    closed = tx.select(hypotheses).where(hypotheses.c.settled.is_not(None))
    found = closed.order_by(hypotheses.c.settled_on.desc(), hypotheses.c.id.desc()).limit(limit)
    return [_hypothesis(row) for row in tx.run(found)]


def set_measure(tx: Tx, hypothesis_id: int, measure: str) -> None:
    """Set how to tell whether a hypothesis holds."""
    where = hypotheses.c.id == hypothesis_id
    tx.run(tx.update(hypotheses).where(where).values(measure=measure))


def close(tx: Tx, hypothesis_id: int, outcome: HypothesisOutcome, on: date) -> None:
    """Close a hypothesis with its outcome, on a local date."""
    values = {"settled": outcome, "settled_on": on}
    tx.run(tx.update(hypotheses).where(hypotheses.c.id == hypothesis_id).values(**values))


def remove_unused(tx: Tx, hypothesis_id: int, by: str) -> None:
    """Delete a user's open hypothesis without a measure, unless a plan or a debrief names it."""
    theirs = hypotheses.c.id == hypothesis_id, hypotheses.c.stated_by == by, IS_OPEN
    named = [
        tx.select(table, table.c.visit_id)
        .where(table.c.hypothesis_id == hypotheses.c.id)
        .correlate(hypotheses)
        .exists()
        for table in (debriefs, plans)
    ]
    unused = hypotheses.c.measure == "", *(~each for each in named)
    tx.run(tx.delete(hypotheses).where(*theirs, *unused))


def list_evidence(tx: Tx, ids: Collection[int]) -> Sequence[VisitEvidence]:
    """Return what visits say about these hypotheses, newest visit first."""
    if not ids:
        return []
    columns = (
        *(debriefs.c.hypothesis_id, debriefs.c.verdict, debriefs.c.author_id, debriefs.c.sharing),
        *(visits.c.on, visits.c.kind),
        *(customers.c.name, customers.c.stage, customers.c.segment, customers.c.region),
    )
    source = debriefs.join(visits, debriefs.c.visit_id == visits.c.id)
    source = source.join(customers, visits.c.customer_id == customers.c.id)
    found = tx.select(debriefs, *columns).select_from(source)
    about = found.where(debriefs.c.hypothesis_id.in_(list(ids)), debriefs.c.verdict.is_not(None))
    return [_evidence(row) for row in tx.run(about.order_by(visits.c.on.desc(), debriefs.c.id))]


def _hypothesis(row: Row[Any]) -> Hypothesis:
    outcome = HypothesisOutcome(row.settled) if row.settled else None
    return Hypothesis(row.id, row.belief, row.measure, row.stated_by, outcome, row.settled_on)


def _evidence(row: Row[Any]) -> VisitEvidence:
    return VisitEvidence(
        hypothesis_id=row.hypothesis_id,
        verdict=HypothesisVerdict(row.verdict),
        author_id=row.author_id,
        sharing=Sharing(row.sharing),
        customer=row.name,
        stage=Stage(row.stage),
        on=row.on,
        kind=VisitKind(row.kind),
        segment=row.segment or "",
        region=row.region or "",
    )
