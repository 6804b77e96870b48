"""Queries on flags."""

from collections.abc import Sequence
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


def get_by_customer(tx: Tx, customer_id: int) -> StoredFlag | None:
    """Return a customer's flag, also a cleared one, or None."""
    row = tx.run(tx.select(flags).where(flags.c.customer_id == customer_id)).first()
    return _stored_flag(row) if row else None


def list_active(tx: Tx) -> Sequence[StoredFlag]:
    """Return every flag that is not cleared."""
    found = tx.select(flags).where(flags.c.state != FlagState.CLEARED).order_by(flags.c.id)
    return [_stored_flag(row) for row in tx.run(found)]


def save(tx: Tx, pm_id: str, flag: Flag) -> int:
    """Save a customer's flag as given and return its id."""
    fresh = {
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
    row = tx.upsert(flags).values(
        workspace_id=tx.workspace_id, customer_id=flag.customer_id, **fresh
    )
    key = ["workspace_id", "customer_id"]
    saved = row.on_conflict_do_update(index_elements=key, set_=fresh).returning(flags.c.id)
    return int(tx.run(saved).scalar_one())


def clear_notified(tx: Tx, flag_id: int) -> None:
    """Clear the time of notification: the flag's message was not sent after all."""
    tx.run(tx.update(flags).where(flags.c.id == flag_id).values(notified_at=None))


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
