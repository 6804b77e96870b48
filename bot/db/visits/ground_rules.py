"""Ground rules of booked visits: queries."""

from bot.db.engine import Tx
from bot.db.tables.visits import ground_rules
from bot.domain.visits.ground_rules import GroundRules, Reply, Step


def get(tx: Tx, visit_id: int) -> GroundRules:
    """The ground rules of a visit; none of them done where nothing was kept."""
    row = tx.run(tx.select(ground_rules).where(ground_rules.c.visit_id == visit_id)).first()
    if row is None:
        return GroundRules()
    done = frozenset(Step(each) for each in row.done)
    return GroundRules(row.agenda, done, row.asked_id, Reply(row.reply) if row.reply else None)


def keep(tx: Tx, visit_id: int, known: GroundRules) -> None:
    """Record the ground rules of a visit as given."""
    key = {"workspace_id": tx.workspace_id, "visit_id": visit_id}
    fresh = {
        "agenda": known.agenda,
        "done": sorted(known.done),
        "asked_id": known.asked_id,
        "reply": known.reply,
    }
    row = tx.upsert(ground_rules).values(**key, **fresh)
    tx.run(row.on_conflict_do_update(index_elements=list(key), set_=fresh))
