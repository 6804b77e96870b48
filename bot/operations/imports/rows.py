"""Rows of a file, each merged with what is known."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.db import customers
from bot.db.contacts import queries as contacts
from bot.db.debriefs import queries as debriefs
from bot.db.engine import Tx
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.db.suggestions import triggers as openings
from bot.db.visits import queries as visits
from bot.domain.contacts.events import ContactEvent
from bot.domain.customers import Customer, Person, Stage, name_key
from bot.domain.debriefs.rules import Draft, Sharing
from bot.domain.visits.rules import VisitState
from bot.errors import NotFound
from bot.intake.files.cells import mail_domain, name_from_address
from bot.intake.files.csv_files import BadRow, Row, clip
from bot.intake.files.rows import (
    BetaRow,
    ContactRow,
    CustomerRow,
    DealOutcome,
    DealRow,
    OpeningRow,
    PersonRow,
    VisitRow,
)
from bot.operations.contacts import record as intake
from bot.operations.visits.booking import logged

SOURCE = "csv"
ONE_DAY = timedelta(days=1)  # somewhere on earth the date is one ahead of UTC's
HAPPENED = ("occurred_at", "signed_up_at", "closed_on", "date")
STAFF = "the address of a member of staff whom Slack has shown"


class Change(StrEnum):
    """What a row did."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Kept:
    """A row that was kept, and the cell of it that was left out, if any."""

    change: Change
    note: BadRow | None = None


def keep(tx: Tx, row: Row | BadRow, now: datetime) -> Kept | BadRow:
    """Keep one row, or tell why not; nothing of a bad row is kept. `now` is aware."""
    if isinstance(row, BadRow):
        return row
    late = _late(row, now)
    if late:
        return late
    try:
        return _merged(tx, row, now)
    except NotFound as error:
        return BadRow(row.line, "customer", clip(_names(row)), str(error))


def _merged(tx: Tx, row: Row, now: datetime) -> Kept | BadRow:
    match row.record:
        case CustomerRow():
            return _customer(tx, row.record, row.line)
        case PersonRow():
            return _person(tx, row.record, row.line)
        case ContactRow():
            return _contact(tx, row.record)
        case DealRow():
            return _deal(tx, row.record)
        case OpeningRow():
            return _opening(tx, row.record)
        case BetaRow():
            return _beta(tx, row.record)
        case VisitRow():
            return _visit(tx, row.record, row.line, now)


def _late(row: Row, now: datetime) -> BadRow | None:
    """What is imported has happened: a typing error must not lie ahead for years."""
    for column in HAPPENED:
        said = getattr(row.record, column, None)
        on = said.date() if isinstance(said, datetime) else said
        if on and on > (now + ONE_DAY).date():
            return BadRow(row.line, column, on.isoformat(), "a date that has come")
    return None


def _names(row: Row) -> str:
    """Whom a row is about, as it says."""
    given = (getattr(row.record, name, None) for name in ("customer", "name", "person_email"))
    return next((value for value in given if value), "")


def _customer(tx: Tx, row: CustomerRow, line: int) -> Kept:
    owner = staff.by_email(tx, row.owner_email) if row.owner_email else None
    lost = row.owner_email and not owner
    note = BadRow(line, "owner_email", clip(row.owner_email or ""), STAFF) if lost else None
    known = _said(row, "domain segment region country size revenue potential")
    known |= _said(row, "brand new_market new_geography every_days")
    known |= {"owner_id": owner.user_id} if owner else {}
    found = _same_customer(tx, row)
    if found is None:
        customers.add(tx, row.name, row.stage or Stage.PROSPECT, **known)
        return Kept(Change.ADDED, note)
    if name_key(found.name) != name_key(row.name):
        known |= {"name": row.name, "name_key": name_key(row.name)}
    known |= _said(row, "stage")
    return Kept(_changed(tx, found, known), note)


def _same_customer(tx: Tx, row: CustomerRow) -> Customer | None:
    found = customers.by_domain(tx, row.domain) if row.domain else None
    if found:
        return found
    same = customers.named(tx, row.name)
    if row.domain:
        # Of one name but another domain is another organisation.
        same = [each for each in same if each.domain is None]
    if len(same) > 1:
        raise NotFound(f"More than one customer is called {row.name}: give its domain.")
    return same[0] if same else None


def _changed(tx: Tx, found: Customer | Person, known: dict[str, Any]) -> Change:
    """Set what differs; a name differs only when it is found by another key."""
    fresh = {
        name: value
        for name, value in known.items()
        if name == "name_key" or getattr(found, name) != value
    }
    if not fresh:
        return Change.UNCHANGED
    change = customers.change if isinstance(found, Customer) else customers.change_person
    change(tx, found.id, **fresh)
    return Change.CHANGED


def _person(tx: Tx, row: PersonRow, line: int) -> Kept | BadRow:
    if not row.name and not row.email:
        return BadRow(line, "name", "", "a name or an address: both cells are empty")
    whose, _ = intake.customer_of(tx, row.customer, mail_domain(row.email or ""))
    known = _said(row, "phone role has_cell email")
    found = _same_person(tx, whose.id, row)
    if found is None:
        name = row.name or name_from_address(row.email or "")
        customers.add_person(tx, whose.id, name, **known)
        return Kept(Change.ADDED)
    if row.name and name_key(row.name) != name_key(found.name):
        known["name"] = row.name
    return Kept(_changed(tx, found, {**known, "customer_id": whose.id}))


def _same_person(tx: Tx, customer_id: int, row: PersonRow) -> Person | None:
    found = customers.person_by_email(tx, row.email) if row.email else None
    if found or not row.name:
        return found
    named = intake.person_named(tx, customer_id, row.name)
    return named if named and not (named.email and row.email) else None


def _contact(tx: Tx, row: ContactRow) -> Kept:
    event = ContactEvent(
        source=row.source,
        source_id=row.source_id,
        at=row.occurred_at,
        channel=row.channel,
        person_email=row.person_email,
        customer=row.customer or "",
        staff_email=row.staff_email or "",
        subject=row.subject or "",
        thread=row.thread or "",
    )
    _, new = intake.keep(tx, event)
    return Kept(Change.ADDED if new else Change.UNCHANGED)


def _deal(tx: Tx, row: DealRow) -> Kept:
    stage = Stage.CUSTOMER if row.outcome is DealOutcome.WON else Stage.LOST
    whose, _ = intake.customer_of(tx, row.customer, None, stage)
    known = customers.deal(tx, whose.id, row.outcome, row.closed_on)
    if known is None:
        customers.add_deal(tx, whose.id, row.outcome, row.closed_on, row.go_live_on)
        return Kept(Change.ADDED)
    deal_id, go_live_on = known
    if row.go_live_on in (None, go_live_on):
        return Kept(Change.UNCHANGED)
    customers.change_deal(tx, deal_id, row.go_live_on)
    return Kept(Change.CHANGED)


def _opening(tx: Tx, row: OpeningRow) -> Kept:
    whose, _ = intake.customer_of(tx, row.customer, None, Stage.PROSPECT)
    who = customers.person_by_email(tx, row.person_email) if row.person_email else None
    new = openings.add(tx, whose.id, who.id if who else None, row.kind, row.date)
    return Kept(Change.ADDED if new else Change.UNCHANGED)


def _beta(tx: Tx, row: BetaRow) -> Kept:
    person = intake.person_of(tx, row.person_email)
    beta = contacts.beta_named(tx, row.beta)
    new = contacts.sign_up(tx, beta, person.id, row.signed_up_at)
    return Kept(Change.ADDED if new else Change.UNCHANGED)


def _visit(tx: Tx, row: VisitRow, line: int, now: datetime) -> Kept | BadRow:
    pm = staff.by_email(tx, row.pm_email)
    if pm is None:
        return BadRow(line, "pm_email", clip(row.pm_email), STAFF)
    whose, _ = intake.customer_of(tx, row.customer, None)
    visit_id = visits.add(
        tx,
        pm.user_id,
        whose.id,
        row.kind,
        VisitState.HELD,
        row.date,
        now,
        source=SOURCE,
        source_id=f"{pm.user_id}:{whose.id}:{row.date}:{row.kind}",
        minutes=row.minutes,
    )
    if visit_id is None:
        return Kept(Change.UNCHANGED)
    enrolled = pms.take(tx, pm.user_id)
    if enrolled:
        logged(tx, enrolled, now)
    if row.summary:
        # Nobody has cleared it for sharing.
        draft = Draft(whose.id, row.date, row.summary, kind=row.kind, sharing=Sharing.PRIVATE)
        debriefs.add(tx, visit_id, pm.user_id, draft, now)
    return Kept(Change.ADDED)


def _said(row: CustomerRow | PersonRow, names: str) -> dict[str, Any]:
    """The cells of a row that say something, by column."""
    said = {name: getattr(row, name) for name in names.split()}
    return {name: value for name, value in said.items() if value is not None}
