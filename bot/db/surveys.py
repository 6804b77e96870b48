"""Queries on surveys and their answers."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, Select, case, func, or_, select, union, union_all

from bot.db.engine import Tx, read_transaction
from bot.db.rows import parse_row
from bot.db.tables.customers import customers
from bot.db.tables.debriefs import debriefs
from bot.db.tables.surveys import survey_cooldowns, surveys
from bot.db.tables.visits import visits
from bot.domain.debriefs.rules import Sharing
from bot.domain.surveys.nps import MAX_DETRACTOR, MIN_PROMOTER, ScoreTally
from bot.domain.surveys.rules import Language, Survey, SurveyAnswer
from bot.domain.visits.rules import VisitState


def find_workspace(engine: Engine, key: str) -> str | None:
    """Return the workspace of the survey link with that key, or None.

    The key is all that a link carries; callers look up only links that we signed.
    """
    with read_transaction(engine, "") as tx:
        found = select(surveys.c.workspace_id).where(surveys.c.key == key)
        return tx.run(found).scalar()


def claim_person(tx: Tx, person_id: int, now: datetime, free_at: datetime) -> bool:
    """Claim a person for a survey until `free_at`; False if another PM was first.

    One statement: of several PMs who ask at once, exactly one gets True.
    """
    key = {"workspace_id": tx.workspace_id, "person_id": person_id}
    row = tx.upsert(survey_cooldowns).values(**key, free_at=free_at)
    upsert = row.on_conflict_do_update(
        index_elements=list(key), set_={"free_at": free_at}, where=survey_cooldowns.c.free_at <= now
    )
    return tx.run(upsert.returning(survey_cooldowns.c.person_id)).first() is not None


def get_free_at(tx: Tx, person_id: int) -> datetime | None:
    """Return when (aware UTC) a person may be surveyed again; None if they never were."""
    found = tx.select(survey_cooldowns, survey_cooldowns.c.free_at).where(
        survey_cooldowns.c.person_id == person_id
    )
    return tx.run(found).scalar()


def add(tx: Tx, survey: Survey) -> int:
    """Add a survey of a person and return its id."""
    names = (
        *("key", "customer_id", "person_id", "pm_id"),
        *("language", "asked_at", "expires_at"),
    )
    return tx.add(surveys, why="", **{name: getattr(survey, name) for name in names})


def get(tx: Tx, survey_id: int) -> Survey | None:
    """Return the survey, or None."""
    return _get_first(tx, surveys.c.id == survey_id)


def find_by_key(tx: Tx, key: str) -> Survey | None:
    """Return the survey of a link's key, or None."""
    return _get_first(tx, surveys.c.key == key)


def get_latest(tx: Tx, person_id: int) -> Survey | None:
    """Return a person's last survey, by any PM, or None."""
    return _get_first(tx, surveys.c.person_id == person_id)


def save_answer(tx: Tx, survey_id: int, answer: SurveyAnswer, now: datetime) -> bool:
    """Save the answer; False if there is one or the survey has expired: a link works once."""
    still_open = surveys.c.answered_at.is_(None), surveys.c.expires_at > now
    row = tx.update(surveys).where(surveys.c.id == survey_id, *still_open)
    return bool(tx.run(row.values(answered_at=now, **vars(answer))).rowcount)


def get_last_answered(tx: Tx, customer_id: int) -> Survey | None:
    """Return the last answered survey of anyone at a customer, or None."""
    found = tx.select(surveys).where(
        surveys.c.customer_id == customer_id, surveys.c.answered_at.is_not(None)
    )
    row = tx.run(found.order_by(surveys.c.answered_at.desc(), surveys.c.id.desc()).limit(1)).first()
    return _survey(row) if row else None


def get_score_tally(tx: Tx, pm_id: str, since: datetime, since_on: date) -> ScoreTally:
    """Count the scores of a PM's customers, in surveys since an instant and debriefs since a date.

    A PM's customers are those they own, have visited since then, or have surveyed. Other PMs'
    private debriefs are not counted.
    """
    theirs = _select_customers_of(tx, pm_id, since, since_on).subquery()
    surveyed = (
        tx.select(surveys, surveys.c.score)
        .select_from(surveys.join(theirs, surveys.c.customer_id == theirs.c.id))
        .where(surveys.c.answered_at >= since)
    )
    readable = or_(debriefs.c.sharing != Sharing.PRIVATE, debriefs.c.author_id == pm_id)
    visited = visits.join(theirs, visits.c.customer_id == theirs.c.id)
    debriefed = (
        tx.select(debriefs, debriefs.c.nps.label("score"))
        .select_from(debriefs.join(visited, debriefs.c.visit_id == visits.c.id))
        .where(
            visits.c.workspace_id == tx.workspace_id,
            visits.c.on >= since_on,
            debriefs.c.nps.is_not(None),
            readable,
        )
    )
    scores = union_all(surveyed, debriefed).subquery()
    is_promoter, is_detractor = scores.c.score >= MIN_PROMOTER, scores.c.score <= MAX_DETRACTOR
    counts = (
        func.coalesce(func.sum(case((each, 1), else_=0)), 0) for each in (is_promoter, is_detractor)
    )
    row = tx.run(select(*counts, func.count()).select_from(scores)).one()
    promoters, detractors, number = (int(each) for each in row)
    return ScoreTally(promoters, number - promoters - detractors, detractors)


def _select_customers_of(tx: Tx, pm_id: str, since: datetime, since_on: date) -> Any:
    owned = tx.select(customers, customers.c.id).where(customers.c.owner_id == pm_id)
    held = visits.c.state == VisitState.HELD, visits.c.on >= since_on
    seen = tx.select(visits, visits.c.customer_id).where(visits.c.pm_id == pm_id, *held)
    questioned = tx.select(surveys, surveys.c.customer_id).where(
        surveys.c.pm_id == pm_id, surveys.c.answered_at >= since
    )
    # A customer who matches two of these is counted once.
    return union(owned, seen, questioned)


def _get_first(tx: Tx, where: ColumnElement[bool]) -> Survey | None:
    newest: Select[Any] = tx.select(surveys).where(where)
    row = tx.run(newest.order_by(surveys.c.asked_at.desc(), surveys.c.id.desc()).limit(1)).first()
    return _survey(row) if row else None


def _survey(row: Row[Any]) -> Survey:
    answer = (
        None if row.answered_at is None else SurveyAnswer(row.score, row.why, bool(row.may_call))
    )
    return parse_row(row, Survey, language=Language(row.language), answer=answer)
