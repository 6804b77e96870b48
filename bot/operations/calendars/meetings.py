"""Make visits of meetings with known customers, and keep them in line with the feed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.db.calendars import meetings
from bot.db.calendars.meetings import MeetingLink
from bot.db.engine import Tx
from bot.db.staff import pms
from bot.db.suggestions import claims
from bot.db.visits import queries as visits
from bot.domain.calendars import FeedContents, Meeting
from bot.domain.staff.pms import Pm
from bot.domain.visits.rules import VisitState
from bot.domain.working_time import local_date
from bot.intake.files.cells import mail_domain
from bot.operations.visits import booked, prompts

SOURCE = "calendar"
MAX_CUSTOMERS = 5
# A meeting's key, and the id of one of the customers in it.
MeetingCustomer = tuple[str, int]


@dataclass(frozen=True)
class VisitChange:
    """A change to a PM's visits: one is called off, moved or added.

    `link` is None for a new visit, `meeting` for one whose meeting is cancelled or gone.
    """

    key: str
    customer_id: int
    link: MeetingLink | None
    meeting: Meeting | None


def find_changes(
    tx: Tx, pm: Pm, email: str, reading: FeedContents, connected_at: datetime, now: datetime
) -> Sequence[VisitChange]:
    """Return what brings a PM's visits in line with their calendar; held visits are never touched.

    `email` is the PM's own. Meetings that were over when the calendar was connected are ignored.
    """
    zone = pm.settings.hours.zone
    customers = _find_customers(tx, reading.meetings, email)
    wanted = {
        (meeting.key, customer_id): meeting
        for meeting in reading.meetings
        if meeting.takes_place
        for customer_id in _customers_in(meeting, customers)
    }
    all_keys = {each.key for each in reading.meetings}
    links = {(each.key, each.customer_id): each for each in meetings.list_links(tx, pm.user_id)}
    missing = [
        VisitChange(*which, link, None)
        for which, link in links.items()
        if which not in wanted and link.state is VisitState.BOOKED
        # A meeting that left the feed after its end has taken place.
        if link.key in all_keys or _is_ahead(link, zone, now)
    ]
    changed = [
        VisitChange(*which, link, wanted[which])
        for which, link in links.items()
        if which in wanted and _differs(link, wanted[which], zone)
    ]
    new = [
        VisitChange(*which, None, meeting)
        for which, meeting in sorted(wanted.items(), key=_sort_key)
        if which not in links and not meeting.is_over(connected_at, zone)
    ]
    # In this order: visits that go make room for those that come on the same day.
    return [*missing, *changed, *new]


def save_changes(tx: Tx, pm: Pm, changes: Sequence[VisitChange], now: datetime) -> None:
    """Save changes to a PM's visits, but for those of visits that aren't as they were."""
    # In order: two transactions that wait for each other's customer would deadlock.
    for customer_id in sorted({each.customer_id for each in changes if each.link is None}):
        tx.advisory_lock(f"customer {customer_id}")
    freed = [_save_change(tx, pm, each, now) for each in changes]
    # Last, as everywhere: two transactions that lock a visit and a PM in turn would deadlock.
    current_pm = pms.get_for_update(tx, pm.user_id) if any(freed) else None
    if current_pm:
        booked.replan_next_nudge(tx, current_pm, now)


def _save_change(tx: Tx, pm: Pm, change: VisitChange, now: datetime) -> bool:
    """Save a change; returns whether it frees a date."""
    if change.meeting is None:
        return change.link is not None and _call_off(tx, change.link, now)
    if change.link is None:
        _add(tx, pm, change, change.meeting, now)
        return False
    return _move(tx, pm, change.link, change.meeting, now)


def _customers_in(meeting: Meeting, customers: Mapping[str, int]) -> set[int]:
    """Return the customers in a meeting; none if there are very many: a talk is no visit."""
    found = {customers[each] for each in meeting.emails if each in customers}
    return found if len(found) <= MAX_CUSTOMERS else set()


def _find_customers(tx: Tx, found: Iterable[Meeting], email: str) -> Mapping[str, int]:
    """Return the customers of the attendees, by email address.

    A known person belongs to their customer; anyone else to their domain's, unless they are
    colleagues.
    """
    emails = sorted({each for meeting in found for each in meeting.emails})
    known = meetings.find_customers_by_email(tx, emails)
    own_addresses = {email, *meetings.find_staff_emails(tx, emails)}
    own_domains = {mail_domain(each) for each in own_addresses}
    domains = {each: mail_domain(each) for each in emails if each not in known}
    outside_domains = {
        each: name for each, name in domains.items() if name and name not in own_domains
    }
    customers = meetings.find_customers_by_domain(tx, sorted(set(outside_domains.values())))
    by_domain = {
        each: customers[name] for each, name in outside_domains.items() if name in customers
    }
    return {**by_domain, **known}


def _call_off(tx: Tx, link: MeetingLink, now: datetime) -> bool:
    called_off = meetings.call_off(tx, link)
    if called_off:
        prompts.enqueue_edit(tx, link.visit_id, now)
    return called_off


def _move(tx: Tx, pm: Pm, link: MeetingLink, meeting: Meeting, now: datetime) -> bool:
    """Move a visit whose meeting has another time or is on again; True if its date is free."""
    on = meeting.start_date(pm.settings.hours.zone)
    if link.called_off and meetings.find_visit(tx, pm.user_id, link.customer_id, on):
        return False
    if not meetings.reschedule(tx, link, on, meeting.ends_at, meeting.minutes):
        return False
    _enqueue_messages(tx, pm, link.visit_id, now)
    moved = on != link.on or link.called_off
    if moved:
        prompts.enqueue_edit(tx, link.visit_id, now)
    return moved


def _add(tx: Tx, pm: Pm, change: VisitChange, meeting: Meeting, now: datetime) -> None:
    on, customer_id = meeting.start_date(pm.settings.hours.zone), change.customer_id
    existing = meetings.find_visit(tx, pm.user_id, customer_id, on)
    if existing is None:
        _add_visit(tx, pm, change, meeting, now)
    elif existing[1] is VisitState.BOOKED and not meetings.is_from_calendar(tx, existing[0]):
        # Planned by hand: from now on it follows the meeting.
        meetings.add_link(tx, pm.user_id, change.key, customer_id, existing[0])


def _add_visit(tx: Tx, pm: Pm, change: VisitChange, meeting: Meeting, now: datetime) -> None:
    visit_id = visits.add(
        tx,
        pm.user_id,
        change.customer_id,
        meeting.kind,
        VisitState.BOOKED,
        meeting.start_date(pm.settings.hours.zone),
        now,
        source=SOURCE,
        source_id=f"{pm.user_id}:{change.customer_id}:{change.key}",
        ends_at=meeting.ends_at,
        minutes=meeting.minutes,
    )
    if visit_id is not None:
        meetings.add_link(tx, pm.user_id, change.key, change.customer_id, visit_id)
        claims.release(tx, change.customer_id, pm.user_id)
        _enqueue_messages(tx, pm, visit_id, now)


def _enqueue_messages(tx: Tx, pm: Pm, visit_id: int, now: datetime) -> None:
    """Enqueue brief and prompt; those of another date are withdrawn on delivery."""
    visit = visits.get(tx, visit_id)
    if visit is not None:
        booked.enqueue_messages(tx, pm, visit, now)


def _differs(link: MeetingLink, meeting: Meeting, zone: str) -> bool:
    """Return whether a visit that the feed may change differs from the feed."""
    if link.state is not (VisitState.CALLED_OFF if link.called_off else VisitState.BOOKED):
        return False
    now = meeting.start_date(zone), meeting.ends_at, meeting.minutes
    return link.called_off or now != (link.on, link.ends_at, link.minutes)


def _is_ahead(link: MeetingLink, zone: str, now: datetime) -> bool:
    return link.ends_at > now if link.ends_at else link.on >= local_date(now, zone)


def _sort_key(item: tuple[MeetingCustomer, Meeting]) -> str:
    return str(item[1].starts)
