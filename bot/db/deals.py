"""Deals and what else suggestions are made of: queries."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, or_

from bot.db.engine import Tx
from bot.db.tables import customers, deals, flags, visits
from bot.domain.customers import Stage
from bot.domain.flags import FlagState
from bot.domain.suggestions import FRESH_DEAL, SOON_LIVE, Candidate
from bot.domain.visits import VisitState


def candidates(tx: Tx, today: date) -> Sequence[Candidate]:
    """Every customer of the workspace with what a suggestion is decided by."""
    great = _ids(tx, tx.select(flags, flags.c.customer_id).where(flags.c.state != FlagState.GONE))
    booked = _ids(
        tx,
        tx.select(visits, visits.c.customer_id).where(
            visits.c.state == VisitState.BOOKED, visits.c.on >= today
        ),
    )
    fresh = _fresh_deals(tx, today)
    return [
        _candidate(row, fresh.get(row.id), great=row.id in great, booked=row.id in booked)
        for row in tx.run(tx.select(customers).order_by(customers.c.id))
    ]


def _ids(tx: Tx, chosen: Any) -> frozenset[int]:
    return frozenset(tx.run(chosen).scalars())


def _fresh_deals(tx: Tx, today: date) -> dict[int, Row[Any]]:
    recent = or_(
        deals.c.closed_on.between(today - FRESH_DEAL, today),
        deals.c.go_live_on.between(today, today + SOON_LIVE + timedelta(days=1)),
    )
    found = tx.select(deals).where(recent).order_by(deals.c.closed_on)
    return {row.customer_id: row for row in tx.run(found)}


def _candidate(row: Row[Any], deal: Row[Any] | None, *, great: bool, booked: bool) -> Candidate:
    return Candidate(
        customer_id=row.id,
        name=row.name,
        stage=Stage(row.stage),
        last_visit_on=row.last_visit_on,
        great=great,
        booked=booked,
        deal=(deal.outcome == "won", deal.closed_on) if deal else None,
        go_live_on=deal.go_live_on if deal else None,
    )
