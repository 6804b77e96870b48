"""Queries on flags."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from bot.db.engine import Tx
from bot.db.tables.contacts import flags
from bot.domain.contacts.flags import Flag, FlagState
from bot.domain.contacts.traits import Measure, Trait, TraitEvidence


@dataclass(frozen=True)
class StoredFlag:
    """A customer's flag with the PM it is addressed to."""

    id: int
    pm_id: str
    flag: Flag


def get(tx: Tx, flag_id: int) -> StoredFlag | None:
    """Return the flag, or None."""
    row = tx.run(tx.select(flags).where(flags.c.id == flag_id)).first()
    return _stored_flag(row) if row else None


def get_by_customers(tx: Tx, customer_ids: Collection[int]) -> Mapping[int, StoredFlag]:
    """Return the flags of customers by their ids, also cleared ones."""
    found = tx.run(tx.select(flags).where(flags.c.customer_id.in_(customer_ids)))
    return {row.customer_id: _stored_flag(row) for row in found}


def list_active(tx: Tx) -> Sequence[StoredFlag]:
    """Return every flag that is not cleared."""
    found = tx.select(flags).where(flags.c.state != FlagState.CLEARED).order_by(flags.c.id)
    return [_stored_flag(row) for row in tx.run(found)]


def list_flagged_customers(tx: Tx) -> Sequence[int]:
    """Return the ids of customers whose flag is not cleared."""
    found = tx.select(flags, flags.c.customer_id).where(flags.c.state != FlagState.CLEARED)
    return list(tx.run(found).scalars())


def save(tx: Tx, pm_id: str, flag: Flag) -> int:
    """Save a customer's flag as given and return its id."""
    return save_all(tx, [(pm_id, flag)])[flag.customer_id]


def save_all(tx: Tx, addressed: Sequence[tuple[str, Flag]]) -> Mapping[int, int]:
    """Save flags, each with the PM it is addressed to; return their ids by customer."""
    if not addressed:
        return {}
    rows = [
        {"workspace_id": tx.workspace_id, "customer_id": flag.customer_id, **_values(pm_id, flag)}
        for pm_id, flag in addressed
    ]
    insert = tx.upsert(flags)
    key = ("workspace_id", "customer_id")
    fresh = {name: insert.excluded[name] for name in rows[0] if name not in key}
    saved = insert.on_conflict_do_update(index_elements=key, set_=fresh)
    found = tx.run(saved.returning(flags.c.customer_id, flags.c.id), rows)
    return {row.customer_id: row.id for row in found}


def clear_notified(tx: Tx, flag_id: int) -> None:
    """Clear the time of notification: the flag's message was not sent after all."""
    tx.run(tx.update(flags).where(flags.c.id == flag_id).values(notified_at=None))


def _values(pm_id: str, flag: Flag) -> dict[str, Any]:
    return {
        "pm_id": pm_id,
        "state": flag.state,
        "evidence": [_to_json(each) for each in flag.evidence],
        "raised_at": flag.raised_at,
        "notified_at": flag.notified_at,
        "snoozed_until": flag.snoozed_until,
        "snooze_reason": flag.snooze_reason,
        "cleared_at": flag.cleared_at,
        "answer": flag.answer,
        "refuted": sorted(flag.refuted),
    }


def _to_json(evidence: TraitEvidence) -> dict[str, Any]:
    counts = [[measure, number] for measure, number in evidence.counts]
    return {"person": evidence.person_id, "trait": evidence.trait, "counts": counts}


def _evidence(stored: dict[str, Any]) -> TraitEvidence:
    counts = tuple((Measure(measure), number) for measure, number in stored["counts"])
    return TraitEvidence(stored["person"], Trait(stored["trait"]), counts)


def _stored_flag(row: Row[Any]) -> StoredFlag:
    flag = Flag(
        customer_id=row.customer_id,
        state=FlagState(row.state),
        evidence=tuple(_evidence(each) for each in row.evidence),
        raised_at=row.raised_at,
        notified_at=row.notified_at,
        snoozed_until=row.snoozed_until,
        snooze_reason=row.snooze_reason,
        cleared_at=row.cleared_at,
        answer=FlagState(row.answer) if row.answer else None,
        refuted=frozenset(Trait(each) for each in row.refuted),
    )
    return StoredFlag(row.id, row.pm_id, flag)
