"""Queries on sent nudges and their answers, and on named barriers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, String, case, cast, func

from bot.db.engine import Tx
from bot.db.nudges.suggested_customers import SuggestedCustomer, from_json, to_json
from bot.db.outbox.queries import MessageKind, is_posted
from bot.db.rows import parse_row
from bot.db.tables.nudges import barriers, nudges
from bot.domain.nudges.answers import NudgeAnswer
from bot.domain.nudges.barriers import Barrier
from bot.domain.nudges.rules import NudgeStep, PlannedNudge


@dataclass(frozen=True)
class NudgeRow:
    """A nudge that was rendered; `on` is its planned local date."""

    id: int
    pm_id: str
    on: date
    step: NudgeStep
    suggested: Sequence[SuggestedCustomer]
    created_at: datetime
    cycle: int
    answer: NudgeAnswer | Barrier | None
    back_at: datetime | None

    @property
    def as_planned(self) -> PlannedNudge:
        """Return the nudge as a value of the rules."""
        return PlannedNudge(self.step, self.on, self.created_at, self.cycle)


def add(
    tx: Tx,
    pm_id: str,
    on: date,
    step: NudgeStep,
    cycle: int,
    suggested: Sequence[SuggestedCustomer],
    now: datetime,
) -> int | None:
    """Add a nudge for a planned local date and return its id; None if that date has one."""
    row = tx.upsert(nudges).values(
        workspace_id=tx.workspace_id,
        pm_id=pm_id,
        on=on,
        step=step,
        cycle=cycle,
        suggested=to_json(suggested),
        created_at=now,
    )
    return tx.run(row.on_conflict_do_nothing().returning(nudges.c.id)).scalar()


def get(tx: Tx, nudge_id: int) -> NudgeRow | None:
    """Return the nudge, or None."""
    row = tx.run(tx.select(nudges).where(nudges.c.id == nudge_id)).first()
    return _nudge(row) if row else None


def get_by_date(tx: Tx, pm_id: str, on: date) -> NudgeRow | None:
    """Return the PM's nudge of a planned local date, or None."""
    found = tx.select(nudges).where(nudges.c.pm_id == pm_id, nudges.c.on == on)
    row = tx.run(found).first()
    return _nudge(row) if row else None


def get_latest(tx: Tx, pm_id: str) -> NudgeRow | None:
    """Return the PM's newest nudge, or None."""
    mine = tx.select(nudges).where(nudges.c.pm_id == pm_id)
    row = tx.run(mine.order_by(nudges.c.on.desc()).limit(1)).first()
    return _nudge(row) if row else None


def is_visited_since(tx: Tx, nudge: NudgeRow) -> bool:
    """Return whether this nudge or a later one of the PM's was answered by a visit."""
    found = tx.select(nudges, nudges.c.id).where(
        nudges.c.pm_id == nudge.pm_id,
        nudges.c.on >= nudge.on,
        nudges.c.answer == NudgeAnswer.VISITED,
    )
    return tx.run(found.limit(1)).first() is not None


def count_unanswered(tx: Tx, pm_id: str, since: datetime, later_than: date) -> tuple[int, bool]:
    """Count cycles with an unanswered nudge, and return whether the question was asked in them.

    Counted from an instant, after a local date, and after the last nudge with a response.
    """
    mine = tx.select(nudges).where(
        nudges.c.pm_id == pm_id,
        nudges.c.created_at >= since,
        nudges.c.on > later_than,
        is_posted(tx, MessageKind.NUDGE, nudges.c.pm_id, cast(nudges.c.on, String), nudges),
    )
    answered = func.max(case((nudges.c.answered_at.is_not(None), nudges.c.on)))
    last = tx.run(mine.with_only_columns(answered)).scalar()
    steps = mine.with_only_columns(nudges.c.step)
    open_steps = tx.run(steps.where(nudges.c.on > last) if last else steps).scalars().all()
    return open_steps.count(NudgeStep.DUE), NudgeStep.KEEP_GOING_QUESTION in open_steps


def mark_responded(tx: Tx, nudge_id: int, now: datetime) -> None:
    """Save that the PM responded, such as by asking for other customers; it stays open."""
    tx.run(tx.update(nudges).where(nudges.c.id == nudge_id).values(answered_at=now))


def set_step(tx: Tx, nudge_id: int, step: NudgeStep) -> None:
    """Set the step of a nudge: a question becomes the nudge it replaced."""
    tx.run(tx.update(nudges).where(nudges.c.id == nudge_id).values(step=step))


def set_suggested(tx: Tx, nudge_id: int, suggested: Sequence[SuggestedCustomer]) -> None:
    """Set the customers suggested in a nudge."""
    where = nudges.c.id == nudge_id
    tx.run(tx.update(nudges).where(where).values(suggested=to_json(suggested)))


def set_answer(
    tx: Tx,
    nudge_id: int,
    answer: NudgeAnswer | Barrier,
    now: datetime,
    back_at: datetime | None = None,
) -> None:
    """Save the PM's answer to a nudge; `back_at` is the end of a snooze."""
    values = {"answer": answer, "answered_at": now, "back_at": back_at}
    tx.run(tx.update(nudges).where(nudges.c.id == nudge_id).values(**values))


def count_barrier(tx: Tx, barrier: Barrier, month: str) -> None:
    """Count a barrier named in a month (`2026-11`); who named it is not stored."""
    key = {"workspace_id": tx.workspace_id, "month": month, "barrier": barrier}
    row = tx.upsert(barriers).values(**key, count=1)
    more = {"count": barriers.c.count + 1}
    tx.run(row.on_conflict_do_update(index_elements=list(key), set_=more))


def _nudge(row: Row[Any]) -> NudgeRow:
    return parse_row(
        row,
        NudgeRow,
        step=NudgeStep(row.step),
        suggested=from_json(row.suggested),
        answer=_parse_answer(row.answer),
    )


def _parse_answer(code: str | None) -> NudgeAnswer | Barrier | None:
    if code is None:
        return None
    return Barrier(code) if code in set(Barrier) else NudgeAnswer(code)
