"""Queries on contacts and beta sign-ups."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, or_, select

from bot.db.engine import Tx
from bot.db.rows import parse_row
from bot.db.tables.contacts import beta_sign_ups, betas, contacts
from bot.db.tables.customers import people
from bot.domain.contacts.traits import BetaSignUp, Channel, Contact


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


def list_by_customers(
    tx: Tx, customer_ids: Collection[int], after: datetime, until: datetime
) -> Sequence[Contact]:
    """Return contacts by the people of those customers in (after, until], oldest first.

    Forum threads that they started earlier come with them.
    """
    found = (
        tx.select(contacts, *(contacts.c[each.name] for each in fields(Contact)))
        .where(contacts.c.person_id.in_(_select_people(tx, customer_ids)))
        .where(contacts.c.at <= until)
        .where(or_(contacts.c.at > after, contacts.c.channel == Channel.FORUM_THREAD))
        .order_by(contacts.c.at)
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


def list_sign_ups(tx: Tx, customer_ids: Collection[int], until: datetime) -> Sequence[BetaSignUp]:
    """Return the sign-ups of those customers' people up to an instant, and the first of each beta.

    Positions and numbers are those among all sign-ups of a beta.
    """
    rows, beta = beta_sign_ups.c, beta_sign_ups.c.beta_id
    in_order = rows.signed_up_at, rows.person_id
    ranked = (
        tx.select(
            beta_sign_ups,
            *(rows.beta_id, rows.person_id, rows.signed_up_at, rows.invited_at),
            func.min(rows.signed_up_at).over(partition_by=beta).label("opened_at"),
            func.count().over(partition_by=beta).label("sign_ups"),
            func.row_number().over(partition_by=beta, order_by=in_order).label("position"),
        )
        .where(rows.signed_up_at <= until)
        .subquery()
    )
    theirs = ranked.c.person_id.in_(_select_people(tx, customer_ids))
    found = tx.run(select(ranked).where(or_(theirs, ranked.c.position == 1)))
    return [parse_row(row, BetaSignUp) for row in found]


def _select_people(tx: Tx, customer_ids: Collection[int]) -> Select[Any]:
    return tx.select(people, people.c.id).where(people.c.customer_id.in_(customer_ids))


def _contact(row: Row[Any]) -> Contact:
    return parse_row(row, Contact, channel=Channel(row.channel))
