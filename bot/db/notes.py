"""Queries on notes that ask for nothing: offers to PMs, recipients and answers."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, or_

from bot.db.engine import Tx
from bot.db.outbox.queries import OPEN_STATES, MessageKind
from bot.db.rows import as_table, insert_new, parse_row
from bot.db.staff.membership import may_get_messages
from bot.db.tables.contacts import flags
from bot.db.tables.customers import customers
from bot.db.tables.notes import notes
from bot.db.tables.outbox import outbox
from bot.db.tables.staff import pms
from bot.db.tables.visits import visits
from bot.domain.contacts.flags import FlagState
from bot.domain.notes import NOTE_STAGES, NoteAnswer, NoteCandidate, NoteOffer
from bot.domain.visits.rules import INDIRECT, VisitKind, VisitState
from bot.domain.working_time import WorkingHours
from bot.platform.working_hours import get_working_hours


@dataclass(frozen=True)
class Note:
    """The note offered to a PM in a month ("2026-02"); `passed` are dismissed customers.

    `customer_id` is None until the offer is rendered; `answered_on` is local to the PM.
    """

    id: int
    pm_id: str
    month: str
    customer_id: int | None
    passed: Sequence[int]
    answer: NoteAnswer | None
    answered_on: date | None


@dataclass(frozen=True)
class DueNote:
    """A PM whose note is due: user id, planned local date, and a reader of their hours."""

    user_id: str
    on: date
    hours: Callable[[], WorkingHours]


def get(tx: Tx, note_id: int) -> Note | None:
    """Return the note, or None."""
    return _get_first(tx, notes.c.id == note_id)


def get_by_month(tx: Tx, pm_id: str, month: str) -> Note | None:
    """Return the note offered to a PM in a month, or None."""
    return _get_first(tx, notes.c.pm_id == pm_id, notes.c.month == month)


def list_due(tx: Tx, now: datetime, limit: int | None) -> Sequence[DueNote]:
    """Lock and return PMs whose note is due, longest waiting first, skipping locked rows."""
    due = pms.c.note_at <= now, may_get_messages(tx, pms.c.user_id, pms)
    found = tx.select(pms).where(*due).order_by(pms.c.note_at, pms.c.user_id)
    rows = tx.run(found.limit(limit).with_for_update(skip_locked=True)).all()
    return [DueNote(row.user_id, row.note_on, partial(_hours, row)) for row in rows]


def add_all(tx: Tx, offers: Mapping[str, NoteOffer]) -> None:
    """Add the notes offered to PMs now; each PM gets one a month."""
    rows = [
        {"pm_id": user_id, "month": each.month, "due_at": each.at}
        for user_id, each in offers.items()
    ]
    if rows:
        tx.run(insert_new(tx, notes, rows, {"workspace_id": tx.workspace_id, "passed": []}))


def set_next_offers(tx: Tx, offers: Mapping[str, NoteOffer]) -> None:
    """Set the next offers of some PMs."""
    rows = [
        {"user_id": user_id, "note_on": each.on, "note_at": each.at}
        for user_id, each in offers.items()
    ]
    if rows:
        new = as_table(tx, {name: pms.c[name].type for name in rows[0]}, rows).c
        values = {"note_on": new.note_on, "note_at": new.note_at}
        tx.run(tx.update(pms).where(pms.c.user_id == new.user_id).values(**values))


def postpone_all(tx: Tx, user_ids: Collection[str], until: datetime) -> None:
    """Postpone the offers of some PMs."""
    if user_ids:
        tx.run(tx.update(pms).where(pms.c.user_id.in_(user_ids)).values(note_at=until))


def get_next_offer_date(tx: Tx, user_id: str) -> date | None:
    """Return the local date of a PM's next offer; None if they want no more."""
    return tx.run(tx.select(pms, pms.c.note_on).where(pms.c.user_id == user_id)).scalar()


def set_next_offer(tx: Tx, user_id: str, offer: NoteOffer | None) -> None:
    """Set a PM's next offer; None if they want no more."""
    on, at = (offer.on, offer.at) if offer else (None, None)
    tx.run(tx.update(pms).where(pms.c.user_id == user_id).values(note_on=on, note_at=at))


def set_recipient(tx: Tx, note: Note, customer_id: int, dismissed: Sequence[int] = ()) -> None:
    """Set the recipient of a note, and the customers dismissed."""
    values = {"customer_id": customer_id, "passed": list(dismissed)}
    tx.run(tx.update(notes).where(notes.c.id == note.id).values(**values))


def set_answer(tx: Tx, note_id: int, answer: NoteAnswer, on: date) -> None:
    """Save what a PM did with a note, on a local date."""
    values = {"answer": answer, "answered_on": on}
    tx.run(tx.update(notes).where(notes.c.id == note_id).values(**values))


def list_candidates(
    tx: Tx, pm_id: str, today: date, since: date, offered_since: datetime
) -> Sequence[NoteCandidate]:
    """Return customers that a PM has visited since a date and may send a note.

    Left out: those flagged, closed or booked, and those offered to any PM since an instant (aware
    UTC).
    """
    visited = tx.select(visits, visits.c.customer_id, visits.c.on, visits.c.kind).where(
        visits.c.pm_id == pm_id,
        visits.c.state == VisitState.HELD,
        visits.c.kind.not_in(INDIRECT),
        visits.c.on.between(since, today),
    )
    last = {row.customer_id: row for row in tx.run(visited.order_by(visits.c.on, visits.c.id))}
    free = set(tx.run(_select_available(tx, today, offered_since, last)).scalars())
    written_on = _last_sent_on(tx, pm_id)
    return [
        NoteCandidate(
            each.customer_id, each.on, VisitKind(each.kind), written_on.get(each.customer_id)
        )
        for each in last.values()
        if each.customer_id in free
    ]


def list_dismissed(tx: Tx, pm_id: str, since: datetime) -> Collection[int]:
    """Return customers that a PM has dismissed in notes due since an instant."""
    mine = notes.c.pm_id == pm_id, notes.c.due_at >= since
    rows = tx.run(tx.select(notes, notes.c.passed).where(*mine)).scalars()
    return {customer_id for dismissed in rows for customer_id in dismissed}


def get_last_visit(tx: Tx, pm_id: str, customer_id: int) -> NoteCandidate | None:
    """Return a PM's last direct visit to a customer, or None."""
    mine = (
        visits.c.pm_id == pm_id,
        visits.c.customer_id == customer_id,
        visits.c.state == VisitState.HELD,
        visits.c.kind.not_in(INDIRECT),
    )
    newest = tx.select(visits).where(*mine).order_by(visits.c.on.desc(), visits.c.id.desc())
    row = tx.run(newest.limit(1)).first()
    return NoteCandidate(customer_id, row.on, VisitKind(row.kind)) if row else None


def has_other_message(tx: Tx, user_id: str, since: datetime, until: datetime) -> bool:
    """Return whether a user gets, or has got, a nudge or prompt between two instants."""
    # A pending prompt is withdrawn if its visit is no longer booked.
    booked = tx.select(visits, visits.c.id).where(
        visits.c.pm_id == user_id,
        visits.c.state == VisitState.BOOKED,
        cast(visits.c.id, String) == outbox.c.subject,
    )
    is_coming = or_(outbox.c.kind == MessageKind.NUDGE, booked.correlate(outbox).exists())
    found = tx.select(outbox, outbox.c.id).where(
        outbox.c.destination == user_id,
        outbox.c.kind.in_((MessageKind.NUDGE, MessageKind.DEBRIEF_PROMPT)),
        or_(
            outbox.c.sent_at.between(since, until),
            and_(
                outbox.c.sent_at.is_(None),
                outbox.c.state.in_(OPEN_STATES),
                outbox.c.next_at < until,
                is_coming,
            ),
        ),
    )
    return tx.run(found.limit(1)).first() is not None


def _select_available(
    tx: Tx, today: date, offered_since: datetime, customer_ids: Collection[int]
) -> Select[Any]:
    flagged = tx.select(flags, flags.c.customer_id).where(
        flags.c.customer_id == customers.c.id, flags.c.state != FlagState.CLEARED
    )
    booked = tx.select(visits, visits.c.customer_id).where(
        visits.c.customer_id == customers.c.id,
        visits.c.state == VisitState.BOOKED,
        visits.c.on >= today,
    )
    offered = tx.select(notes, notes.c.customer_id).where(
        notes.c.customer_id == customers.c.id, notes.c.due_at >= offered_since
    )
    return tx.select(customers, customers.c.id).where(
        customers.c.id.in_(customer_ids),
        customers.c.stage.in_(NOTE_STAGES),
        customers.c.closed.is_(None),
        *(~each.exists() for each in (flagged, booked, offered)),
    )


def _last_sent_on(tx: Tx, pm_id: str) -> Mapping[int, date]:
    sent = tx.select(notes, notes.c.customer_id, func.max(notes.c.answered_on).label("on"))
    mine = sent.where(notes.c.pm_id == pm_id, notes.c.answer == NoteAnswer.SENT)
    return {row.customer_id: row.on for row in tx.run(mine.group_by(notes.c.customer_id))}


def _get_first(tx: Tx, *where: ColumnElement[bool]) -> Note | None:
    row = tx.run(tx.select(notes).where(*where)).first()
    if row is None:
        return None
    return parse_row(row, Note, answer=NoteAnswer(row.answer) if row.answer else None)


def _hours(row: Any) -> WorkingHours:
    days, year = tuple(row.working_days), row.note_on.year
    return get_working_hours(row.zone, row.nudge_at, days, row.country, row.country_part, year)
