"""Queries on the ground rules of booked visits."""

from bot.db.engine import Tx
from bot.db.tables.visits import ground_rules
from bot.domain.visits.ground_rules import AgendaReply, GroundRule, GroundRules


def get(tx: Tx, visit_id: int) -> GroundRules:
    """Return the ground rules of a visit; none of them done if nothing is saved."""
    row = tx.run(tx.select(ground_rules).where(ground_rules.c.visit_id == visit_id)).first()
    if row is None:
        return GroundRules()
    done = frozenset(GroundRule(each) for each in row.done)
    return GroundRules(
        row.agenda, done, row.asked_id, AgendaReply(row.reply) if row.reply else None
    )


def save(tx: Tx, visit_id: int, rules: GroundRules) -> None:
    """Save the ground rules of a visit as given."""
    key = {"workspace_id": tx.workspace_id, "visit_id": visit_id}
    fresh = {
        "agenda": rules.agenda,
        "done": sorted(rules.done),
        "asked_id": rules.asked_user_id,
        "reply": rules.reply,
    }
    row = tx.upsert(ground_rules).values(**key, **fresh)
    tx.run(row.on_conflict_do_update(index_elements=list(key), set_=fresh))
