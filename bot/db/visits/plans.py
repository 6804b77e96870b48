"""Queries on the plans of booked visits."""

from dataclasses import asdict

from bot.db.engine import Tx
from bot.db.rows import parse_row
from bot.db.tables.visits import plans, visits
from bot.domain.visits.plans import VisitPlan


def get(tx: Tx, visit_id: int) -> VisitPlan:
    """Return the plan of a visit; an empty one if it has none."""
    row = tx.run(tx.select(plans).where(plans.c.visit_id == visit_id)).first()
    if row is None:
        return VisitPlan()
    return parse_row(row, VisitPlan, companions=tuple(row.companions))


def save(tx: Tx, visit_id: int, plan: VisitPlan) -> None:
    """Save the plan of a visit as given."""
    key = {"workspace_id": tx.workspace_id, "visit_id": visit_id}
    fresh = {**asdict(plan), "companions": list(plan.companions)}
    row = tx.upsert(plans).values(**key, **fresh)
    tx.run(row.on_conflict_do_update(index_elements=list(key), set_=fresh))


def find_sales_owner(tx: Tx, customer_id: int) -> str | None:
    """Return the sales owner in the newest plan with a customer that names one, or None."""
    plans_with_owner = tx.select(plans, plans.c.sales_owner_id).select_from(plans.join(visits))
    found = plans_with_owner.where(
        visits.c.customer_id == customer_id, plans.c.sales_owner_id.is_not(None)
    )
    return tx.run(found.order_by(visits.c.on.desc(), visits.c.id.desc()).limit(1)).scalar()
