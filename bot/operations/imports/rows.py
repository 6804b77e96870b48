"""Save the rows of a file, each merged with what is known."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.db import customers
from bot.db.contacts import queries as contacts
from bot.db.customers import CustomerValues, PersonValues
from bot.db.debriefs import queries as debriefs
from bot.db.engine import Tx
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.db.suggestions import triggers
from bot.db.visits import queries as visits
from bot.domain.contacts.events import ContactEvent
from bot.domain.customers import Customer, Person, Stage, name_key
from bot.domain.debriefs.rules import Draft, Sharing
from bot.domain.visits.rules import VisitState
from bot.errors import NotFound
from bot.intake.files.cells import mail_domain, name_from_address
from bot.intake.files.csv_files import BadRow, CsvRow, clip
from bot.intake.files.rows import (
    BetaRow,
    ContactRow,
    CustomerRow,
    DealOutcome,
    DealRow,
    PersonRow,
    TriggerRow,
    VisitRow,
)
from bot.operations.contacts import record as contact_record
from bot.operations.visits.booking import update_after_visit

SOURCE = "csv"
ONE_DAY = timedelta(days=1)  # somewhere on earth the date is one ahead of UTC's
PAST_COLUMNS = ("occurred_at", "signed_up_at", "closed_on", "date")
EXPECTED_STAFF = "the address of a member of staff whom Slack has shown"


class Change(StrEnum):
    """What a row changed."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class RowResult:
    """A saved row, and the cell of it that was left out, if any."""

    change: Change
    skipped_cell: BadRow | None = None


def save(tx: Tx, row: CsvRow | BadRow, now: datetime) -> RowResult | BadRow:
    """Save one row, or return why not; nothing of a bad row is saved. `now` is aware."""
    if isinstance(row, BadRow):
        return row
    future_date = _find_future_date(row, now)
    if future_date:
        return future_date
    try:
        return _merge(tx, row, now)
    except NotFound as error:
        return BadRow(row.line, "customer", clip(_subject_name(row)), str(error))


def _merge(tx: Tx, row: CsvRow, now: datetime) -> RowResult | BadRow:
    match row.record:
        case CustomerRow():
            return _save_customer(tx, row.record, row.line)
        case PersonRow():
            return _save_person(tx, row.record, row.line)
        case ContactRow():
            return _save_contact(tx, row.record)
        case DealRow():
            return _save_deal(tx, row.record)
        case TriggerRow():
            return _save_trigger(tx, row.record)
        case BetaRow():
            return _save_sign_up(tx, row.record)
        case VisitRow():
            return _save_visit(tx, row.record, row.line, now)


def _find_future_date(row: CsvRow, now: datetime) -> BadRow | None:
    """Return the error of a future date, if any: what is imported has happened.

    A typing error must not lie ahead for years.
    """
    for column in PAST_COLUMNS:
        value = getattr(row.record, column, None)
        on = value.date() if isinstance(value, datetime) else value
        if on and on > (now + ONE_DAY).date():
            return BadRow(row.line, column, on.isoformat(), "a date that has come")
    return None


def _subject_name(row: CsvRow) -> str:
    """Return who a row is about, as it says."""
    given = (getattr(row.record, name, None) for name in ("customer", "name", "person_email"))
    return next((value for value in given if value), "")


def _save_customer(tx: Tx, row: CustomerRow, line: int) -> RowResult:
    owner = staff.find_by_email(tx, row.owner_email) if row.owner_email else None
    unknown_owner = row.owner_email and not owner
    skipped_cell = (
        BadRow(line, "owner_email", clip(row.owner_email or ""), EXPECTED_STAFF)
        if unknown_owner
        else None
    )
    values = _customer_values(row, owner.user_id if owner else None)
    found = _find_customer(tx, row)
    if found is None:
        customers.add(tx, row.name, row.stage or Stage.PROSPECT, **values)
        return RowResult(Change.ADDED, skipped_cell)
    new_name = _find_new_name(found, row.name)
    changed = customers.update(tx, found, name=new_name, stage=row.stage, **values)
    return RowResult(_change(changed), skipped_cell)


def _customer_values(row: CustomerRow, owner_id: str | None) -> CustomerValues:
    return {
        "domain": row.domain,
        "segment": row.segment,
        "region": row.region,
        "country": row.country,
        "size": row.size,
        "revenue": row.revenue,
        "potential": row.potential,
        "brand": row.brand,
        "new_market": row.new_market,
        "new_geography": row.new_geography,
        "owner_id": owner_id,
        "every_days": row.every_days,
    }


def _find_customer(tx: Tx, row: CustomerRow) -> Customer | None:
    found = customers.find_by_domain(tx, row.domain) if row.domain else None
    if found:
        return found
    same = customers.list_by_name(tx, row.name)
    if row.domain:
        # The same name with another domain is another organisation.
        same = [each for each in same if each.domain is None]
    if len(same) > 1:
        raise NotFound(f"More than one customer is called {row.name}: give its domain.")
    return same[0] if same else None


def _find_new_name(found: Customer | Person, name: str | None) -> str | None:
    """Return the name of a row if it is another one: a name differs only if its key does."""
    return name if name and name_key(name) != name_key(found.name) else None


def _change(changed: bool) -> Change:
    return Change.CHANGED if changed else Change.UNCHANGED


def _save_person(tx: Tx, row: PersonRow, line: int) -> RowResult | BadRow:
    if not row.name and not row.email:
        return BadRow(line, "name", "", "a name or an address: both cells are empty")
    customer, _ = contact_record.get_or_add_customer(tx, row.customer, mail_domain(row.email or ""))
    values: PersonValues = {
        "email": row.email,
        "phone": row.phone,
        "role": row.role,
        "has_cell": row.has_cell,
    }
    found = _find_person(tx, customer.id, row)
    if found is None:
        name = row.name or name_from_address(row.email or "")
        customers.add_person(tx, customer.id, name, **values)
        return RowResult(Change.ADDED)
    new_name = _find_new_name(found, row.name)
    changed = customers.update_person(tx, found, name=new_name, customer_id=customer.id, **values)
    return RowResult(_change(changed))


def _find_person(tx: Tx, customer_id: int, row: PersonRow) -> Person | None:
    found = customers.find_person_by_email(tx, row.email) if row.email else None
    if found or not row.name:
        return found
    named = contact_record.find_person_named(tx, customer_id, row.name)
    return named if named and not (named.email and row.email) else None


def _save_contact(tx: Tx, row: ContactRow) -> RowResult:
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
    _, new = contact_record.record_contact(tx, event)
    return RowResult(Change.ADDED if new else Change.UNCHANGED)


def _save_deal(tx: Tx, row: DealRow) -> RowResult:
    stage = Stage.CUSTOMER if row.outcome is DealOutcome.WON else Stage.LOST
    customer, _ = contact_record.get_or_add_customer(tx, row.customer, None, stage)
    known = customers.find_deal(tx, customer.id, row.outcome, row.closed_on)
    if known is None:
        customers.add_deal(tx, customer.id, row.outcome, row.closed_on, row.go_live_on)
        return RowResult(Change.ADDED)
    deal_id, go_live_on = known
    if row.go_live_on in (None, go_live_on):
        return RowResult(Change.UNCHANGED)
    customers.update_deal(tx, deal_id, row.go_live_on)
    return RowResult(Change.CHANGED)


def _save_trigger(tx: Tx, row: TriggerRow) -> RowResult:
    customer, _ = contact_record.get_or_add_customer(tx, row.customer, None, Stage.PROSPECT)
    person = customers.find_person_by_email(tx, row.person_email) if row.person_email else None
    new = triggers.add(tx, customer.id, person.id if person else None, row.kind, row.date)
    return RowResult(Change.ADDED if new else Change.UNCHANGED)


def _save_sign_up(tx: Tx, row: BetaRow) -> RowResult:
    person = contact_record.get_or_add_person(tx, row.person_email)
    beta = contacts.get_or_add_beta(tx, row.beta)
    new = contacts.add_sign_up(tx, beta, person.id, row.signed_up_at)
    return RowResult(Change.ADDED if new else Change.UNCHANGED)


def _save_visit(tx: Tx, row: VisitRow, line: int, now: datetime) -> RowResult | BadRow:
    pm = staff.find_by_email(tx, row.pm_email)
    if pm is None:
        return BadRow(line, "pm_email", clip(row.pm_email), EXPECTED_STAFF)
    customer, _ = contact_record.get_or_add_customer(tx, row.customer, None)
    visit_id = visits.add(
        tx,
        pm.user_id,
        customer.id,
        row.kind,
        VisitState.HELD,
        row.date,
        now,
        source=SOURCE,
        source_id=f"{pm.user_id}:{customer.id}:{row.date}:{row.kind}",
        minutes=row.minutes,
    )
    if visit_id is None:
        return RowResult(Change.UNCHANGED)
    enrolled = pms.get_for_update(tx, pm.user_id)
    if enrolled:
        update_after_visit(tx, enrolled, now)
    if row.summary:
        # No one has cleared it for sharing.
        draft = Draft(customer.id, row.date, row.summary, kind=row.kind, sharing=Sharing.PRIVATE)
        debriefs.add(tx, visit_id, pm.user_id, draft, now)
    return RowResult(Change.ADDED)
