"""Surveys and what was answered: queries."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, Select, case, func, or_, select, union, union_all

from bot.db.engine import Tx, reading
from bot.db.tables.customers import customers
from bot.db.tables.debriefs import debriefs
from bot.db.tables.surveys import asked, surveys
from bot.db.tables.visits import visits
from bot.domain.debriefs.rules import Sharing
from bot.domain.surveys.nps import LEAST_PROMOTER, MOST_DETRACTOR, Tally
from bot.domain.surveys.rules import Answer, Language, Survey
from bot.domain.visits.rules import VisitState


def workspace_of(engine: Engine, key: str) -> str | None:
    """The workspace of the link that is known by a key.

    Whoever opens a link says no more than that; only links that we signed are asked about.
    """
    with reading(engine, "") as tx:
        found = select(surveys.c.workspace_id).where(surveys.c.key == key)
        return tx.run(found).scalar()


def take(tx: Tx, person_id: int, now: datetime, free_at: datetime) -> bool:
    """Ask a person now, and nobody else before `free_at`; False where somebody else was first.

    One statement, which of all who ask at once is true for one.
    """
    key = {"workspace_id": tx.workspace_id, "person_id": person_id}
    row = tx.upsert(asked).values(**key, free_at=free_at)
    moved = row.on_conflict_do_update(
        index_elements=list(key), set_={"free_at": free_at}, where=asked.c.free_at <= now
    )
    return tx.run(moved.returning(asked.c.person_id)).first() is not None


def free_at(tx: Tx, person_id: int) -> datetime | None:
    """From when (UTC) a person may be asked again; None for one who never was."""
    found = tx.select(asked, asked.c.free_at).where(asked.c.person_id == person_id)
    return tx.run(found).scalar()


def add(tx: Tx, survey: Survey) -> int:
    """A question to a person; gives its id."""
    names = (
        *("key", "customer_id", "person_id", "pm_id"),
        *("language", "asked_at", "expires_at"),
    )
    return tx.add(surveys, why="", **{name: getattr(survey, name) for name in names})


def get(tx: Tx, survey_id: int) -> Survey | None:
    """The survey, or None."""
    return _one(tx, surveys.c.id == survey_id)


def by_key(tx: Tx, key: str) -> Survey | None:
    """The survey of a link."""
    return _one(tx, surveys.c.key == key)


def latest(tx: Tx, person_id: int) -> Survey | None:
    """The last survey of a person, by whomever."""
    return _one(tx, surveys.c.person_id == person_id)


def answer(tx: Tx, survey_id: int, answer: Answer, now: datetime) -> bool:
    """Keep the answer; False when there is one, or the time is over: it works once."""
    still_open = surveys.c.answered_at.is_(None), surveys.c.expires_at > now
    row = tx.update(surveys).where(surveys.c.id == survey_id, *still_open)
    return bool(tx.run(row.values(answered_at=now, **vars(answer))).rowcount)


def last_answered(tx: Tx, customer_id: int) -> Survey | None:
    """The newest answer of anybody at a customer."""
    found = tx.select(surveys).where(
        surveys.c.customer_id == customer_id, surveys.c.answered_at.is_not(None)
    )
    row = tx.run(found.order_by(surveys.c.answered_at.desc(), surveys.c.id.desc()).limit(1)).first()
    return _survey(row) if row else None


def tally(tx: Tx, pm_id: str, since: datetime, since_on: date) -> Tally:
    """What a PM's customers have answered, in surveys since an instant and debriefs since a date.

    Theirs are those whom they look after, have visited since then or have asked. What others keep
    to themselves is not counted.
    """
    theirs = _customers_of(tx, pm_id, since, since_on).subquery()
    surveyed = (
        tx.select(surveys, surveys.c.score)
        .select_from(surveys.join(theirs, surveys.c.customer_id == theirs.c.id))
        .where(surveys.c.answered_at >= since)
    )
    told = or_(debriefs.c.sharing != Sharing.PRIVATE, debriefs.c.author_id == pm_id)
    seen = visits.join(theirs, visits.c.customer_id == theirs.c.id)
    debriefed = (
        tx.select(debriefs, debriefs.c.nps.label("score"))
        .select_from(debriefs.join(seen, debriefs.c.visit_id == visits.c.id))
        .where(
            visits.c.workspace_id == tx.workspace_id,
            visits.c.on >= since_on,
            debriefs.c.nps.is_not(None),
            told,
        )
    )
    scores = union_all(surveyed, debriefed).subquery()
    good, bad = scores.c.score >= LEAST_PROMOTER, scores.c.score <= MOST_DETRACTOR
    counts = (func.coalesce(func.sum(case((each, 1), else_=0)), 0) for each in (good, bad))
    row = tx.run(select(*counts, func.count()).select_from(scores)).one()
    promoters, detractors, number = (int(each) for each in row)
    return Tally(promoters, number - promoters - detractors, detractors)


def _customers_of(tx: Tx, pm_id: str, since: datetime, since_on: date) -> Any:
    owned = tx.select(customers, customers.c.id).where(customers.c.owner_id == pm_id)
    held = visits.c.state == VisitState.HELD, visits.c.on >= since_on
    seen = tx.select(visits, visits.c.customer_id).where(visits.c.pm_id == pm_id, *held)
    questioned = tx.select(surveys, surveys.c.customer_id).where(
        surveys.c.pm_id == pm_id, surveys.c.answered_at >= since
    )
    # A customer who is theirs for two reasons is counted once.
    return union(owned, seen, questioned)


def _one(tx: Tx, where: ColumnElement[bool]) -> Survey | None:
    newest: Select[Any] = tx.select(surveys).where(where)
    row = tx.run(newest.order_by(surveys.c.asked_at.desc(), surveys.c.id.desc()).limit(1)).first()
    return _survey(row) if row else None


def _survey(row: Row[Any]) -> Survey:
    names = set(Survey.__dataclass_fields__) - {"answer"}
    known: Mapping[str, Any] = {name: getattr(row, name) for name in names}
    answered = None if row.answered_at is None else Answer(row.score, row.why, bool(row.may_call))
    return Survey(**{**known, "language": Language(row.language), "answer": answered})
