"""Make visits of meetings with known customers, and keep them in line with the feed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

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
class _CalendarSync:
    """A PM's calendar: the meetings they mean to attend, and the visits made so far.

    `all_keys` are the keys of all meetings in the feed, whatever becomes of them.
    """

    pm: Pm
    wanted: Mapping[MeetingCustomer, Meeting]
    all_keys: frozenset[str]
    links: Mapping[MeetingCustomer, MeetingLink]
    connected_at: datetime
    now: datetime

    @property
    def zone(self) -> str:
        return self.pm.settings.hours.zone

    @property
    def today(self) -> date:
        return local_date(self.now, self.zone)


def sync_visits(
    tx: Tx, pm: Pm, email: str, reading: FeedContents, connected_at: datetime, now: datetime
) -> None:
    """Bring a PM's visits in line with their calendar; held visits are never touched.

    `email` is the PM's own. Meetings that were over when the calendar was connected are ignored.
    """
    customers = _find_customers(tx, reading.meetings, email)
    wanted = {
        (meeting.key, customer_id): meeting
        for meeting in reading.meetings
        if meeting.takes_place
        for customer_id in _customers_in(meeting, customers)
    }
    all_keys = frozenset(each.key for each in reading.meetings)
    links = {(each.key, each.customer_id): each for each in meetings.list_links(tx, pm.user_id)}
    sync = _CalendarSync(pm, wanted, all_keys, links, connected_at, now)
    # In this order: visits that go make room for those that come on the same day.
    freed_dates = [*_call_off_missing(tx, sync), *_move_changed(tx, sync)]
    _add_new(tx, sync)
    # Last, as everywhere: two transactions that lock a visit and a PM in turn would deadlock.
    current_pm = pms.get_for_update(tx, pm.user_id) if freed_dates else None
    if current_pm:
        booked.replan_next_nudge(tx, current_pm, now)


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


def _call_off_missing(tx: Tx, sync: _CalendarSync) -> Iterable[date]:
    """Call off visits whose meeting is cancelled or gone; yields the dates that are free."""
    for which, link in sync.links.items():
        missing = which not in sync.wanted and link.state is VisitState.BOOKED
        # A meeting that left the feed after its end has taken place.
        if (
            missing
            and (link.key in sync.all_keys or _is_ahead(link, sync))
            and meetings.call_off(tx, link)
        ):
            prompts.enqueue_edit(tx, link.visit_id, sync.now)
            yield link.on


def _move_changed(tx: Tx, sync: _CalendarSync) -> Iterable[date]:
    """Move visits whose meeting has another time or is on again; yields the dates they left."""
    for which, link in sync.links.items():
        meeting = sync.wanted.get(which)
        if meeting is None or not _differs(link, meeting, sync):
            continue
        on = meeting.start_date(sync.zone)
        if link.called_off and meetings.find_visit(tx, sync.pm.user_id, link.customer_id, on):
            continue
        if meetings.reschedule(tx, link, on, meeting.ends_at, meeting.minutes):
            _enqueue_messages(tx, sync, link.visit_id)
            if on != link.on or link.called_off:
                prompts.enqueue_edit(tx, link.visit_id, sync.now)
                yield link.on


def _add_new(tx: Tx, sync: _CalendarSync) -> None:
    new = {which: each for which, each in sync.wanted.items() if which not in sync.links}
    ahead = {
        which: each for which, each in new.items() if not each.is_over(sync.connected_at, sync.zone)
    }
    # In order: two transactions that wait for each other's customer would deadlock.
    for customer_id in sorted({customer_id for _, customer_id in ahead}):
        tx.advisory_lock(f"customer {customer_id}")
    for (key, customer_id), meeting in sorted(ahead.items(), key=_sort_key):
        existing = meetings.find_visit(
            tx, sync.pm.user_id, customer_id, meeting.start_date(sync.zone)
        )
        if existing is None:
            _add_visit(tx, sync, key, customer_id, meeting)
        elif existing[1] is VisitState.BOOKED and not meetings.is_from_calendar(tx, existing[0]):
            # Planned by hand: from now on it follows the meeting.
            meetings.add_link(tx, sync.pm.user_id, key, customer_id, existing[0])


def _add_visit(tx: Tx, sync: _CalendarSync, key: str, customer_id: int, meeting: Meeting) -> None:
    visit_id = visits.add(
        tx,
        sync.pm.user_id,
        customer_id,
        meeting.kind,
        VisitState.BOOKED,
        meeting.start_date(sync.zone),
        sync.now,
        source=SOURCE,
        source_id=f"{sync.pm.user_id}:{customer_id}:{key}",
        ends_at=meeting.ends_at,
        minutes=meeting.minutes,
    )
    if visit_id is not None:
        meetings.add_link(tx, sync.pm.user_id, key, customer_id, visit_id)
        claims.release(tx, customer_id, sync.pm.user_id)
        _enqueue_messages(tx, sync, visit_id)


def _enqueue_messages(tx: Tx, sync: _CalendarSync, visit_id: int) -> None:
    """Enqueue brief and prompt; those of another date are withdrawn on delivery."""
    visit = visits.get(tx, visit_id)
    if visit is not None:
        booked.enqueue_messages(tx, sync.pm, visit, sync.now)


def _differs(link: MeetingLink, meeting: Meeting, sync: _CalendarSync) -> bool:
    """Return whether a visit that the feed may change differs from the feed."""
    if link.state is not (VisitState.CALLED_OFF if link.called_off else VisitState.BOOKED):
        return False
    now = meeting.start_date(sync.zone), meeting.ends_at, meeting.minutes
    return link.called_off or now != (link.on, link.ends_at, link.minutes)


def _is_ahead(link: MeetingLink, sync: _CalendarSync) -> bool:
    return link.ends_at > sync.now if link.ends_at else link.on >= sync.today


def _sort_key(item: tuple[MeetingCustomer, Meeting]) -> str:
    return str(item[1].starts)
