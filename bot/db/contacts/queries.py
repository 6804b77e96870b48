"""Queries on contacts and beta sign-ups."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func

from bot.db.engine import Tx
from bot.db.rows import parse_row
from bot.db.tables.contacts import beta_sign_ups, betas, contacts
from bot.domain.contacts.traits import Channel, Contact


def count_by_customer(tx: Tx, customer_id: int, since: datetime) -> int:
    """Return how often people of a customer have contacted staff since an instant."""
    found = tx.select(contacts, func.count()).where(
        contacts.c.customer_id == customer_id, contacts.c.at >= since
    )
    return int(tx.run(found).scalar_one())


def add(tx: Tx, source: str, source_id: str, customer_id: int, contact: Contact) -> bool:
    """Add a contact under its source's own id; False if it was added before."""
    row = tx.upsert(contacts).values(
        workspace_id=tx.workspace_id,
        source=source,
        source_id=source_id,
        customer_id=customer_id,
        person_id=contact.person_id,
        channel=contact.channel,
        at=contact.at,
        staff_id=contact.staff_id,
        to_support=contact.to_support,
        subject=contact.subject,
        thread=contact.thread,
    )
    # Not by `rowcount`: PostgreSQL's driver doesn't report it for such an insert.
    added = tx.run(row.on_conflict_do_nothing().returning(contacts.c.id)).scalar()
    return added is not None


def is_recorded(tx: Tx, source: str, source_id: str) -> bool:
    """Return whether a contact was added under its source's own id."""
    found = tx.select(contacts, contacts.c.id).where(
        contacts.c.source == source, contacts.c.source_id == source_id
    )
    return tx.run(found).first() is not None


def list_by_people(
    tx: Tx, person_ids: Iterable[int], after: datetime, until: datetime
) -> Sequence[Contact]:
    """Return contacts by those people in (after, until], oldest first."""
    found = (
        tx.select(contacts)
        .where(contacts.c.person_id.in_(list(person_ids)))
        .where(contacts.c.at > after, contacts.c.at <= until)
        .order_by(contacts.c.at)
    )
    return [_contact(row) for row in tx.run(found)]


def list_threads_before(tx: Tx, person_ids: Iterable[int], until: datetime) -> Sequence[Contact]:
    """Return forum threads that those people started up to an instant."""
    found = tx.select(contacts).where(
        contacts.c.person_id.in_(list(person_ids)),
        contacts.c.at <= until,
        contacts.c.channel == Channel.FORUM_THREAD,
    )
    return [_contact(row) for row in tx.run(found)]


def list_active_customers(tx: Tx, after: datetime) -> Sequence[int]:
    """Return the ids of customers with a contact after an instant."""
    found = tx.select(contacts, contacts.c.customer_id).where(contacts.c.at > after).distinct()
    return list(tx.run(found).scalars())


def get_or_add_beta(tx: Tx, name: str) -> int:
    """Return the id of the beta of that name, adding it if it is new."""
    row = tx.upsert(betas).values(workspace_id=tx.workspace_id, name=name)
    tx.run(row.on_conflict_do_nothing())
    return int(tx.run(tx.select(betas, betas.c.id).where(betas.c.name == name)).scalar_one())


def add_sign_up(
    tx: Tx, beta_id: int, person_id: int, at: datetime, invited_at: datetime | None = None
) -> bool:
    """Add a person's sign-up for a beta; False if they had signed up."""
    row = tx.upsert(beta_sign_ups).values(
        workspace_id=tx.workspace_id,
        beta_id=beta_id,
        person_id=person_id,
        signed_up_at=at,
        invited_at=invited_at,
    )
    added = tx.run(row.on_conflict_do_nothing().returning(beta_sign_ups.c.person_id)).scalar()
    return added is not None


def list_sign_ups_by_beta(tx: Tx, until: datetime) -> Mapping[int, Sequence[Row[Any]]]:
    """Return sign-ups by beta id, earliest first; the newest beta comes first."""
    found = (
        tx.select(beta_sign_ups)
        .where(beta_sign_ups.c.signed_up_at <= until)
        .order_by(beta_sign_ups.c.signed_up_at, beta_sign_ups.c.person_id)
    )
    by_beta: dict[int, list[Row[Any]]] = {}
    for row in tx.run(found):
        by_beta.setdefault(row.beta_id, []).append(row)
    newest = sorted(by_beta, key=lambda beta: by_beta[beta][0].signed_up_at, reverse=True)
    return {beta: by_beta[beta] for beta in newest}


def _contact(row: Row[Any]) -> Contact:
    return parse_row(row, Contact, channel=Channel(row.channel))
